package dev.casebook.benchmarks.common.id;

import dev.casebook.common.codec.Base62;
import dev.casebook.common.permute.FeistelPermutation;
import dev.casebook.common.permute.Ff1Permutation;
import dev.casebook.common.permute.KeyedPermutation;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.sqids.Sqids;

/**
 * What does it cost to turn a counter into a code of seven characters that does not show the counter, and back?
 *
 * <p>Ours: a keyed permutation of [0, 62<sup>7</sup>), then Base62 into a byte array; no allocation. FF1 is the same with NIST's permutation. Peer: sqids, the usual
 * choice, with a shuffled alphabet and minimum length 7; with its default list of blocked words, and without, which is its best.
 *
 * <p>Unfair would be: counting sqids' blocked words against it (so there is the second one), or forgetting that its input and output are a List and
 * a String by its API. In the other direction: sqids isn't keyed in any cryptographic sense, ours computes 8 rounds of SipHash per code.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ShortCodeBenchmark {
    private static final int WIDTH = 7;
    private static final long SIZE = 3_521_614_606_208L;
    private static final long FIRST = 1_000_000_000_000L;

    /** The alphabet shuffled once: that is all the secret sqids has. */
    private static final String ALPHABET = "p0Hd7XQzTb3mWcKfLsVy9NgRjU2AqGx5tZeCo1DuEw8iYkSvMhJ4BrPaIn6lFO";

    private final KeyedPermutation feistel = new FeistelPermutation(key(), SIZE);
    private final KeyedPermutation ff1 = new Ff1Permutation(key(), new byte[0], 62, WIDTH);
    private final Sqids sqids =
            Sqids.builder().alphabet(ALPHABET).minLength(WIDTH).build();
    private final Sqids sqidsUnblocked = Sqids.builder()
            .alphabet(ALPHABET)
            .minLength(WIDTH)
            .blockList(Set.of())
            .build();

    private final byte[] code = new byte[WIDTH];
    private long counter = FIRST;
    private final String sqidsCode = sqidsUnblocked.encode(List.of(FIRST));

    private static byte[] key() {
        byte[] key = new byte[16];
        new Random(20_261_121).nextBytes(key);
        return key;
    }

    /** Ours: Feistel, then Base62. */
    @Benchmark
    public byte[] casebookEncode() {
        Base62.encode(feistel.permute(counter++), code, 0, WIDTH);
        return code;
    }

    /** Ours: FF1, then Base62. */
    @Benchmark
    public byte[] ff1Encode() {
        Base62.encode(ff1.permute(counter++), code, 0, WIDTH);
        return code;
    }

    /** Peer: sqids as by default. */
    @Benchmark
    public String sqidsEncode() {
        return sqids.encode(List.of(counter++));
    }

    /** Peer: sqids without blocked words. */
    @Benchmark
    public String sqidsunblockedEncode() {
        return sqidsUnblocked.encode(List.of(counter++));
    }

    /** Ours: Base62, then Feistel backwards; another code each time. */
    @Benchmark
    public long casebookDecode() {
        Base62.encode(counter++, code, 0, WIDTH);
        return feistel.invert(Base62.tryDecode(code, 0, WIDTH));
    }

    /** Peer: sqids. */
    @Benchmark
    public List<Long> sqidsunblockedDecode() {
        return sqidsUnblocked.decode(sqidsCode);
    }
}
