package dev.casebook.common.hash;

import static java.lang.Long.reverseBytes;
import static java.lang.Long.rotateLeft;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The part of XXH3 that does not touch the input: constants, secret, mixers and finishers.
 *
 * <p>The secret is kept as tables of longs, one table per distance from 8-byte alignment at which the algorithm reads it, so
 * that a read of the secret is one load at a known index.
 */
final class Xxh3Arithmetic {
    static final long PRIME32_1 = 0x9E3779B1L;
    static final long PRIME32_2 = 0x85EBCA77L;
    static final long PRIME32_3 = 0xC2B2AE3DL;
    static final long PRIME64_1 = 0x9E3779B185EBCA87L;
    static final long PRIME64_2 = 0xC2B2AE3D27D4EB4FL;
    static final long PRIME64_3 = 0x165667B19E3779F9L;
    static final long PRIME64_4 = 0x85EBCA77C2B2AE63L;
    static final long PRIME64_5 = 0x27D4EB2F165667C5L;
    private static final long PRIME_MX1 = 0x165667919E3779F9L;
    private static final long PRIME_MX2 = 0x9FB21C651E98DF25L;

    static final int STRIPE_BYTES = 64;
    static final int STRIPES_PER_BLOCK = 16;
    static final int BLOCK_BYTES = STRIPE_BYTES * STRIPES_PER_BLOCK;

    private static final byte[] SECRET_BYTES = HexFormat.of()
            .parseHex("b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
                    + "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
                    + "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
                    + "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
                    + "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e"
                    + "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e");

    /** The secret's 24 longs. */
    static final long[] SECRET = longsFrom(0, 24);
    /** Read by inputs of 129 to 240 bytes after their first 128. */
    static final long[] SECRET_AT_3 = longsFrom(3, 14);
    /** Read by the last 32 bytes (64-bit hash: the upper half, by the last 16) of inputs of 129 to 240 bytes. */
    static final long[] SECRET_AT_103 = longsFrom(103, 4);

    private static final int LAST_STRIPE_OFFSET = 121;
    private static final int MERGE_LOW_OFFSET = 11;
    private static final int MERGE_HIGH_OFFSET = 117;
    private static final long[] LAST_STRIPE = longsFrom(LAST_STRIPE_OFFSET, 8);
    private static final long[] MERGE_LOW = longsFrom(MERGE_LOW_OFFSET, 8);
    private static final long[] MERGE_HIGH = longsFrom(MERGE_HIGH_OFFSET, 8);

    private static final long FLIP64_0 = SECRET[7] ^ SECRET[8];
    private static final long FLIP64_1TO3 = (SECRET[0] ^ (SECRET[0] >>> 32)) & 0xFFFF_FFFFL;
    private static final long FLIP64_4TO8 = SECRET[1] ^ SECRET[2];
    private static final long FLIP64_9TO16_LOW = SECRET[3] ^ SECRET[4];
    private static final long FLIP64_9TO16_HIGH = SECRET[5] ^ SECRET[6];
    private static final long FLIP128_0_LOW = SECRET[8] ^ SECRET[9];
    private static final long FLIP128_0_HIGH = SECRET[10] ^ SECRET[11];
    private static final long FLIP128_1TO3_HIGH = (SECRET[1] ^ (SECRET[1] >>> 32)) & 0xFFFF_FFFFL;
    private static final long FLIP128_4TO8 = SECRET[2] ^ SECRET[3];
    private static final long FLIP128_9TO16_LOW = SECRET[4] ^ SECRET[5];
    private static final long FLIP128_9TO16_HIGH = SECRET[6] ^ SECRET[7];

    private Xxh3Arithmetic() {}

    private static long[] longsFrom(int offset, int count) {
        VarHandle littleEndian = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
        long[] longs = new long[count];
        for (int i = 0; i < count; i++) {
            longs[i] = (long) littleEndian.get(SECRET_BYTES, offset + Long.BYTES * i);
        }
        return longs;
    }

    // --- 64-bit results of short inputs

    static long empty64(long seed) {
        return avalanche64(seed ^ FLIP64_0);
    }

    /** @param combined what {@link #combine1to3} made of the input */
    static long short1to3(int combined, long seed) {
        return avalanche64((combined & 0xFFFF_FFFFL) ^ (FLIP64_1TO3 + seed));
    }

    static int combine1to3(byte first, byte middle, byte last, int length) {
        return ((first & 0xFF) << 16) | ((middle & 0xFF) << 24) | (last & 0xFF) | (length << 8);
    }

    static long short4to8(int first, int last, int length, long seed) {
        long flip = FLIP64_4TO8 - spread(seed);
        long h = ((last & 0xFFFF_FFFFL) + ((long) first << 32)) ^ flip;
        h ^= rotateLeft(h, 49) ^ rotateLeft(h, 24);
        h *= PRIME_MX2;
        h ^= (h >>> 35) + length;
        h *= PRIME_MX2;
        return h ^ (h >>> 28);
    }

    static long short9to16(long first, long last, int length, long seed) {
        long low = first ^ (FLIP64_9TO16_LOW + seed);
        long high = last ^ (FLIP64_9TO16_HIGH - seed);
        return avalanche(length + reverseBytes(low) + high + foldedProduct(low, high));
    }

    // --- 128-bit results of short inputs, low half to out[0] and high half to out[1]

    static void empty128(long seed, long[] out) {
        out[0] = avalanche64(seed ^ FLIP128_0_LOW);
        out[1] = avalanche64(seed ^ FLIP128_0_HIGH);
    }

    static void short1to3(int combined, long seed, long[] out) {
        int combinedHigh = Integer.rotateLeft(Integer.reverseBytes(combined), 13);
        out[0] = short1to3(combined, seed);
        out[1] = avalanche64((combinedHigh & 0xFFFF_FFFFL) ^ (FLIP128_1TO3_HIGH - seed));
    }

    static void short4to8(int first, int last, int length, long seed, long[] out) {
        long keyed = ((first & 0xFFFF_FFFFL) + ((long) last << 32)) ^ (FLIP128_4TO8 + spread(seed));
        long multiplier = PRIME64_1 + ((long) length << 2);
        long low = keyed * multiplier;
        long high = Math.unsignedMultiplyHigh(keyed, multiplier) + (low << 1);
        low ^= high >>> 3;
        low ^= low >>> 35;
        low *= PRIME_MX2;
        out[0] = low ^ (low >>> 28);
        out[1] = avalanche(high);
    }

    static void short9to16(long first, long last, int length, long seed, long[] out) {
        long mixed = first ^ last ^ (FLIP128_9TO16_LOW - seed);
        long low = mixed * PRIME64_1 + ((long) (length - 1) << 54);
        long keyedLast = last ^ (FLIP128_9TO16_HIGH + seed);
        long high =
                Math.unsignedMultiplyHigh(mixed, PRIME64_1) + keyedLast + (keyedLast & 0xFFFF_FFFFL) * (PRIME32_2 - 1);
        low ^= reverseBytes(high);
        out[0] = avalanche(low * PRIME64_2);
        out[1] = avalanche(Math.unsignedMultiplyHigh(low, PRIME64_2) + high * PRIME64_2);
    }

    // --- inputs of 17 to 240 bytes

    static long mix16(long low, long high, long secretLow, long secretHigh, long seed) {
        return foldedProduct(low ^ (secretLow + seed), high ^ (secretHigh - seed));
    }

    static void finishMiddle(long low, long high, long length, long seed, long[] out) {
        out[0] = avalanche(low + high);
        out[1] = -avalanche(low * PRIME64_1 + high * PRIME64_4 + (length - seed) * PRIME64_2);
    }

    // --- inputs of more than 240 bytes

    /** Product of the low and the high 32 bits of the keyed lane. */
    static long laneProduct(long keyed) {
        return (keyed & 0xFFFF_FFFFL) * (keyed >>> 32);
    }

    static long scramble(long accumulator, long secret) {
        return (accumulator ^ (accumulator >>> 47) ^ secret) * PRIME32_1;
    }

    static long lastStripeSecret(int lane, long seed) {
        return seed == 0 ? LAST_STRIPE[lane] : seededSecret(LAST_STRIPE_OFFSET + Long.BYTES * lane, seed);
    }

    static long mergeLowSecret(int lane, long seed) {
        return seed == 0 ? MERGE_LOW[lane] : seededSecret(MERGE_LOW_OFFSET + Long.BYTES * lane, seed);
    }

    static long mergeHighSecret(int lane, long seed) {
        return seed == 0 ? MERGE_HIGH[lane] : seededSecret(MERGE_HIGH_OFFSET + Long.BYTES * lane, seed);
    }

    /**
     * The 8 bytes at a byte offset, not a multiple of 8, of the secret derived from the seed. The reference writes that
     * secret into 192 bytes of stack (even longs plus the seed, odd ones minus it); computing each long where it is used
     * saves the memory.
     */
    private static long seededSecret(int byteOffset, long seed) {
        int index = byteOffset >>> 3;
        int shift = (byteOffset & 7) * Byte.SIZE;
        long signedSeed = (index & 1) == 0 ? seed : -seed;
        return ((SECRET[index] + signedSeed) >>> shift) | ((SECRET[index + 1] - signedSeed) << -shift);
    }

    // --- mixers

    /** XXH3's own finaliser. */
    static long avalanche(long h) {
        h ^= h >>> 37;
        h *= PRIME_MX1;
        return h ^ (h >>> 32);
    }

    /** The finaliser of XXH64, which XXH3 keeps for inputs of up to 3 bytes. */
    private static long avalanche64(long h) {
        h ^= h >>> 33;
        h *= PRIME64_2;
        h ^= h >>> 29;
        h *= PRIME64_3;
        return h ^ (h >>> 32);
    }

    /** Both halves of the 128-bit product, XORed. */
    static long foldedProduct(long a, long b) {
        return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
    }

    private static long spread(long seed) {
        return seed ^ ((long) Integer.reverseBytes((int) seed) << 32);
    }
}
