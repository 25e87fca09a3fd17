package dev.casebook.common.sketch;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Bloom's filter: says "no" for certain or "perhaps", and is wrong with the latter at a rate chosen in advance.
 *
 * <p>Not thread-safe; a filter that nobody writes to any more may be read by all.
 */
public final class BloomFilter {
    /*
     * m = -n ln p / (ln 2)^2 bits and k = m/n ln 2 probes give the false-positive probability p after n different elements;
     * after i elements it is (1 - e^(-ki/m))^k. The k positions come from two halves of one 64-bit hash, h + i * g (Kirsch,
     * Mitzenmacher, "Less hashing, same performance", ESA 2006), scaled to m by a multiplication; a 64-bit hash adds
     * collisions of its own, n / 2^64, which is nothing.
     *
     * Every probe is a cache miss once the bits outgrow the cache: for that see BlockedBloomFilter. This one needs 5 to
     * 20 % fewer bits for the same p, and can be merged with, and estimated from, with textbook formulas.
     *
     * Bloom, "Space/time trade-offs in hash coding with allowable errors", CACM 13(7), 1970.
     */
    /** 2 GiB of bits less what a stored filter needs beside them. */
    public static final long BITS_MAX = 8L * (Integer.MAX_VALUE - 64) / 64 * 64;

    public static final int PROBES_MAX = 30;

    private static final double LN2 = Math.log(2);
    private static final int HEADER_BYTES = Integer.BYTES;

    private final long[] words;
    private final long bits;
    private final int probes;

    private BloomFilter(long[] words, int probes) {
        this.words = words;
        this.bits = (long) words.length * Long.SIZE;
        this.probes = probes;
    }

    /**
     * An empty filter.
     *
     * @param expectedElements different elements at which the probability is reached, at least 1
     * @param falsePositiveProbability in (0, 1)
     * @throws IllegalArgumentException also if that needs more than {@link #BITS_MAX} bits
     */
    public static BloomFilter create(long expectedElements, double falsePositiveProbability) {
        if (expectedElements < 1) {
            throw new IllegalArgumentException("expectedElements must be >= 1: expectedElements=" + expectedElements);
        }
        if (!(falsePositiveProbability > 0 && falsePositiveProbability < 1)) {
            throw new IllegalArgumentException(
                    "falsePositiveProbability must be in (0, 1): falsePositiveProbability=" + falsePositiveProbability);
        }
        double bits = Math.ceil(-expectedElements * Math.log(falsePositiveProbability) / (LN2 * LN2));
        if (bits > BITS_MAX) {
            throw new IllegalArgumentException("needs " + bits + " bits, more than " + BITS_MAX + ": expectedElements="
                    + expectedElements + ", falsePositiveProbability=" + falsePositiveProbability);
        }
        int words = (int) Math.max(1, Math.ceil(bits / Long.SIZE));
        int probes = (int) Math.round(bits / expectedElements * LN2);
        return new BloomFilter(new long[words], Math.clamp(probes, 1, PROBES_MAX));
    }

    /**
     * Adds an element by its hash.
     *
     * @return whether the filter changed, which is to say that the element is new for certain
     */
    public boolean add(long hash) {
        long step = stepOf(hash);
        boolean changed = false;
        for (int i = 0; i < probes; i++) {
            long bit = Math.unsignedMultiplyHigh(hash, bits);
            int word = (int) (bit >>> 6);
            long before = words[word];
            long after = before | (1L << bit);
            words[word] = after;
            changed |= before != after;
            hash += step;
        }
        return changed;
    }

    /** False only if the element was never added. */
    public boolean mightContain(long hash) {
        long step = stepOf(hash);
        for (int i = 0; i < probes; i++) {
            long bit = Math.unsignedMultiplyHigh(hash, bits);
            if ((words[(int) (bit >>> 6)] & (1L << bit)) == 0) {
                return false;
            }
            hash += step;
        }
        return true;
    }

    /** The upper bits of the hash place the first probe, so the step is made of the lower ones. Odd, to visit all places. */
    private static long stepOf(long hash) {
        return (hash * 0x9E3779B97F4A7C15L) | 1;
    }

    /** Adds all elements of another filter of the same size and number of probes. */
    public void merge(BloomFilter other) {
        if (other.bits != bits || other.probes != probes) {
            throw new IllegalArgumentException("filters differ: " + bits + " and " + other.bits + " bits, " + probes
                    + " and " + other.probes + " probes");
        }
        for (int i = 0; i < words.length; i++) {
            words[i] |= other.words[i];
        }
    }

    /** The present probability of a wrong "perhaps": the fraction of set bits to the power of the probes. O(bits). */
    public double falsePositiveProbability() {
        return Math.pow((double) bitsSet() / bits, probes);
    }

    /** Different elements so far, about: {@code -m/k ln(1 - set/m)}; infinite once all bits are set. O(bits). */
    public double estimatedElements() {
        return -(double) bits / probes * Math.log1p(-(double) bitsSet() / bits);
    }

    private long bitsSet() {
        return Arrays.stream(words).map(Long::bitCount).sum();
    }

    public long bits() {
        return bits;
    }

    public int probes() {
        return probes;
    }

    public byte[] toBytes() {
        ByteBuffer buffer = SketchFormat.begin(SketchFormat.BLOOM, HEADER_BYTES + (long) words.length * Long.BYTES)
                .putInt(probes);
        SketchFormat.putLongs(buffer, words);
        return SketchFormat.end(buffer);
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws CorruptSketchException if it did not
     */
    public static BloomFilter fromBytes(byte[] bytes) {
        ByteBuffer body = SketchFormat.open(bytes, SketchFormat.BLOOM);
        SketchFormat.require(
                body.remaining() > HEADER_BYTES && (body.remaining() - HEADER_BYTES) % Long.BYTES == 0,
                "no whole words");
        int probes = body.getInt();
        SketchFormat.require(probes >= 1 && probes <= PROBES_MAX, "probes=" + probes);
        return new BloomFilter(SketchFormat.getLongs(body), probes);
    }
}
