package dev.casebook.common.hash;

/** The part of MurmurHash3 that does not touch the input. */
final class Murmur3Arithmetic {
    private static final int C1_32 = 0xcc9e2d51;
    private static final int C2_32 = 0x1b873593;
    private static final long C1_64 = 0x87c37b91114253d5L;
    private static final long C2_64 = 0x4cf5ad432745937fL;

    private Murmur3Arithmetic() {}

    static int mixBlock(int k) {
        return Integer.rotateLeft(k * C1_32, 15) * C2_32;
    }

    static int addBlock(int h, int k) {
        return Integer.rotateLeft(h ^ mixBlock(k), 13) * 5 + 0xe6546b64;
    }

    static int finish(int h, int length) {
        h ^= length;
        h ^= h >>> 16;
        h *= 0x85ebca6b;
        h ^= h >>> 13;
        h *= 0xc2b2ae35;
        return h ^ (h >>> 16);
    }

    static long mixFirst(long k) {
        return Long.rotateLeft(k * C1_64, 31) * C2_64;
    }

    static long mixSecond(long k) {
        return Long.rotateLeft(k * C2_64, 33) * C1_64;
    }

    static long addFirst(long h1, long h2, long k1) {
        return (Long.rotateLeft(h1 ^ mixFirst(k1), 27) + h2) * 5 + 0x52dce729;
    }

    static long addSecond(long h1, long h2, long k2) {
        return (Long.rotateLeft(h2 ^ mixSecond(k2), 31) + h1) * 5 + 0x38495ab5;
    }

    static long avalanche(long k) {
        k ^= k >>> 33;
        k *= 0xff51afd7ed558ccdL;
        k ^= k >>> 33;
        k *= 0xc4ceb9fe1a85ec53L;
        return k ^ (k >>> 33);
    }

    /** The 1 to 3 last bytes as a little-endian number; for fewer than 3 bytes some of the three are the same byte. */
    static int tail1to3(byte first, byte middle, byte last, int length) {
        return (first & 0xFF)
                | ((middle & 0xFF) << (Byte.SIZE * (length >> 1)))
                | ((last & 0xFF) << (Byte.SIZE * (length - 1)));
    }

    /** The 4 to 7 last bytes as a little-endian number, from two reads of 4 bytes that overlap. */
    static long tail4to7(int first, int last, int length) {
        return (first & 0xFFFF_FFFFL) | ((last & 0xFFFF_FFFFL) << (Byte.SIZE * (length - 4)));
    }
}
