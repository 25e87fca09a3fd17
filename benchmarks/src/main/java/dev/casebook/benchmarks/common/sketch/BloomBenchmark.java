package dev.casebook.benchmarks.common.sketch;

import com.google.common.hash.Funnels;
import dev.casebook.common.hash.Xxh3;
import dev.casebook.common.sketch.BlockedBloomFilter;
import dev.casebook.common.sketch.BloomFilter;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.fastfilter.bloom.BlockedBloom;
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
 * What does asking a Bloom filter of 10 bits per element cost, when it fits the second-level cache and when it does not?
 *
 * <p>Ours is the blocked filter; {@code bloom} is our unblocked one. Peers: Guava's BloomFilter (unblocked), fastfilter's BlockedBloom, which sets four bits in two words instead of eight in eight.
 * Everybody hashes the long itself, ours with XXH3. Half of the keys asked for are present.
 *
 * <p>Unfair would be: ours from a ready hash; only present or only absent keys (the peers end early at absent ones). Equal memory is not equal service: four bits in two words
 * answer more of the absent keys wrongly than eight in eight, so {@link #fastfilterequalContains} gives fastfilter more memory. The rates themselves are not measured here.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BloomBenchmark {
    private static final int ASKED = 1 << 16;
    private static final int BITS_PER_ELEMENT = 10;
    private static final double FALSE_POSITIVES = 0.01;
    /** Meant to bring fastfilter near our rate of false positives, by the arithmetic of blocked filters. */
    private static final int FASTFILTER_EQUAL_BITS = 14;

    /** Elements in the filter. */
    @Param({"100000", "20000000"})
    public int elements;

    private final long[] asked = new long[ASKED];
    private int at;
    private BlockedBloomFilter blocked = BlockedBloomFilter.create(1, FALSE_POSITIVES);
    private BloomFilter bloom = BloomFilter.create(1, FALSE_POSITIVES);
    private com.google.common.hash.BloomFilter<Long> guava =
            com.google.common.hash.BloomFilter.create(Funnels.longFunnel(), 1, FALSE_POSITIVES);
    private BlockedBloom fastfilter = BlockedBloom.construct(new long[] {1}, BITS_PER_ELEMENT);
    private BlockedBloom fastfilterEqual = fastfilter;

    /** Fills all filters with the same elements. */
    @Setup
    public void fill() {
        SplittableRandom random = new SplittableRandom(11);
        long[] keys = random.longs(elements).toArray();
        blocked = BlockedBloomFilter.ofBits(elements, BITS_PER_ELEMENT);
        bloom = BloomFilter.create(elements, FALSE_POSITIVES);
        guava = com.google.common.hash.BloomFilter.create(Funnels.longFunnel(), elements, FALSE_POSITIVES);
        for (long key : keys) {
            blocked.add(Xxh3.hash64(key, 0));
            bloom.add(Xxh3.hash64(key, 0));
            guava.put(key);
        }
        fastfilter = BlockedBloom.construct(keys, BITS_PER_ELEMENT);
        fastfilterEqual = BlockedBloom.construct(keys, FASTFILTER_EQUAL_BITS);
        for (int i = 0; i < ASKED; i++) {
            asked[i] = random.nextBoolean() ? keys[random.nextInt(elements)] : random.nextLong();
        }
    }

    private long key() {
        return asked[at++ & (ASKED - 1)];
    }

    /** Ours: the blocked filter. */
    @Benchmark
    public boolean casebookContains() {
        return blocked.mightContain(Xxh3.hash64(key(), 0));
    }

    /** Ours: the unblocked filter. */
    @Benchmark
    public boolean bloomContains() {
        return bloom.mightContain(Xxh3.hash64(key(), 0));
    }

    /** Peer: Guava. */
    @Benchmark
    public boolean guavaContains() {
        return guava.mightContain(key());
    }

    /** Peer: fastfilter at equal memory. */
    @Benchmark
    public boolean fastfilterContains() {
        return fastfilter.mayContain(key());
    }

    /** Peer: fastfilter with the memory that should bring it near our rate of false positives. */
    @Benchmark
    public boolean fastfilterequalContains() {
        return fastfilterEqual.mayContain(key());
    }
}
