package dev.casebook.common.sketch;

import java.nio.ByteBuffer;

/**
 * A Bloom filter that looks at one cache line per question: the fast one, for a tenth more bits.
 *
 * <p>Not thread-safe; a filter that nobody writes to any more may be read by all.
 */
public final class BlockedBloomFilter {
    /*
     * The hash picks a block of 512 bits, the size of a cache line, and in each of the block's eight longs one bit: a split
     * block. So an element costs one cache miss (two for the blocks that straddle a line, as Java gives no alignment), the
     * eight tests depend on nothing but the hash and have no branch between them, and the shift counts need no mask.
     *
     * Blocks are unevenly full: the number of elements in one is Poisson with mean a = 512 n / m. With j elements in it a
     * block is wrong with (1 - (1 - 1/64)^j)^8, so the false-positive probability is
     *     f(a) = sum over j of Poisson(j; a) * (1 - (63/64)^j)^8,
     * for which create() solves a: 10.1 bits per element for 1 %, where an unblocked filter needs 9.6, and 15.7 for 0.1 %
     * instead of 14.4. Eight bits are fixed; below about 0.01 % (23.6 and 19.2 bits) an unblocked filter with more is the better choice.
     *
     * Putze, Sanders, Singler, "Cache-, hash- and space-efficient Bloom filters", WEA 2007; the split block as in Apache Impala
     * and Parquet, with lanes of 64 instead of 32 bits.
     */
    public static final int BLOCK_BITS = 512;
    public static final int BLOCKS_MAX = (Integer.MAX_VALUE - 64) / (BLOCK_BITS / Byte.SIZE);
    /** Takes 52 bits per element; an unblocked filter takes 29. */
    public static final double FALSE_POSITIVE_PROBABILITY_MIN = 1e-6;

    private static final int LANES = 8;

    private final long[] words;
    private final int blocks;

    private BlockedBloomFilter(long[] words) {
        this.words = words;
        this.blocks = words.length / LANES;
    }

    /**
     * An empty filter.
     *
     * @param expectedElements different elements at which the probability is reached, at least 1
     * @param falsePositiveProbability in [{@link #FALSE_POSITIVE_PROBABILITY_MIN}, 1)
     * @throws IllegalArgumentException also if that needs more than {@link #BLOCKS_MAX} blocks
     */
    public static BlockedBloomFilter create(long expectedElements, double falsePositiveProbability) {
        if (!(falsePositiveProbability >= FALSE_POSITIVE_PROBABILITY_MIN && falsePositiveProbability < 1)) {
            throw new IllegalArgumentException("falsePositiveProbability must be in [" + FALSE_POSITIVE_PROBABILITY_MIN
                    + ", 1): falsePositiveProbability=" + falsePositiveProbability);
        }
        return ofBits(expectedElements, BLOCK_BITS / elementsPerBlock(falsePositiveProbability));
    }

    /** An empty filter of a given size, for comparisons at equal memory. */
    public static BlockedBloomFilter ofBits(long expectedElements, double bitsPerElement) {
        if (expectedElements < 1) {
            throw new IllegalArgumentException("expectedElements must be >= 1: expectedElements=" + expectedElements);
        }
        double blocks = Math.max(1, Math.ceil(expectedElements * bitsPerElement / BLOCK_BITS));
        if (!(blocks <= BLOCKS_MAX)) {
            throw new IllegalArgumentException("needs " + blocks + " blocks, more than " + BLOCKS_MAX
                    + ": expectedElements=" + expectedElements + ", bitsPerElement=" + bitsPerElement);
        }
        return new BlockedBloomFilter(new long[Math.multiplyExact((int) blocks, LANES)]);
    }

    /** The mean number of elements per block that has the given false-positive probability, by bisection. */
    private static double elementsPerBlock(double falsePositiveProbability) {
        double low = 0;
        double high = 2 * BLOCK_BITS;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (falsePositiveProbability(middle) < falsePositiveProbability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The formula f(a) above; terms beyond 12 standard deviations are below what a double resolves. */
    static double falsePositiveProbability(double elementsPerBlock) {
        double sum = 0;
        double logMean = Math.log(elementsPerBlock);
        double logFactorial = 0;
        int last = (int) (elementsPerBlock + 12 * Math.sqrt(elementsPerBlock) + 20);
        for (int j = 1; j <= last; j++) {
            logFactorial += Math.log(j);
            double poisson = Math.exp(j * logMean - elementsPerBlock - logFactorial);
            sum += poisson * Math.pow(1 - Math.pow(63.0 / 64, j), LANES);
        }
        return sum;
    }

    /** Adds an element by its hash. */
    public void add(long hash) {
        int block = blockOf(hash);
        long lanes = lanesOf(hash);
        words[block] |= 1L << lanes;
        words[block + 1] |= 1L << (lanes >>> 8);
        words[block + 2] |= 1L << (lanes >>> 16);
        words[block + 3] |= 1L << (lanes >>> 24);
        words[block + 4] |= 1L << (lanes >>> 32);
        words[block + 5] |= 1L << (lanes >>> 40);
        words[block + 6] |= 1L << (lanes >>> 48);
        words[block + 7] |= 1L << (lanes >>> 56);
    }

    /** False only if the element was never added. */
    public boolean mightContain(long hash) {
        int block = blockOf(hash);
        long lanes = lanesOf(hash);
        long all = (words[block] >>> lanes)
                & (words[block + 1] >>> (lanes >>> 8))
                & (words[block + 2] >>> (lanes >>> 16))
                & (words[block + 3] >>> (lanes >>> 24))
                & (words[block + 4] >>> (lanes >>> 32))
                & (words[block + 5] >>> (lanes >>> 40))
                & (words[block + 6] >>> (lanes >>> 48))
                & (words[block + 7] >>> (lanes >>> 56));
        return (all & 1) != 0;
    }

    private int blockOf(long hash) {
        return (int) (((hash >>> 32) * blocks) >>> 32) * LANES;
    }

    /** A byte per lane, its low six bits the position; from the lower half of the hash, as the upper one chose the block. */
    private static long lanesOf(long hash) {
        long h = (hash & 0xFFFF_FFFFL) * 0x9E3779B97F4A7C15L;
        return h ^ (h >>> 32);
    }

    /** Adds all elements of another filter of the same size. */
    public void merge(BlockedBloomFilter other) {
        if (other.blocks != blocks) {
            throw new IllegalArgumentException("filters differ: " + blocks + " and " + other.blocks + " blocks");
        }
        for (int i = 0; i < words.length; i++) {
            words[i] |= other.words[i];
        }
    }

    /** The present probability of a wrong "perhaps": the mean over blocks of the product of their lanes' fill. O(bits). */
    public double falsePositiveProbability() {
        double sum = 0;
        for (int block = 0; block < words.length; block += LANES) {
            double product = 1;
            for (int lane = 0; lane < LANES; lane++) {
                product *= Long.bitCount(words[block + lane]) / (double) Long.SIZE;
            }
            sum += product;
        }
        return sum / blocks;
    }

    public long bits() {
        return (long) words.length * Long.SIZE;
    }

    public byte[] toBytes() {
        ByteBuffer buffer = SketchFormat.begin(SketchFormat.BLOCKED_BLOOM, (long) words.length * Long.BYTES);
        SketchFormat.putLongs(buffer, words);
        return SketchFormat.end(buffer);
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws CorruptSketchException if it did not
     */
    public static BlockedBloomFilter fromBytes(byte[] bytes) {
        ByteBuffer body = SketchFormat.open(bytes, SketchFormat.BLOCKED_BLOOM);
        SketchFormat.require(body.remaining() > 0 && body.remaining() % (LANES * Long.BYTES) == 0, "no whole blocks");
        return new BlockedBloomFilter(SketchFormat.getLongs(body));
    }
}
