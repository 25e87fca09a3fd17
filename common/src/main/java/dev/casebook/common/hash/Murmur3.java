package dev.casebook.common.hash;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * MurmurHash3, variants x86_32 and x64_128, with the values of Austin Appleby's reference implementation (SMHasher). It is
 * here because deployed systems fixed it (Cassandra's partitioner, Guava's and Redis modules' Bloom filters); new uses are
 * better served by {@link Xxh3}, which is faster at every length. Not cryptographic: seed-independent collisions are public.
 *
 * <p>A seed is the reference's unsigned 32-bit number. Cost is linear, one multiplication chain per 4 or two per 16 bytes.
 * Nothing is allocated. Pure and safe for use by many threads as long as nobody writes to the input meanwhile.
 *
 * <p>128-bit results go into the first two elements of the caller's {@code out}: the reference's h1 at 0, h2 at 1.
 * {@code hash64} is h1 alone.
 *
 * <p>Ranges are offset and length in bytes; one that leaves the input throws {@code IndexOutOfBoundsException}. The
 * {@code ByteBuf} methods ignore and keep both indices, read heap and direct buffers in place, copy only composite buffers of
 * several components, and throw {@code IllegalReferenceCountException} for a released buffer; the caller holds a reference
 * during the call.
 *
 * @see <a href="https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp">MurmurHash3.cpp</a>
 */
public final class Murmur3 {
    private Murmur3() {}

    public static int hash32(byte[] input) {
        return Murmur3OfArray.hash32(input, 0, input.length, 0);
    }

    public static int hash32(byte[] input, int offset, int length, int seed) {
        Objects.checkFromIndexSize(offset, length, input.length);
        return Murmur3OfArray.hash32(input, offset, length, seed);
    }

    public static int hash32(ByteBuf input, int index, int length, int seed) {
        ByteBufMemory.check(input, index, length);
        if (input.hasArray()) {
            return Murmur3OfArray.hash32(input.array(), input.arrayOffset() + index, length, seed);
        }
        if (input.hasMemoryAddress()) {
            return Murmur3OfSegment.hash32(ByteBufMemory.NATIVE, input.memoryAddress() + index, length, seed);
        }
        return Murmur3OfSegment.hash32(ByteBufMemory.segmentOf(input, index, length), 0, length, seed);
    }

    public static int hash32(MemorySegment input, long offset, long length, int seed) {
        Objects.checkFromIndexSize(offset, length, input.byteSize());
        return Murmur3OfSegment.hash32(input, offset, length, seed);
    }

    public static long hash64(byte[] input) {
        return Murmur3OfArray.hash128(input, 0, input.length, 0, null);
    }

    public static long hash64(byte[] input, int offset, int length, int seed) {
        Objects.checkFromIndexSize(offset, length, input.length);
        return Murmur3OfArray.hash128(input, offset, length, seed, null);
    }

    public static void hash128(byte[] input, long[] out) {
        hash128(input, 0, input.length, 0, out);
    }

    public static void hash128(byte[] input, int offset, int length, int seed, long[] out) {
        Objects.checkFromIndexSize(offset, length, input.length);
        out[0] = Murmur3OfArray.hash128(input, offset, length, seed, out);
    }

    public static void hash128(ByteBuf input, int index, int length, int seed, long[] out) {
        ByteBufMemory.check(input, index, length);
        if (input.hasArray()) {
            out[0] = Murmur3OfArray.hash128(input.array(), input.arrayOffset() + index, length, seed, out);
        } else if (input.hasMemoryAddress()) {
            out[0] = Murmur3OfSegment.hash128(ByteBufMemory.NATIVE, input.memoryAddress() + index, length, seed, out);
        } else {
            out[0] = Murmur3OfSegment.hash128(ByteBufMemory.segmentOf(input, index, length), 0, length, seed, out);
        }
    }

    public static void hash128(MemorySegment input, long offset, long length, int seed, long[] out) {
        Objects.checkFromIndexSize(offset, length, input.byteSize());
        out[0] = Murmur3OfSegment.hash128(input, offset, length, seed, out);
    }
}
