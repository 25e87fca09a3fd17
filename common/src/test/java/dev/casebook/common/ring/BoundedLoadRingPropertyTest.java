package dev.casebook.common.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class BoundedLoadRingPropertyTest {
    @Property(tries = 60)
    void noNodeEverTakesAUnitBeyondItsCapacity(
            @ForAll @IntRange(min = 1, max = 12) int nodes,
            @ForAll @DoubleRange(min = 1.01, max = 3) double balance,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] weights = random.ints(nodes, 1, 6).toArray();
        BoundedLoadRing ring = BoundedLoadRing.of(HashRing.of(Cluster.weighted(weights), 16), balance);
        List<Integer> inFlight = new ArrayList<>();

        for (int i = 0; i < 600; i++) {
            if (!inFlight.isEmpty() && random.nextInt(3) == 0) {
                ring.release(random.nextBoolean() ? inFlight.removeFirst() : inFlight.removeLast());
            } else {
                // few distinct keys, so that without a bound some nodes would have nearly everything
                int bucket = ring.acquire(random.nextInt(4) * 0x9E3779B97F4A7C15L);
                inFlight.add(bucket);
                assertThat(ring.load(bucket)).isLessThanOrEqualTo(ring.capacity(bucket, inFlight.size()));
            }
            assertThat(ring.totalLoad()).isEqualTo(inFlight.size());
        }
    }
}
