package dev.casebook.benchmarks.common.id;

import com.github.f4b6a3.tsid.TsidFactory;
import dev.casebook.common.id.ClockRollbackPolicy;
import dev.casebook.common.id.Snowflake;
import dev.casebook.common.id.SnowflakeLayout;
import dev.casebook.common.id.Tsid;
import dev.casebook.common.id.WorkerIdLease;
import java.security.SecureRandom;
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
 * What does the code of a 64-bit time-ordered id cost, below the cap?
 *
 * <p>Peer: tsid-creator (10 node bits, its default secure random source), whose generator is the same idea behind a lock.
 *
 * <p>Unfair would be: the system clock, which a single thread outruns, so that caps and waiting were compared
 * ({@link IdCapBenchmark} does that); different clocks; or ours without a lease check, which a peer with a fixed node does not have. All get the same
 * stepping clock, ours has its checks. tsid-creator allocates a value object per id as its API demands; JIT may remove it, so {@code toLong()}
 * is what is returned.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SnowflakeBenchmark {
    private static final int NODE = 5;

    private final SteppingClock snowflakeClock = new SteppingClock();
    private final SteppingClock tsidClock = new SteppingClock();
    private final SteppingClock peerClock = new SteppingClock();

    private final Snowflake snowflake = new Snowflake(
            SnowflakeLayout.TWITTER, WorkerIdLease.permanent(NODE), ClockRollbackPolicy.defaults(), snowflakeClock);
    private final Snowflake tsid = Tsid.generator(
            10, WorkerIdLease.permanent(NODE), ClockRollbackPolicy.defaults(), tsidClock, new SecureRandom());
    private final TsidFactory tsidCreator = TsidFactory.builder()
            .withNodeBits(10)
            .withNode(NODE)
            .withTimeFunction(peerClock::millis)
            .build();

    /** Ours: Twitter's layout. */
    @Benchmark
    public long casebookNext() {
        return snowflake.next();
    }

    /** Ours: TSID. */
    @Benchmark
    public long tsidNext() {
        return tsid.next();
    }

    /** Peer: tsid-creator. */
    @Benchmark
    public long tsidcreatorNext() {
        return tsidCreator.create().toLong();
    }
}
