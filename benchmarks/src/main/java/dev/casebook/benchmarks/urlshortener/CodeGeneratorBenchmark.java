package dev.casebook.benchmarks.urlshortener;

import dev.casebook.common.id.Snowflake;
import dev.casebook.common.id.SnowflakeLayout;
import dev.casebook.common.id.WorkerIdLease;
import dev.casebook.urlshortener.id.BlockLeases;
import dev.casebook.urlshortener.id.RandomGenerator;
import dev.casebook.urlshortener.id.SequenceBlockGenerator;
import dev.casebook.urlshortener.id.ShortCodeGenerator;
import dev.casebook.urlshortener.id.SnowflakeGenerator;
import dev.casebook.urlshortener.id.UrlHashGenerator;
import java.security.SecureRandom;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a code cost in the process, without the stores? The default, leased blocks through a keyed permutation, beside the strategies that need no store: Snowflake, random
 * characters from {@link SecureRandom}, SipHash of the destination.
 *
 * <p>Blocks come from memory here, and are leased in the calling thread; what leasing them from PostgreSQL costs, and what INCR in Redis does, is the lab {@code id-strategies}'
 * business. Unfair would be one destination for all: the hash would find it in the processor's cache, so 1,024 go round. Snowflake cannot make more than 4,096 codes in a millisecond
 * (244 ns each, {@code IdCapBenchmark}): a score near that is the layout's cap and not the code's cost.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodeGeneratorBenchmark {
    private static final int DESTINATIONS = 1 << 10;
    private static final int RANDOM_LENGTH = 7;

    private final String[] destinations = new String[DESTINATIONS];
    private final AtomicLong sequence = new AtomicLong(60_000_000_000L);
    private final ShortCodeGenerator blocks =
            new SequenceBlockGenerator(() -> sequence.getAndAdd(BlockLeases.BLOCK_SIZE), key(), Runnable::run);
    private final ShortCodeGenerator snowflake =
            new SnowflakeGenerator(Snowflake.create(SnowflakeLayout.TWITTER, WorkerIdLease.permanent(1)));
    private final ShortCodeGenerator random = new RandomGenerator(new SecureRandom(), RANDOM_LENGTH);
    private final ShortCodeGenerator hash = new UrlHashGenerator(key(), new SecureRandom());
    private int at;

    /** Makes the destinations. */
    public CodeGeneratorBenchmark() {
        for (int i = 0; i < DESTINATIONS; i++) {
            destinations[i] = "https://example.com/casebook/a/destination/of/the/usual/length?n=" + i;
        }
    }

    private static byte[] key() {
        byte[] key = new byte[16];
        new Random(20_261_125).nextBytes(key);
        return key;
    }

    private String destination() {
        return destinations[at++ & (DESTINATIONS - 1)];
    }

    /** The default: blocks and a permutation. */
    @Benchmark
    public String casebookNext() {
        return blocks.next(destination(), 0);
    }

    /** Snowflake in Base62: eleven characters. */
    @Benchmark
    public String snowflakeNext() {
        return snowflake.next(destination(), 0);
    }

    /** Seven random characters. */
    @Benchmark
    public String randomNext() {
        return random.next(destination(), 0);
    }

    /** The destination's hash. */
    @Benchmark
    public String hashNext() {
        return hash.next(destination(), 0);
    }
}
