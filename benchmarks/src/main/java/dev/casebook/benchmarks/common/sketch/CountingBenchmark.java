package dev.casebook.benchmarks.common.sketch;

import dev.casebook.common.sketch.CountMinSketch;
import dev.casebook.common.sketch.HyperLogLog;
import dev.casebook.common.sketch.SpaceSaving;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does counting approximately cost per event: different elements (HyperLogLog, 2<sup>14</sup> registers), frequencies (Count-Min, 0.1 %, conservative), the most frequent
 * (Space-Saving, 1,000 counters)?
 *
 * <p>Peers: hash4j's HyperLogLog; for frequencies an exact {@code HashMap}, whose memory grows with the number of different elements as the sketches' does not. Events are
 * a million hashes, a quarter of them for the estimate beforehand, skewed as squares of uniform numbers are.
 *
 * <p>Unfair would be: comparing the estimate's cost at different numbers of registers, or with a sketch that has just been asked.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CountingBenchmark {
    private static final int EVENTS = 1 << 20;
    private static final int PRECISION = 14;
    private static final int DIFFERENT = 50_000;

    private final long[] hashes = new SplittableRandom(3).longs(EVENTS).toArray();
    private final Long[] elements = elements();
    private int at;
    private final HyperLogLog hyperLogLog = HyperLogLog.create(PRECISION);
    private final com.dynatrace.hash4j.distinctcount.HyperLogLog hash4jHyperLogLog =
            com.dynatrace.hash4j.distinctcount.HyperLogLog.create(PRECISION);
    private final CountMinSketch countMin = CountMinSketch.create(0.001, 0.01, true);
    private final SpaceSaving<Long> spaceSaving = SpaceSaving.create(1_000);
    private final Map<Long, Long> exact = new HashMap<>();

    /** Counts the same for both before they are asked. */
    public CountingBenchmark() {
        for (int i = 0; i < EVENTS / 4; i++) {
            hyperLogLog.add(hashes[i]);
            hash4jHyperLogLog.add(hashes[i]);
        }
    }

    private static Long[] elements() {
        SplittableRandom random = new SplittableRandom(4);
        Long[] elements = new Long[EVENTS];
        for (int i = 0; i < EVENTS; i++) {
            double uniform = random.nextDouble();
            elements[i] = (long) (uniform * uniform * DIFFERENT);
        }
        return elements;
    }

    private int position() {
        return at++ & (EVENTS - 1);
    }

    /** Ours: one more element. */
    @Benchmark
    public boolean casebookDistinct() {
        return hyperLogLog.add(hashes[position()]);
    }

    /** Peer: hash4j. */
    @Benchmark
    public Object hash4jDistinct() {
        return hash4jHyperLogLog.add(hashes[position()]);
    }

    /** Ours: how many different ones. */
    @Benchmark
    public double casebookEstimate() {
        return hyperLogLog.estimate();
    }

    /** Peer: hash4j. */
    @Benchmark
    public double hash4jEstimate() {
        return hash4jHyperLogLog.getDistinctCountEstimate();
    }

    /** Ours: Space-Saving. */
    @Benchmark
    public Object casebookFrequency() {
        spaceSaving.add(elements[position()]);
        return spaceSaving;
    }

    /** Ours: Count-Min. */
    @Benchmark
    public Object countminFrequency() {
        countMin.add(elements[position()] * 0x9E3779B97F4A7C15L, 1);
        return countMin;
    }

    /** Exact. */
    @Benchmark
    public @org.jspecify.annotations.Nullable Long hashmapFrequency() {
        return exact.merge(elements[position()], 1L, Long::sum);
    }
}
