package dev.casebook.benchmarks.common.id;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import com.github.f4b6a3.uuid.factory.standard.TimeOrderedEpochFactory;
import dev.casebook.common.id.ClockRollbackPolicy;
import dev.casebook.common.id.SteadyClock;
import dev.casebook.common.id.Uuidv7;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a UUIDv7 cost, as code alone ({@code stepping} clock) and as shipped ({@code system} clock, ours with its guard
 * against jumps)?
 *
 * <p>Peers, each with a secure random source like ours: uuid-creator as by default (random bits anew for each id) and in its
 * fastest way (plus 1 within a millisecond), java-uuid-generator (JUG; plus 1 within a millisecond).
 *
 * <p>Unfair would be: comparing ours with insecure random sources; or reading the +1 results as the same service: their neighbours are
 * guessable, ours are not. On the {@code stepping} clock a millisecond has 1,024 ids for all; the fewer, the dearer for those that
 * draw random bits per millisecond.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Uuidv7Benchmark {
    /** {@code stepping}: code alone; {@code system}: with the cost of reading the time. */
    @Param({"stepping", "system"})
    public String clock = "stepping";

    private Uuidv7 uuidv7 = Uuidv7.create();
    private TimeOrderedEpochFactory uuidCreator = new TimeOrderedEpochFactory();
    private TimeOrderedEpochFactory uuidCreatorPlus1 = new TimeOrderedEpochFactory();
    private NoArgGenerator jug = Generators.timeBasedEpochGenerator();

    /** Makes the generators on the clock of the parameter. */
    @Setup
    public void useClock() {
        boolean stepping = clock.equals("stepping");
        uuidv7 = new Uuidv7(
                ClockRollbackPolicy.defaults(),
                stepping ? new SteppingClock() : SteadyClock.system(),
                new SecureRandom());
        uuidCreator =
                new TimeOrderedEpochFactory(new SecureRandom(), stepping ? new SteppingClock() : Clock.systemUTC());
        uuidCreatorPlus1 = TimeOrderedEpochFactory.builder()
                .withIncrementPlus1()
                .withRandom(new SecureRandom())
                .withClock(stepping ? new SteppingClock() : Clock.systemUTC())
                .build();
        jug = stepping
                ? Generators.timeBasedEpochGenerator(new SecureRandom(), new SteppingClock().asUuidClock())
                : Generators.timeBasedEpochGenerator(new SecureRandom());
    }

    /** Ours. */
    @Benchmark
    public UUID casebookNext() {
        return uuidv7.next();
    }

    /** Peer: uuid-creator. */
    @Benchmark
    public UUID uuidcreatorNext() {
        return uuidCreator.create();
    }

    /** Peer: uuid-creator, plus 1 within a millisecond. */
    @Benchmark
    public UUID uuidcreatorplusNext() {
        return uuidCreatorPlus1.create();
    }

    /** Peer: java-uuid-generator. */
    @Benchmark
    public UUID jugNext() {
        return jug.generate();
    }
}
