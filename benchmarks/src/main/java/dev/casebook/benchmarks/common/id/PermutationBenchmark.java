package dev.casebook.benchmarks.common.id;

import dev.casebook.common.permute.FeistelPermutation;
import dev.casebook.common.permute.Ff1Permutation;
import dev.casebook.common.permute.KeyedPermutation;
import dev.casebook.common.permute.SipHash;
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
 * What does the standard (NIST's FF1) cost over the Feistel network with SipHash, on the same domain of 62<sup>7</sup> numbers?
 *
 * <p>Both are ours. FF1 has 10 rounds of one AES block (AES-NI behind the JDK's Cipher), the network 8 rounds of SipHash-2-4, run 1.25 times
 * on average. {@code siphashFloor} is one hash of 8 bytes, the floor under the network. Unfair would be the general {@code Ff1} on arrays of numerals here:
 * {@link Ff1Permutation} has the work that does not depend on the number done beforehand, as the network has.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PermutationBenchmark {
    private static final int DIGITS = 7;

    private final KeyedPermutation ff1 = new Ff1Permutation(new byte[16], new byte[0], 62, DIGITS);
    private final KeyedPermutation feistel = new FeistelPermutation(new byte[16], ff1.size());
    private final SipHash sipHash = new SipHash(new byte[16]);

    private long counter = 1_000_000_000_000L;

    /** Feistel network with SipHash-2-4. */
    @Benchmark
    public long casebookPermute() {
        return feistel.permute(counter++);
    }

    /** NIST FF1 with AES-128. */
    @Benchmark
    public long ff1Permute() {
        return ff1.permute(counter++);
    }

    /** One SipHash-2-4 of eight bytes. */
    @Benchmark
    public long siphashFloor() {
        return sipHash.hash(counter++);
    }
}
