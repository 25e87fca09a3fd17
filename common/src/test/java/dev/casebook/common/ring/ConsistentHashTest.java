package dev.casebook.common.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every algorithm promises, with the bound that its paper gives it. */
class ConsistentHashTest {
    private static final long[] KEYS = Cluster.keys(200_000, 42);

    enum Algorithm {
        RING,
        BOUNDED_LOAD_RING,
        JUMP,
        RENDEZVOUS,
        MAGLEV;

        ConsistentHash over(List<Node> nodes) {
            return switch (this) {
                case RING -> HashRing.of(nodes);
                case BOUNDED_LOAD_RING -> BoundedLoadRing.of(HashRing.of(nodes), BoundedLoadRing.BALANCE_DEFAULT);
                case JUMP -> JumpHash.of(nodes);
                case RENDEZVOUS -> RendezvousHash.of(nodes);
                case MAGLEV -> MaglevHash.of(nodes);
            };
        }

        /** Relative load deviation that is the algorithm's own and not the sample's: 4 standard deviations of the ring's. */
        double ownDeviation() {
            return switch (this) {
                case RING -> 4 / Math.sqrt(HashRing.VIRTUAL_NODES_DEFAULT);
                // with nothing in flight, bucketFor is the plain ring
                case BOUNDED_LOAD_RING -> 4 / Math.sqrt(HashRing.VIRTUAL_NODES_DEFAULT);
                case JUMP, RENDEZVOUS -> 0;
                case MAGLEV -> 0.01;
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void spreadsKeysEvenly(Algorithm algorithm) {
        ConsistentHash hash = algorithm.over(Cluster.nodes(20));

        long[] loads = Cluster.loads(hash, KEYS);

        double sampling = 4.5 * Math.sqrt(20.0 / KEYS.length);
        assertThat(Cluster.worstDeviation(hash, loads)).isLessThan(algorithm.ownDeviation() + sampling);
        if (algorithm.ownDeviation() == 0) {
            // 19 degrees of freedom: 43.8 is exceeded once in a thousand
            assertThat(Cluster.chiSquarePerDegree(hash, loads)).isLessThan(43.8 / 19);
        }
    }

    @ParameterizedTest
    @EnumSource
    void spreadsKeysByWeight(Algorithm algorithm) {
        ConsistentHash hash = algorithm.over(Cluster.weighted(1, 2, 3, 5, 9));

        long[] loads = Cluster.loads(hash, KEYS);

        double sampling = 4.5 * Math.sqrt(20.0 / KEYS.length);
        assertThat(Cluster.worstDeviation(hash, loads)).isLessThan(algorithm.ownDeviation() + sampling);
        if (algorithm.ownDeviation() == 0) {
            // 4 degrees of freedom: 18.5 is exceeded once in a thousand
            assertThat(Cluster.chiSquarePerDegree(hash, loads)).isLessThan(18.5 / 4);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MAGLEV")
    void aNewNodeTakesKeysAndNobodyElseDoes(Algorithm algorithm) {
        ConsistentHash before = algorithm.over(Cluster.weighted(1, 2, 1, 3, 1));
        ConsistentHash after = before.with(new Node("newcomer", 2));

        for (long key : KEYS) {
            Node node = after.nodeFor(key);
            if (!node.name().equals("newcomer")) {
                assertThat(node).isEqualTo(before.nodeFor(key));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MAGLEV")
    void aNodeThatJoinedLastLeavesWithoutATrace(Algorithm algorithm) {
        ConsistentHash before = algorithm.over(Cluster.weighted(1, 2, 1, 3, 1));
        ConsistentHash after = before.with(new Node("newcomer", 2)).without("newcomer");

        assertThat(Cluster.moved(before, after, KEYS)).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"MAGLEV", "JUMP"})
    void anyNodeThatLeavesMovesItsOwnKeysOnly(Algorithm algorithm) {
        ConsistentHash before = algorithm.over(Cluster.weighted(1, 2, 1, 3, 1));
        ConsistentHash after = before.without("node-1");

        for (long key : KEYS) {
            if (!before.nodeFor(key).name().equals("node-1")) {
                assertThat(after.nodeFor(key)).isEqualTo(before.nodeFor(key));
            }
        }
    }

    /** The mean over eight newcomers, since one newcomer to a ring has a share that varies by its points. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MAGLEV")
    void growingByOneMovesAtMostFivePercentMoreThanTheShareOfOneNode(Algorithm algorithm) {
        ConsistentHash before = algorithm.over(Cluster.nodes(40));

        double moved = 0;
        for (int i = 0; i < 8; i++) {
            moved += Cluster.moved(before, before.with(Node.of("newcomer-" + i)), KEYS) / 8;
        }

        assertThat(moved).isLessThan(1.05 / 40).isGreaterThan(0.9 / 41);
    }

    @ParameterizedTest
    @EnumSource
    void buildingAtOnceEqualsGrowingOneByOne(Algorithm algorithm) {
        List<Node> nodes = Cluster.weighted(3, 1, 2, 1, 1);
        ConsistentHash grown = algorithm.over(nodes.subList(0, 1));
        for (Node node : nodes.subList(1, nodes.size())) {
            grown = grown.with(node);
        }

        assertThat(grown.nodes()).isEqualTo(nodes);
        assertThat(Cluster.moved(algorithm.over(nodes), grown, KEYS)).isZero();
    }

    // jump numbers its buckets by arrival: there the order is part of the configuration
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JUMP")
    void theOrderOfTheNodesDoesNotMatter(Algorithm algorithm) {
        List<Node> shuffled = new ArrayList<>(Cluster.weighted(3, 1, 2, 1, 1));
        Collections.shuffle(shuffled, new Random(7));

        assertThat(Cluster.moved(algorithm.over(Cluster.weighted(3, 1, 2, 1, 1)), algorithm.over(shuffled), KEYS))
                .isZero();
    }

    @ParameterizedTest
    @EnumSource
    void oneNodeHasAllKeys(Algorithm algorithm) {
        ConsistentHash hash = algorithm.over(List.of(Node.of("only")));

        for (long key : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThat(hash.bucketFor(key)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesMembershipsThatMakeNoSense(Algorithm algorithm) {
        ConsistentHash two = algorithm.over(Cluster.nodes(2));
        ConsistentHash one = algorithm.over(Cluster.nodes(1));

        assertThatThrownBy(() -> algorithm.over(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> two.with(Node.of("node-1"))).hasMessageContaining("node-1");
        assertThatThrownBy(() -> two.without("stranger")).hasMessageContaining("stranger");
        assertThatThrownBy(() -> one.without("node-0")).isInstanceOf(IllegalArgumentException.class);
    }
}
