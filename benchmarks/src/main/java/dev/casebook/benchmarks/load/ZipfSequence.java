package dev.casebook.benchmarks.load;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Ranks drawn from a Zipf distribution: rank {@code k} (from 0) has a share proportional to {@code 1 / (k+1)^exponent}, as
 * popularity on the web has (Breslau et al., INFOCOM 1999). Drawn beforehand by inversion of the cumulative distribution
 * and then repeated in a circle, so that a driver pays an array access per request. Immutable; each user has its own
 * position.
 */
public final class ZipfSequence {
    private static final int LENGTH = 1 << 20;

    private final int[] ranks = new int[LENGTH];

    /**
     * Draws the sequence; O(items + 2^20 log items).
     *
     * @param items how many ranks, at least 1
     * @param exponent 0 for a uniform distribution, about 1 for web traffic
     */
    public ZipfSequence(int items, double exponent, long seed) {
        if (items < 1 || !(exponent >= 0)) {
            throw new IllegalArgumentException("items must be >= 1 and exponent >= 0: " + items + ", " + exponent);
        }
        double[] cumulative = new double[items];
        double sum = 0;
        for (int rank = 0; rank < items; rank++) {
            sum += Math.pow(rank + 1, -exponent);
            cumulative[rank] = sum;
        }
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < LENGTH; i++) {
            int found = Arrays.binarySearch(cumulative, random.nextDouble(sum));
            ranks[i] = Math.min(items - 1, found < 0 ? -found - 1 : found + 1);
        }
    }

    /** The rank at a position; positions may grow without bound. */
    public int rank(long position) {
        return ranks[(int) (position & (LENGTH - 1))];
    }
}
