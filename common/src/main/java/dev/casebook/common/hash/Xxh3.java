package dev.casebook.common.hash;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * XXH3, 64 and 128 bits, as frozen in xxHash 0.8.0: the same values as {@code xxhsum -H3}, {@code xxhsum -H2} and
 * {@code XXH3_64bits_withSeed}, {@code XXH3_128bits_withSeed} on every platform. Not cryptographic.
 *
 * <p>Inputs of up to 240 bytes take one of five fixed shapes (0, 1-3, 4-8, 9-16, 17-128, 129-240) that multiply pairs of longs
 * with a secret to 128 bits and fold; longer ones run eight independent accumulators, which is what a CPU can overlap.
 * Cost: about 20 cycles up to 16 bytes, then linear. Nothing is allocated. All methods are pure and safe for use by many
 * threads as long as nobody writes to the input meanwhile.
 *
 * <p>128-bit results go into the first two elements of the caller's {@code out}: low half at 0, high half at 1. Printed as
 * {@code xxhsum} does, the high half comes first.
 *
 * <p>Ranges are offset and length in bytes; one that leaves the input throws {@code IndexOutOfBoundsException}. The
 * {@code ByteBuf} methods ignore and keep both indices, read heap and direct buffers in place, copy only composite buffers of
 * several components, and throw {@code IllegalReferenceCountException} for a released buffer; the caller holds a reference
 * during the call.
 *
 * @see <a href="https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md">xxHash fast digest algorithm, XXH3</a>
 */
public final class Xxh3 {
    private Xxh3() {}

    public static long hash64(byte[] input) {
        return Xxh3OfArray.hash64(input, 0, input.length, 0);
    }

    public static long hash64(byte[] input, long seed) {
        return Xxh3OfArray.hash64(input, 0, input.length, seed);
    }

    public static long hash64(byte[] input, int offset, int length, long seed) {
        Objects.checkFromIndexSize(offset, length, input.length);
        return Xxh3OfArray.hash64(input, offset, length, seed);
    }

    /** The readable bytes. */
    public static long hash64(ByteBuf input) {
        return hash64(input, input.readerIndex(), input.readableBytes(), 0);
    }

    public static long hash64(ByteBuf input, int index, int length, long seed) {
        ByteBufMemory.check(input, index, length);
        if (input.hasArray()) {
            return Xxh3OfArray.hash64(input.array(), input.arrayOffset() + index, length, seed);
        }
        if (input.hasMemoryAddress()) {
            return Xxh3OfSegment.hash64(ByteBufMemory.NATIVE, input.memoryAddress() + index, length, seed);
        }
        return Xxh3OfSegment.hash64(ByteBufMemory.segmentOf(input, index, length), 0, length, seed);
    }

    public static long hash64(MemorySegment input) {
        return Xxh3OfSegment.hash64(input, 0, input.byteSize(), 0);
    }

    public static long hash64(MemorySegment input, long offset, long length, long seed) {
        Objects.checkFromIndexSize(offset, length, input.byteSize());
        return Xxh3OfSegment.hash64(input, offset, length, seed);
    }

    /** The hash of the value's 8 bytes in little-endian order. */
    public static long hash64(long value, long seed) {
        return Xxh3Arithmetic.short4to8((int) value, (int) (value >>> 32), Long.BYTES, seed);
    }

    public static void hash128(byte[] input, long[] out) {
        hash128(input, 0, input.length, 0, out);
    }

    public static void hash128(byte[] input, int offset, int length, long seed, long[] out) {
        Objects.checkFromIndexSize(offset, length, input.length);
        Xxh3OfArray.hash128(input, offset, length, seed, out);
    }

    /** The readable bytes. */
    public static void hash128(ByteBuf input, long[] out) {
        hash128(input, input.readerIndex(), input.readableBytes(), 0, out);
    }

    public static void hash128(ByteBuf input, int index, int length, long seed, long[] out) {
        ByteBufMemory.check(input, index, length);
        if (input.hasArray()) {
            Xxh3OfArray.hash128(input.array(), input.arrayOffset() + index, length, seed, out);
        } else if (input.hasMemoryAddress()) {
            Xxh3OfSegment.hash128(ByteBufMemory.NATIVE, input.memoryAddress() + index, length, seed, out);
        } else {
            Xxh3OfSegment.hash128(ByteBufMemory.segmentOf(input, index, length), 0, length, seed, out);
        }
    }

    public static void hash128(MemorySegment input, long[] out) {
        Xxh3OfSegment.hash128(input, 0, input.byteSize(), 0, out);
    }

    public static void hash128(MemorySegment input, long offset, long length, long seed, long[] out) {
        Objects.checkFromIndexSize(offset, length, input.byteSize());
        Xxh3OfSegment.hash128(input, offset, length, seed, out);
    }
}
