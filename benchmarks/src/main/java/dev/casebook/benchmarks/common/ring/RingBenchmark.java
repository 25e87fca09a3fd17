package dev.casebook.benchmarks.common.ring;

import com.dynatrace.hash4j.consistent.ConsistentBucketHasher;
import com.dynatrace.hash4j.consistent.ConsistentHashing;
import com.dynatrace.hash4j.random.PseudoRandomGeneratorProvider;
import com.google.common.hash.Hashing;
import dev.casebook.common.ring.BoundedLoadRing;
import dev.casebook.common.ring.ConsistentHash;
import dev.casebook.common.ring.HashRing;
import dev.casebook.common.ring.JumpHash;
import dev.casebook.common.ring.MaglevHash;
import dev.casebook.common.ring.Node;
import dev.casebook.common.ring.RendezvousHash;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
 * What does finding a key's node cost, and how does it grow with the number of nodes: O(log n) for jump, O(1) expected for the ring with its directory and for Maglev,
 * O(n) for rendezvous and for bounded loads?
 *
 * <p>{@code jump}: our function against hash4j's jump hash (with SplitMix64), Guava's {@code consistentHash}, and hash4j's JumpBackHash, which is a better algorithm for the same
 * service. The others ({@code nodes}) are ours beside each other: same keys, 1,024 virtual nodes, Maglev's default table.
 *
 * <p>Unfair would be: one key, which the branch predictor learns by heart; so 65,536 random ones go round.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RingBenchmark {
    private static final int KEYS = 1 << 16;
    private static final ConsistentBucketHasher HASH4J_JUMP =
            ConsistentHashing.jumpHash(PseudoRandomGeneratorProvider.splitMix64_V1());
    private static final ConsistentBucketHasher HASH4J_JUMP_BACK = ConsistentHashing.jumpBackHashSplitMix64();

    /** Number of nodes. */
    @Param({"10", "1000"})
    public int nodes;

    private final long[] keys = new SplittableRandom(7).longs(KEYS).toArray();
    private int at;
    private ConsistentHash ring = JumpHash.of(List.of(Node.of("none")));
    private ConsistentHash bounded = ring;
    private ConsistentHash jump = ring;
    private ConsistentHash rendezvous = ring;
    private ConsistentHash maglev = ring;

    /** Builds all over the same nodes. */
    @Setup
    public void build() {
        List<Node> members =
                IntStream.range(0, nodes).mapToObj(i -> Node.of("node-" + i)).toList();
        HashRing plain = HashRing.of(members);
        ring = plain;
        bounded = BoundedLoadRing.of(plain, BoundedLoadRing.BALANCE_DEFAULT);
        jump = JumpHash.of(members);
        rendezvous = RendezvousHash.of(members);
        maglev = MaglevHash.of(members);
    }

    private long key() {
        return keys[at++ & (KEYS - 1)];
    }

    /** Ours: jump, the function. */
    @Benchmark
    public int casebookJump() {
        return JumpHash.bucket(key(), nodes);
    }

    /** Peer: hash4j's jump hash. */
    @Benchmark
    public int hash4jJump() {
        return HASH4J_JUMP.getBucket(key(), nodes);
    }

    /** Peer: Guava. */
    @Benchmark
    public int guavaJump() {
        return Hashing.consistentHash(key(), nodes);
    }

    /** Peer: hash4j's JumpBackHash. */
    @Benchmark
    public int jumpbackJump() {
        return HASH4J_JUMP_BACK.getBucket(key(), nodes);
    }

    /** Ours: jump over named nodes. */
    @Benchmark
    public int jumpNodes() {
        return jump.bucketFor(key());
    }

    /** Ours: ring with virtual nodes. */
    @Benchmark
    public int ringNodes() {
        return ring.bucketFor(key());
    }

    /** Ours: ring with bounded loads, nothing in flight. */
    @Benchmark
    public int boundedNodes() {
        return bounded.bucketFor(key());
    }

    /** Ours: rendezvous. */
    @Benchmark
    public int rendezvousNodes() {
        return rendezvous.bucketFor(key());
    }

    /** Ours: Maglev. */
    @Benchmark
    public int maglevNodes() {
        return maglev.bucketFor(key());
    }
}
