package dev.casebook.common.hash;

import static dev.casebook.common.hash.Murmur3Arithmetic.addBlock;
import static dev.casebook.common.hash.Murmur3Arithmetic.addFirst;
import static dev.casebook.common.hash.Murmur3Arithmetic.addSecond;
import static dev.casebook.common.hash.Murmur3Arithmetic.avalanche;
import static dev.casebook.common.hash.Murmur3Arithmetic.mixBlock;
import static dev.casebook.common.hash.Murmur3Arithmetic.mixFirst;
import static dev.casebook.common.hash.Murmur3Arithmetic.mixSecond;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * MurmurHash3's walk over a byte array; {@link Murmur3OfSegment} is the same walk over a memory segment. Callers check
 * bounds.
 */
final class Murmur3OfArray {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Murmur3OfArray() {}

    private static long longAt(byte[] in, int at) {
        return (long) LONG.get(in, at);
    }

    private static int intAt(byte[] in, int at) {
        return (int) INT.get(in, at);
    }

    private static int tail1to3(byte[] in, int at, int length) {
        return Murmur3Arithmetic.tail1to3(in[at], in[at + (length >> 1)], in[at + length - 1], length);
    }

    /** The 1 to 8 bytes at {@code at} as a little-endian number. */
    private static long tail1to8(byte[] in, int at, int length) {
        if (length == 8) {
            return longAt(in, at);
        }
        return length >= 4
                ? Murmur3Arithmetic.tail4to7(intAt(in, at), intAt(in, at + length - 4), length)
                : tail1to3(in, at, length);
    }

    static int hash32(byte[] in, int at, int length, int seed) {
        int h = seed;
        int blocks = length >>> 2;
        for (int i = 0; i < blocks; i++) {
            h = addBlock(h, intAt(in, at + 4 * i));
        }
        int tail = length & 3;
        if (tail != 0) {
            h ^= mixBlock(tail1to3(in, at + 4 * blocks, tail));
        }
        return Murmur3Arithmetic.finish(h, length);
    }

    /** Returns the first half of the 128-bit hash; the second goes to {@code out[1]} if there is an {@code out}. */
    static long hash128(byte[] in, int at, int length, int seed, long @Nullable [] out) {
        long h1 = Integer.toUnsignedLong(seed);
        long h2 = h1;
        int blocks = length >>> 4;
        for (int i = 0; i < blocks; i++) {
            int p = at + 16 * i;
            h1 = addFirst(h1, h2, longAt(in, p));
            h2 = addSecond(h1, h2, longAt(in, p + 8));
        }
        int tail = length & 15;
        if (tail != 0) {
            int p = at + 16 * blocks;
            if (tail > 8) {
                h2 ^= mixSecond(tail1to8(in, p + 8, tail - 8));
            }
            h1 ^= mixFirst(tail1to8(in, p, Math.min(tail, 8)));
        }
        h1 ^= length;
        h2 ^= length;
        h1 += h2;
        h2 += h1;
        h1 = avalanche(h1);
        h2 = avalanche(h2);
        h1 += h2;
        if (out != null) {
            out[1] = h1 + h2;
        }
        return h1;
    }
}
