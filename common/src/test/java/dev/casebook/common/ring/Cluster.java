package dev.casebook.common.ring;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Nodes, keys and counts for the tests. */
final class Cluster {
    private Cluster() {}

    static List<Node> nodes(int count) {
        return IntStream.range(0, count).mapToObj(i -> Node.of("node-" + i)).toList();
    }

    static List<Node> weighted(int... weights) {
        return IntStream.range(0, weights.length)
                .mapToObj(i -> new Node("node-" + i, weights[i]))
                .toList();
    }

    static long[] keys(int count, long seed) {
        return new SplittableRandom(seed).longs(count).toArray();
    }

    static long[] loads(ConsistentHash hash, long[] keys) {
        long[] loads = new long[hash.nodes().size()];
        for (long key : keys) {
            loads[hash.bucketFor(key)]++;
        }
        return loads;
    }

    /** Pearson's statistic over degrees of freedom; about 1 for a distribution by the weights. */
    static double chiSquarePerDegree(ConsistentHash hash, long[] loads) {
        double weightSum = hash.nodes().stream().mapToInt(Node::weight).sum();
        double total = IntStream.range(0, loads.length).mapToLong(i -> loads[i]).sum();
        double statistic = 0;
        for (int i = 0; i < loads.length; i++) {
            double expected = total * hash.nodes().get(i).weight() / weightSum;
            statistic += (loads[i] - expected) * (loads[i] - expected) / expected;
        }
        return statistic / (loads.length - 1);
    }

    /** The greatest relative distance of a load from its share. */
    static double worstDeviation(ConsistentHash hash, long[] loads) {
        double weightSum = hash.nodes().stream().mapToInt(Node::weight).sum();
        double total = IntStream.range(0, loads.length).mapToLong(i -> loads[i]).sum();
        return IntStream.range(0, loads.length)
                .mapToDouble(
                        i -> Math.abs(loads[i] / (total * hash.nodes().get(i).weight() / weightSum) - 1))
                .max()
                .orElseThrow();
    }

    /** Keys that have another node, as a fraction of all. */
    static double moved(ConsistentHash before, ConsistentHash after, long[] keys) {
        int moved = 0;
        for (long key : keys) {
            if (!before.nodeFor(key).equals(after.nodeFor(key))) {
                moved++;
            }
        }
        return (double) moved / keys.length;
    }
}
