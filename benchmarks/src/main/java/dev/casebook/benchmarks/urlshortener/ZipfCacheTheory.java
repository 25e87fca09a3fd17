package dev.casebook.benchmarks.urlshortener;

/**
 * What a cache of so many entries hits when requests are independent draws from Zipf's law. A perfect LFU holds the most popular: the sum of their shares. LRU by the
 * approximation of Che, Tung and Wang (IEEE JSAC 20(7), 2002): an entry stays for one characteristic time, the same for all, which is the one at which as many stay as fit.
 */
final class ZipfCacheTheory {
    private static final int BISECTIONS = 100;

    private final double exponent;

    /** Of the requests by rank, most popular first; their sum is 1. */
    private final double[] shares;

    ZipfCacheTheory(int items, double exponent) {
        this.exponent = exponent;
        shares = new double[items];
        double sum = 0;
        for (int rank = 0; rank < items; rank++) {
            shares[rank] = Math.pow(rank + 1, -exponent);
            sum += shares[rank];
        }
        for (int rank = 0; rank < items; rank++) {
            shares[rank] /= sum;
        }
    }

    double exponent() {
        return exponent;
    }

    /** Hit ratio, 0 to 1, of a cache that holds the {@code entries} most popular. */
    double perfectLfu(int entries) {
        double hits = 0;
        for (int rank = 0; rank < Math.min(entries, shares.length); rank++) {
            hits += shares[rank];
        }
        return hits;
    }

    /** Hit ratio, 0 to 1, of LRU with room for {@code entries}. */
    double lru(int entries) {
        if (entries >= shares.length) {
            return 1;
        }
        double low = 0;
        double high = 1;
        while (occupied(high) < entries) {
            high *= 2;
        }
        for (int step = 0; step < BISECTIONS; step++) {
            double middle = (low + high) / 2;
            if (occupied(middle) < entries) {
                low = middle;
            } else {
                high = middle;
            }
        }
        double hits = 0;
        for (double share : shares) {
            hits += share * -Math.expm1(-share * high);
        }
        return hits;
    }

    /** Entries asked for at least once in so many requests. */
    private double occupied(double requests) {
        double sum = 0;
        for (double share : shares) {
            sum -= Math.expm1(-share * requests);
        }
        return sum;
    }
}
