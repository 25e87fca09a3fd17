package dev.casebook.common.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import dev.casebook.common.hash.Xxh3;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What one algorithm promises beyond the others. */
class AlgorithmsTest {
    @Test
    void jumpEqualsGuavaForAnyKeyAndNumberOfBuckets() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200_000; i++) {
            long key = i < 1000 ? i : random.nextLong();
            int buckets = i % 50 == 0 ? random.nextInt(1, Integer.MAX_VALUE) : random.nextInt(1, 2000);
            assertThat(JumpHash.bucket(key, buckets))
                    .as("key %d, buckets %d", key, buckets)
                    .isEqualTo(Hashing.consistentHash(key, buckets));
        }
        assertThat(JumpHash.bucket(-1, Integer.MAX_VALUE)).isEqualTo(Hashing.consistentHash(-1, Integer.MAX_VALUE));
    }

    /** The integer arithmetic as printed in the paper. */
    @Test
    void jumpEqualsThePaper() {
        for (long key : Cluster.keys(20_000, 2)) {
            long state = key;
            long b = -1;
            long j = 0;
            while (j < 1000) {
                b = j;
                state = state * 2862933555777941757L + 1;
                j = (long) ((b + 1) * ((double) (1L << 31) / (double) ((state >>> 33) + 1)));
            }
            assertThat(JumpHash.bucket(key, 1000)).isEqualTo((int) b);
        }
    }

    @Test
    void jumpMovesTwoSharesWhenANodeInTheMiddleLeaves() {
        long[] keys = Cluster.keys(200_000, 3);
        ConsistentHash before = JumpHash.of(Cluster.nodes(20));
        ConsistentHash after = before.without("node-7");

        assertThat(Cluster.moved(before, after, keys)).isBetween(0.09, 0.105);
        assertThat(Cluster.worstDeviation(after, Cluster.loads(after, keys))).isLessThan(0.05);
    }

    @Test
    void jumpKeepsWeightsThroughDepartures() {
        ConsistentHash hash = JumpHash.of(Cluster.weighted(4, 1, 6, 2, 3))
                .without("node-2")
                .without("node-4")
                .with(new Node("late", 3))
                .without("node-0");

        assertThat(hash.nodes()).extracting(Node::name).containsExactly("node-1", "node-3", "late");
        assertThat(Cluster.worstDeviation(hash, Cluster.loads(hash, Cluster.keys(200_000, 4))))
                .isLessThan(0.03);
    }

    /** The oracle is a TreeMap, the way the ring is usually written. */
    @Test
    void ringEqualsASortedMapOfPoints() {
        HashRing ring = HashRing.of(Cluster.weighted(1, 3, 2), 37);
        TreeMap<Long, Integer> map = new TreeMap<>(Long::compareUnsigned);
        for (int node = 0; node < 3; node++) {
            long seed = Xxh3.hash64(ring.nodes().get(node).name().getBytes(StandardCharsets.UTF_8));
            for (int replica = 0; replica < 37 * ring.nodes().get(node).weight(); replica++) {
                map.put(Xxh3.hash64(replica, seed) & ~0xFFFFL, node);
            }
        }

        for (long key : Cluster.keys(100_000, 5)) {
            var successor = map.ceilingEntry(key & ~0xFFFFL);
            int expected = (successor == null ? map.firstEntry() : successor).getValue();
            assertThat(ring.bucketFor(key)).isEqualTo(expected);
        }
        for (long point : map.keySet()) {
            assertThat(ring.bucketFor(point)).isEqualTo(map.get(point));
        }
    }

    @Test
    void preferenceListHasDistinctNodesAndStartsAtTheOwner() {
        HashRing ring = HashRing.of(Cluster.nodes(6), 64);
        for (long key : Cluster.keys(2_000, 6)) {
            int[] three = ring.bucketsFor(key, 3);
            assertThat(three[0]).isEqualTo(ring.bucketFor(key));
            assertThat(Arrays.stream(three).distinct().count()).isEqualTo(3);
            // the next in the list is who inherits the key
            String owner = ring.nodes().get(three[0]).name();
            assertThat(ring.without(owner).nodeFor(key)).isEqualTo(ring.nodes().get(three[1]));
        }
        Set<Integer> all = new HashSet<>();
        Arrays.stream(ring.bucketsFor(99, 6)).forEach(all::add);
        assertThat(all).hasSize(6);
        assertThatThrownBy(() -> ring.bucketsFor(99, 7)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void maglevDisturbsFewKeysOfNodesThatStay() {
        long[] keys = Cluster.keys(200_000, 8);
        MaglevHash before = MaglevHash.of(Cluster.nodes(50));
        double extra = 0;
        for (int i = 0; i < 10; i++) {
            MaglevHash after = before.without("node-" + i);
            double moved = Cluster.moved(before, after, keys);
            extra += (moved - 1.0 / 50) / 10;
        }

        // the paper's figure 12 has about 2 % of table entries for m = 65537 and one failure in hundreds of backends
        assertThat(extra).isBetween(0.0, 0.02);
    }

    @Test
    void maglevSlotsDifferByAtMostOneBetweenEqualNodes() {
        MaglevHash hash = MaglevHash.of(Cluster.nodes(7), 1009);
        long[] loads = new long[7];
        for (int slot = 0; slot < 1009; slot++) {
            // the middle of the slot's range of hashes
            loads[hash.bucketFor(Long.divideUnsigned(-1L, 1009) * slot + (1L << 50))]++;
        }

        assertThat(Arrays.stream(loads).max().orElseThrow()
                        - Arrays.stream(loads).min().orElseThrow())
                .isLessThanOrEqualTo(1);
    }

    @Test
    void maglevAsksForAPrime() {
        assertThatThrownBy(() -> MaglevHash.of(Cluster.nodes(3), 65_536)).hasMessageContaining("tableSize=65536");
        assertThatThrownBy(() -> MaglevHash.of(Cluster.nodes(3), 2)).hasMessageContaining("tableSize=2");
    }

    @Test
    void rendezvousMovesNothingBetweenOthersWhenAWeightChanges() {
        ConsistentHash equal = RendezvousHash.of(Cluster.nodes(5));
        ConsistentHash heavier = equal.without("node-2").with(new Node("node-2", 3));

        for (long key : Cluster.keys(100_000, 9)) {
            if (!heavier.nodeFor(key).name().equals("node-2")) {
                assertThat(heavier.nodeFor(key)).isEqualTo(equal.nodeFor(key));
            }
        }
    }
}
