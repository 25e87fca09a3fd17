package dev.casebook.benchmarks.common.id;

import com.github.f4b6a3.tsid.TsidFactory;
import dev.casebook.common.id.ClockRollbackPolicy;
import dev.casebook.common.id.Snowflake;
import dev.casebook.common.id.SnowflakeLayout;
import dev.casebook.common.id.SteadyClock;
import dev.casebook.common.id.WorkerIdLease;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What happens when four threads want more ids than the layout has, 4,096 per millisecond? The score is ids per millisecond;
 * {@code cpuNanos} is the CPU time that the threads used per millisecond (1,000,000 is one core), so {@code cpuNanos / score}
 * is the CPU time per id.
 *
 * <p>Ours parks: the score should be the cap, and the CPU time that of making 4,096 ids and of the cores' fight for one cache
 * line. The strict policy never issues a timestamp ahead of the clock, so every caller has to wake up for every millisecond;
 * the default may catch up within 10 ms, so that they wake up every 5 ms.
 *
 * <p>Peer: tsid-creator. It has no cap in this sense: it counts on into the milliseconds to come without waiting and without
 * limit, its timestamps running ahead of the clock for as long as the load lasts. So its score is not comparable (above
 * 4,096 it is time borrowed), only its CPU time per id is.
 */
@State(Scope.Benchmark)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 1000, timeUnit = TimeUnit.MILLISECONDS)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Threads(4)
public class IdCapBenchmark {
    private static final int NODE = 5;

    private final Snowflake snowflake = Snowflake.create(SnowflakeLayout.TWITTER, WorkerIdLease.permanent(NODE));
    private final Snowflake strict = new Snowflake(
            SnowflakeLayout.TWITTER, WorkerIdLease.permanent(NODE), ClockRollbackPolicy.strict(), SteadyClock.system());
    private final TsidFactory tsidCreator =
            TsidFactory.builder().withNodeBits(10).withNode(NODE).build();

    /** CPU time of one benchmark thread during an iteration. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class CpuTime {
        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        /** Nanoseconds on a core. */
        public long cpuNanos;

        private long startNanos;

        /** Begins counting. */
        @Setup(Level.Iteration)
        public void start() {
            cpuNanos = 0;
            startNanos = THREADS.getCurrentThreadCpuTime();
        }

        /** Ends counting. */
        @TearDown(Level.Iteration)
        public void stop() {
            cpuNanos = THREADS.getCurrentThreadCpuTime() - startNanos;
        }
    }

    /** Ours with the default policy. */
    @Benchmark
    public long casebookNext(CpuTime cpu) {
        return snowflake.next();
    }

    /** Ours, never ahead of the clock. */
    @Benchmark
    public long strictNext(CpuTime cpu) {
        return strict.next();
    }

    /** Peer: tsid-creator. */
    @Benchmark
    public long tsidcreatorNext(CpuTime cpu) {
        return tsidCreator.create().toLong();
    }
}
