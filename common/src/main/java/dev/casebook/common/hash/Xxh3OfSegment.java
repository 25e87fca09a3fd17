package dev.casebook.common.hash;

import static dev.casebook.common.hash.Xxh3Arithmetic.BLOCK_BYTES;
import static dev.casebook.common.hash.Xxh3Arithmetic.PRIME32_1;
import static dev.casebook.common.hash.Xxh3Arithmetic.PRIME32_2;
import static dev.casebook.common.hash.Xxh3Arithmetic.PRIME32_3;
import static dev.casebook.common.hash.Xxh3Arithmetic.PRIME64_1;
import static dev.casebook.common.hash.Xxh3Arithmetic.PRIME64_2;
import static dev.casebook.common.hash.Xxh3Arithmetic.PRIME64_3;
import static dev.casebook.common.hash.Xxh3Arithmetic.PRIME64_4;
import static dev.casebook.common.hash.Xxh3Arithmetic.PRIME64_5;
import static dev.casebook.common.hash.Xxh3Arithmetic.SECRET;
import static dev.casebook.common.hash.Xxh3Arithmetic.SECRET_AT_103;
import static dev.casebook.common.hash.Xxh3Arithmetic.SECRET_AT_3;
import static dev.casebook.common.hash.Xxh3Arithmetic.STRIPES_PER_BLOCK;
import static dev.casebook.common.hash.Xxh3Arithmetic.STRIPE_BYTES;
import static dev.casebook.common.hash.Xxh3Arithmetic.avalanche;
import static dev.casebook.common.hash.Xxh3Arithmetic.foldedProduct;
import static dev.casebook.common.hash.Xxh3Arithmetic.laneProduct;
import static dev.casebook.common.hash.Xxh3Arithmetic.lastStripeSecret;
import static dev.casebook.common.hash.Xxh3Arithmetic.mergeHighSecret;
import static dev.casebook.common.hash.Xxh3Arithmetic.mergeLowSecret;
import static dev.casebook.common.hash.Xxh3Arithmetic.scramble;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** XXH3's walk over a memory segment; {@link Xxh3OfArray} is the same walk over a byte array. Callers check bounds. */
final class Xxh3OfSegment {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Xxh3OfSegment() {}

    private static long longAt(MemorySegment in, long at) {
        return in.get(LONG, at);
    }

    private static int intAt(MemorySegment in, long at) {
        return in.get(INT, at);
    }

    static long hash64(MemorySegment in, long at, long length, long seed) {
        if (length <= 16) {
            if (length > 8) {
                return Xxh3Arithmetic.short9to16(longAt(in, at), longAt(in, at + length - 8), (int) length, seed);
            }
            if (length >= 4) {
                return Xxh3Arithmetic.short4to8(intAt(in, at), intAt(in, at + length - 4), (int) length, seed);
            }
            return length > 0
                    ? Xxh3Arithmetic.short1to3(combine1to3(in, at, length), seed)
                    : Xxh3Arithmetic.empty64(seed);
        }
        if (length <= 128) {
            return middle17to128(in, at, length, seed);
        }
        return length <= 240 ? middle129to240(in, at, length, seed) : large(in, at, length, seed, null);
    }

    static void hash128(MemorySegment in, long at, long length, long seed, long[] out) {
        if (length <= 16) {
            if (length > 8) {
                Xxh3Arithmetic.short9to16(longAt(in, at), longAt(in, at + length - 8), (int) length, seed, out);
            } else if (length >= 4) {
                Xxh3Arithmetic.short4to8(intAt(in, at), intAt(in, at + length - 4), (int) length, seed, out);
            } else if (length > 0) {
                Xxh3Arithmetic.short1to3(combine1to3(in, at, length), seed, out);
            } else {
                Xxh3Arithmetic.empty128(seed, out);
            }
        } else if (length <= 128) {
            middle17to128(in, at, length, seed, out);
        } else if (length <= 240) {
            middle129to240(in, at, length, seed, out);
        } else {
            out[0] = large(in, at, length, seed, out);
        }
    }

    private static int combine1to3(MemorySegment in, long at, long length) {
        return Xxh3Arithmetic.combine1to3(
                in.get(ValueLayout.JAVA_BYTE, at),
                in.get(ValueLayout.JAVA_BYTE, at + (length >> 1)),
                in.get(ValueLayout.JAVA_BYTE, at + length - 1),
                (int) length);
    }

    private static long mix16(MemorySegment in, long at, long secretLow, long secretHigh, long seed) {
        return Xxh3Arithmetic.mix16(longAt(in, at), longAt(in, at + 8), secretLow, secretHigh, seed);
    }

    private static long sum16(MemorySegment in, long at) {
        return longAt(in, at) + longAt(in, at + 8);
    }

    private static long middle17to128(MemorySegment in, long at, long length, long seed) {
        long end = at + length;
        long h = length * PRIME64_1;
        if (length > 32) {
            if (length > 64) {
                if (length > 96) {
                    h += mix16(in, at + 48, SECRET[12], SECRET[13], seed);
                    h += mix16(in, end - 64, SECRET[14], SECRET[15], seed);
                }
                h += mix16(in, at + 32, SECRET[8], SECRET[9], seed);
                h += mix16(in, end - 48, SECRET[10], SECRET[11], seed);
            }
            h += mix16(in, at + 16, SECRET[4], SECRET[5], seed);
            h += mix16(in, end - 32, SECRET[6], SECRET[7], seed);
        }
        h += mix16(in, at, SECRET[0], SECRET[1], seed);
        h += mix16(in, end - 16, SECRET[2], SECRET[3], seed);
        return avalanche(h);
    }

    private static long middle129to240(MemorySegment in, long at, long length, long seed) {
        long h = length * PRIME64_1;
        for (int i = 0; i < 8; i++) {
            h += mix16(in, at + 16L * i, SECRET[2 * i], SECRET[2 * i + 1], seed);
        }
        h = avalanche(h);
        int rest = (int) (length >>> 4) - 8;
        for (int i = 0; i < rest; i++) {
            h += mix16(in, at + 128 + 16L * i, SECRET_AT_3[2 * i], SECRET_AT_3[2 * i + 1], seed);
        }
        h += mix16(in, at + length - 16, SECRET_AT_103[2], SECRET_AT_103[3], seed);
        return avalanche(h);
    }

    private static void middle17to128(MemorySegment in, long at, long length, long seed, long[] out) {
        long end = at + length;
        long low = length * PRIME64_1;
        long high = 0;
        if (length > 32) {
            if (length > 64) {
                if (length > 96) {
                    low = (low + mix16(in, at + 48, SECRET[12], SECRET[13], seed)) ^ sum16(in, end - 64);
                    high = (high + mix16(in, end - 64, SECRET[14], SECRET[15], seed)) ^ sum16(in, at + 48);
                }
                low = (low + mix16(in, at + 32, SECRET[8], SECRET[9], seed)) ^ sum16(in, end - 48);
                high = (high + mix16(in, end - 48, SECRET[10], SECRET[11], seed)) ^ sum16(in, at + 32);
            }
            low = (low + mix16(in, at + 16, SECRET[4], SECRET[5], seed)) ^ sum16(in, end - 32);
            high = (high + mix16(in, end - 32, SECRET[6], SECRET[7], seed)) ^ sum16(in, at + 16);
        }
        low = (low + mix16(in, at, SECRET[0], SECRET[1], seed)) ^ sum16(in, end - 16);
        high = (high + mix16(in, end - 16, SECRET[2], SECRET[3], seed)) ^ sum16(in, at);
        Xxh3Arithmetic.finishMiddle(low, high, length, seed, out);
    }

    private static void middle129to240(MemorySegment in, long at, long length, long seed, long[] out) {
        long end = at + length;
        long low = length * PRIME64_1;
        long high = 0;
        for (int i = 0; i < 4; i++) {
            long p = at + 32L * i;
            low = (low + mix16(in, p, SECRET[4 * i], SECRET[4 * i + 1], seed)) ^ sum16(in, p + 16);
            high = (high + mix16(in, p + 16, SECRET[4 * i + 2], SECRET[4 * i + 3], seed)) ^ sum16(in, p);
        }
        low = avalanche(low);
        high = avalanche(high);
        int rest = (int) (length >>> 5) - 4;
        for (int i = 0; i < rest; i++) {
            long p = at + 128 + 32L * i;
            low = (low + mix16(in, p, SECRET_AT_3[4 * i], SECRET_AT_3[4 * i + 1], seed)) ^ sum16(in, p + 16);
            high = (high + mix16(in, p + 16, SECRET_AT_3[4 * i + 2], SECRET_AT_3[4 * i + 3], seed)) ^ sum16(in, p);
        }
        low = (low + mix16(in, end - 16, SECRET_AT_103[0], SECRET_AT_103[1], -seed)) ^ sum16(in, end - 32);
        high = (high + mix16(in, end - 32, SECRET_AT_103[2], SECRET_AT_103[3], -seed)) ^ sum16(in, end - 16);
        Xxh3Arithmetic.finishMiddle(low, high, length, seed, out);
    }

    /**
     * Inputs of more than 240 bytes: eight lanes of accumulators, kept in registers, over stripes of 64 bytes; a scramble
     * after every 16 stripes. Returns the 64-bit hash, which is also the low half of the 128-bit one; the high half goes to
     * {@code out[1]} if there is an {@code out}.
     */
    private static long large(MemorySegment in, long at, long length, long seed, long @Nullable [] out) {
        long a0 = PRIME32_3;
        long a1 = PRIME64_1;
        long a2 = PRIME64_2;
        long a3 = PRIME64_3;
        long a4 = PRIME64_4;
        long a5 = PRIME32_2;
        long a6 = PRIME64_5;
        long a7 = PRIME32_1;
        long end = at + length;
        long stripesLeft = (length - 1) / STRIPE_BYTES;
        long block = at;
        while (true) {
            int stripes = (int) Math.min(stripesLeft, STRIPES_PER_BLOCK);
            long even = seed;
            for (int n = 0; n < stripes; n++) {
                long p = block + (long) STRIPE_BYTES * n;
                long d0 = longAt(in, p);
                long d1 = longAt(in, p + 8);
                a0 += d1 + laneProduct(d0 ^ (SECRET[n] + even));
                a1 += d0 + laneProduct(d1 ^ (SECRET[n + 1] - even));
                long d2 = longAt(in, p + 16);
                long d3 = longAt(in, p + 24);
                a2 += d3 + laneProduct(d2 ^ (SECRET[n + 2] + even));
                a3 += d2 + laneProduct(d3 ^ (SECRET[n + 3] - even));
                long d4 = longAt(in, p + 32);
                long d5 = longAt(in, p + 40);
                a4 += d5 + laneProduct(d4 ^ (SECRET[n + 4] + even));
                a5 += d4 + laneProduct(d5 ^ (SECRET[n + 5] - even));
                long d6 = longAt(in, p + 48);
                long d7 = longAt(in, p + 56);
                a6 += d7 + laneProduct(d6 ^ (SECRET[n + 6] + even));
                a7 += d6 + laneProduct(d7 ^ (SECRET[n + 7] - even));
                // the next stripe's secret starts one long later: what was an even lane's long is now an odd lane's
                even = -even;
            }
            stripesLeft -= stripes;
            if (stripes < STRIPES_PER_BLOCK) {
                break;
            }
            a0 = scramble(a0, SECRET[16] + seed);
            a1 = scramble(a1, SECRET[17] - seed);
            a2 = scramble(a2, SECRET[18] + seed);
            a3 = scramble(a3, SECRET[19] - seed);
            a4 = scramble(a4, SECRET[20] + seed);
            a5 = scramble(a5, SECRET[21] - seed);
            a6 = scramble(a6, SECRET[22] + seed);
            a7 = scramble(a7, SECRET[23] - seed);
            block += BLOCK_BYTES;
        }
        long p = end - STRIPE_BYTES;
        long d0 = longAt(in, p);
        long d1 = longAt(in, p + 8);
        a0 += d1 + laneProduct(d0 ^ lastStripeSecret(0, seed));
        a1 += d0 + laneProduct(d1 ^ lastStripeSecret(1, seed));
        long d2 = longAt(in, p + 16);
        long d3 = longAt(in, p + 24);
        a2 += d3 + laneProduct(d2 ^ lastStripeSecret(2, seed));
        a3 += d2 + laneProduct(d3 ^ lastStripeSecret(3, seed));
        long d4 = longAt(in, p + 32);
        long d5 = longAt(in, p + 40);
        a4 += d5 + laneProduct(d4 ^ lastStripeSecret(4, seed));
        a5 += d4 + laneProduct(d5 ^ lastStripeSecret(5, seed));
        long d6 = longAt(in, p + 48);
        long d7 = longAt(in, p + 56);
        a6 += d7 + laneProduct(d6 ^ lastStripeSecret(6, seed));
        a7 += d6 + laneProduct(d7 ^ lastStripeSecret(7, seed));

        if (out != null) {
            out[1] = avalanche(~(length * PRIME64_2)
                    + foldedProduct(a0 ^ mergeHighSecret(0, seed), a1 ^ mergeHighSecret(1, seed))
                    + foldedProduct(a2 ^ mergeHighSecret(2, seed), a3 ^ mergeHighSecret(3, seed))
                    + foldedProduct(a4 ^ mergeHighSecret(4, seed), a5 ^ mergeHighSecret(5, seed))
                    + foldedProduct(a6 ^ mergeHighSecret(6, seed), a7 ^ mergeHighSecret(7, seed)));
        }
        return avalanche(length * PRIME64_1
                + foldedProduct(a0 ^ mergeLowSecret(0, seed), a1 ^ mergeLowSecret(1, seed))
                + foldedProduct(a2 ^ mergeLowSecret(2, seed), a3 ^ mergeLowSecret(3, seed))
                + foldedProduct(a4 ^ mergeLowSecret(4, seed), a5 ^ mergeLowSecret(5, seed))
                + foldedProduct(a6 ^ mergeLowSecret(6, seed), a7 ^ mergeLowSecret(7, seed)));
    }
}
