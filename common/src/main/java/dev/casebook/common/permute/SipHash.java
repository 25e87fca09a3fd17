package dev.casebook.common.permute;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * SipHash-2-4, a pseudorandom function from short messages to 64 bits under a 128-bit key. It is the fastest function with
 * a cryptographic claim for inputs of a few bytes on a machine word: 2 rounds per 8 bytes and 4 to finish, additions,
 * rotations and xors only, so no tables and no timing that depends on the key. Not a collision-resistant hash: 64 bits.
 *
 * <p>{@link #hashShort} is the same function for messages of up to seven bytes held in a register. Such a message shares its
 * only block with the length byte, which makes 6 rounds instead of the 8 of an eight-byte message.
 *
 * <p>Immutable and thread-safe; allocates nothing.
 *
 * @see <a href="https://www.aumasson.jp/siphash/siphash.pdf">Aumasson, Bernstein: SipHash, a fast short-input PRF, 2012</a>
 */
public final class SipHash {
    /** Length of a key in bytes. */
    public static final int KEY_BYTES = 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // "somepseudorandomlygeneratedbytes", as in the paper: any asymmetric constant would do
    private static final long INITIAL_0 = 0x736f6d6570736575L;
    private static final long INITIAL_1 = 0x646f72616e646f6dL;
    private static final long INITIAL_2 = 0x6c7967656e657261L;
    private static final long INITIAL_3 = 0x7465646279746573L;

    private final long start0;
    private final long start1;
    private final long start2;
    private final long start3;

    /**
     * The function under one key.
     *
     * @param key {@value #KEY_BYTES} bytes; copied
     * @throws IllegalArgumentException if the key has another length
     */
    public SipHash(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("key must be " + KEY_BYTES + " bytes: length=" + key.length);
        }
        long key0 = (long) LONG.get(key, 0);
        long key1 = (long) LONG.get(key, Long.BYTES);
        start0 = INITIAL_0 ^ key0;
        start1 = INITIAL_1 ^ key1;
        start2 = INITIAL_2 ^ key0;
        start3 = INITIAL_3 ^ key1;
    }

    /** The hash of a whole array. */
    public long hash(byte[] message) {
        return hash(message, 0, message.length);
    }

    /**
     * The hash of a part of an array.
     *
     * @throws IndexOutOfBoundsException if the range is outside {@code message}
     */
    public long hash(byte[] message, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, message.length);
        long v0 = start0;
        long v1 = start1;
        long v2 = start2;
        long v3 = start3;
        int position = offset;
        for (int last = offset + length - Long.BYTES; position <= last; position += Long.BYTES) {
            long block = (long) LONG.get(message, position);
            v3 ^= block;
            for (int round = 0; round < 2; round++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= block;
        }
        long block = 0;
        for (int i = offset + length - 1; i >= position; i--) {
            block = (block << Byte.SIZE) | (message[i] & 0xFF);
        }
        return finish(v0, v1, v2, v3, block | ((long) length << 56));
    }

    /**
     * The hash of the eight bytes of {@code message}, least significant first.
     */
    public long hash(long message) {
        long v0 = start0;
        long v1 = start1;
        long v2 = start2;
        long v3 = start3 ^ message;
        for (int round = 0; round < 2; round++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        return finish(v0 ^ message, v1, v2, v3, (long) Long.BYTES << 56);
    }

    /**
     * The hash of the {@code length} low bytes of {@code message}, least significant first: a quarter cheaper than {@link #hash(long)}.
     *
     * @param message a number below 2<sup>8 * length</sup>; not checked, a larger one gives a hash of no message
     * @param length 0 to 7; not checked
     */
    public long hashShort(long message, int length) {
        return finish(start0, start1, start2, start3, message | ((long) length << 56));
    }

    /** Absorbs the last block (which has the length in its top byte), then the four closing rounds. */
    private static long finish(long s0, long s1, long s2, long s3, long block) {
        long v0 = s0;
        long v1 = s1;
        long v2 = s2;
        long v3 = s3 ^ block;
        for (int round = 0; round < 6; round++) {
            if (round == 2) {
                v0 ^= block;
                v2 ^= 0xFF;
            }
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
