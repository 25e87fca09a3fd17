package dev.casebook.common.hash;

import static dev.casebook.common.hash.Murmur3Arithmetic.addBlock;
import static dev.casebook.common.hash.Murmur3Arithmetic.addFirst;
import static dev.casebook.common.hash.Murmur3Arithmetic.addSecond;
import static dev.casebook.common.hash.Murmur3Arithmetic.avalanche;
import static dev.casebook.common.hash.Murmur3Arithmetic.mixBlock;
import static dev.casebook.common.hash.Murmur3Arithmetic.mixFirst;
import static dev.casebook.common.hash.Murmur3Arithmetic.mixSecond;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * MurmurHash3's walk over a memory segment; {@link Murmur3OfArray} is the same walk over a byte array. Callers check
 * bounds.
 */
final class Murmur3OfSegment {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Murmur3OfSegment() {}

    private static long longAt(MemorySegment in, long at) {
        return in.get(LONG, at);
    }

    private static int intAt(MemorySegment in, long at) {
        return in.get(INT, at);
    }

    private static int tail1to3(MemorySegment in, long at, int length) {
        return Murmur3Arithmetic.tail1to3(
                in.get(ValueLayout.JAVA_BYTE, at),
                in.get(ValueLayout.JAVA_BYTE, at + (length >> 1)),
                in.get(ValueLayout.JAVA_BYTE, at + length - 1),
                length);
    }

    /** The 1 to 8 bytes at {@code at} as a little-endian number. */
    private static long tail1to8(MemorySegment in, long at, int length) {
        if (length == 8) {
            return longAt(in, at);
        }
        return length >= 4
                ? Murmur3Arithmetic.tail4to7(intAt(in, at), intAt(in, at + length - 4), length)
                : tail1to3(in, at, length);
    }

    static int hash32(MemorySegment in, long at, long length, int seed) {
        int h = seed;
        long blocks = length >>> 2;
        for (long i = 0; i < blocks; i++) {
            h = addBlock(h, intAt(in, at + 4 * i));
        }
        int tail = (int) (length & 3);
        if (tail != 0) {
            h ^= mixBlock(tail1to3(in, at + 4 * blocks, tail));
        }
        return Murmur3Arithmetic.finish(h, (int) length);
    }

    /** Returns the first half of the 128-bit hash; the second goes to {@code out[1]} if there is an {@code out}. */
    static long hash128(MemorySegment in, long at, long length, int seed, long @Nullable [] out) {
        long h1 = Integer.toUnsignedLong(seed);
        long h2 = h1;
        long blocks = length >>> 4;
        for (long i = 0; i < blocks; i++) {
            long p = at + 16 * i;
            h1 = addFirst(h1, h2, longAt(in, p));
            h2 = addSecond(h1, h2, longAt(in, p + 8));
        }
        int tail = (int) (length & 15);
        if (tail != 0) {
            long p = at + 16 * blocks;
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
