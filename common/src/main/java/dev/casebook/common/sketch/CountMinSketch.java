package dev.casebook.common.sketch;

import java.nio.ByteBuffer;

/**
 * How often each element occurred, never too low: with probability {@code 1 - delta} an estimate exceeds the true count by at most
 * {@code epsilon} times the sum of all counts.
 *
 * <p>Not thread-safe.
 */
public final class CountMinSketch {
    /*
     * depth = ceil(ln(1/delta)) rows of width = ceil(e/epsilon) counters; an element has one counter in each row, and the
     * smallest of them is its estimate. Every counter is at least the element's count, and exceeds it in expectation by
     * N/width, hence by Markov by more than e N/width with probability below 1/e per row.
     *
     * Conservative update raises only the counters that are below the new estimate, which lowers errors on skewed streams a
     * lot, costs a second pass over the depth counters, and rules out subtraction, which is not offered anyway. Sums of
     * conservative sketches still never underestimate, so they merge too.
     *
     * Cormode, Muthukrishnan, "An improved data stream summary: the count-min sketch and its applications", J. Algorithms 55,
     * 2005; Estan, Varghese, "New directions in traffic measurement and accounting", SIGCOMM 2002 (conservative update).
     */
    public static final int COUNTERS_MAX = 1 << 26;
    public static final int DEPTH_MAX = 32;

    private static final int HEADER_BYTES = Byte.BYTES + 2 * Integer.BYTES + Long.BYTES;

    private final long[] counters;
    private final int width;
    private final int depth;
    private final boolean conservative;
    private long total;

    private CountMinSketch(int width, int depth, boolean conservative, long[] counters, long total) {
        this.width = width;
        this.depth = depth;
        this.conservative = conservative;
        this.counters = counters;
        this.total = total;
    }

    /**
     * An empty sketch.
     *
     * @param epsilon error relative to the sum of all counts, in (0, 1)
     * @param delta probability of a greater error, in (0, 1)
     * @param conservative whether to update conservatively
     * @throws IllegalArgumentException also if that needs more than {@link #COUNTERS_MAX} counters or {@link #DEPTH_MAX} rows
     */
    public static CountMinSketch create(double epsilon, double delta, boolean conservative) {
        if (!(epsilon > 0 && epsilon < 1)) {
            throw new IllegalArgumentException("epsilon must be in (0, 1): epsilon=" + epsilon);
        }
        if (!(delta > 0 && delta < 1)) {
            throw new IllegalArgumentException("delta must be in (0, 1): delta=" + delta);
        }
        double width = Math.ceil(Math.E / epsilon);
        double depth = Math.ceil(-Math.log(delta));
        if (depth > DEPTH_MAX || width * depth > COUNTERS_MAX) {
            throw new IllegalArgumentException("needs " + depth + " rows of " + width + " counters, more than "
                    + DEPTH_MAX + " rows or " + COUNTERS_MAX + " counters: epsilon=" + epsilon + ", delta=" + delta);
        }
        return new CountMinSketch(
                (int) width, (int) depth, conservative, new long[Math.multiplyExact((int) width, (int) depth)], 0);
    }

    /**
     * Counts an element, known by its hash, {@code count} times.
     *
     * @param count not negative
     * @throws ArithmeticException if the sum of all counts would exceed {@code Long.MAX_VALUE}; nothing is counted then
     */
    public void add(long hash, long count) {
        if (count < 0) {
            throw new IllegalArgumentException("count must be >= 0: count=" + count);
        }
        total = Math.addExact(total, count); // no counter exceeds the total, so none overflows
        long step = stepOf(hash);
        if (conservative) {
            long raised = estimate(hash) + count;
            for (int row = 0; row < depth; row++, hash += step) {
                int counter = counterOf(row, hash);
                counters[counter] = Math.max(counters[counter], raised);
            }
        } else {
            for (int row = 0; row < depth; row++, hash += step) {
                counters[counterOf(row, hash)] += count;
            }
        }
    }

    /** At least the true count. */
    public long estimate(long hash) {
        long step = stepOf(hash);
        long least = Long.MAX_VALUE;
        for (int row = 0; row < depth; row++, hash += step) {
            least = Math.min(least, counters[counterOf(row, hash)]);
        }
        return least;
    }

    private int counterOf(int row, long hash) {
        return row * width + (int) Math.unsignedMultiplyHigh(hash, width);
    }

    private static long stepOf(long hash) {
        return (hash * 0x9E3779B97F4A7C15L) | 1;
    }

    /**
     * Adds the counts of another sketch of the same shape.
     *
     * @throws ArithmeticException if the sum of all counts would exceed {@code Long.MAX_VALUE}; nothing is added then
     */
    public void merge(CountMinSketch other) {
        if (other.width != width || other.depth != depth || other.conservative != conservative) {
            throw new IllegalArgumentException("sketches differ: " + shape() + " and " + other.shape());
        }
        total = Math.addExact(total, other.total);
        for (int i = 0; i < counters.length; i++) {
            counters[i] += other.counters[i];
        }
    }

    private String shape() {
        return depth + " rows of " + width + (conservative ? ", conservative" : ", plain");
    }

    /** The sum of all counts. */
    public long total() {
        return total;
    }

    public int width() {
        return width;
    }

    public int depth() {
        return depth;
    }

    public byte[] toBytes() {
        ByteBuffer buffer = SketchFormat.begin(
                        SketchFormat.COUNT_MIN, HEADER_BYTES + (long) counters.length * Long.BYTES)
                .put((byte) (conservative ? 1 : 0))
                .putInt(width)
                .putInt(depth)
                .putLong(total);
        SketchFormat.putLongs(buffer, counters);
        return SketchFormat.end(buffer);
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws CorruptSketchException if it did not
     */
    public static CountMinSketch fromBytes(byte[] bytes) {
        ByteBuffer body = SketchFormat.open(bytes, SketchFormat.COUNT_MIN);
        SketchFormat.require(body.remaining() >= HEADER_BYTES, "no header");
        byte conservative = body.get();
        int width = body.getInt();
        int depth = body.getInt();
        long total = body.getLong();
        SketchFormat.require(
                (conservative & ~1) == 0
                        && width >= 1
                        && depth >= 1
                        && depth <= DEPTH_MAX
                        && (long) width * depth <= COUNTERS_MAX
                        && total >= 0,
                "width=" + width + ", depth=" + depth + ", total=" + total);
        SketchFormat.requireRemaining(body, (long) width * depth * Long.BYTES);
        long[] counters = SketchFormat.getLongs(body);
        for (long counter : counters) {
            SketchFormat.require(counter >= 0 && counter <= total, "a counter of " + counter + " out of " + total);
        }
        return new CountMinSketch(width, depth, conservative == 1, counters, total);
    }
}
