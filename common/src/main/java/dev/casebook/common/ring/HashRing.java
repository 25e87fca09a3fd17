package dev.casebook.common.ring;

import dev.casebook.common.hash.Xxh3;
import java.util.Arrays;
import java.util.List;

/**
 * The classic ring: every node owns {@code virtualNodes} points per unit of weight on a circle of hashes, and a key belongs to
 * the node of the first point at or after its own hash.
 */
public final class HashRing implements ConsistentHash {
    /*
     * A point is one long: its position on the circle in the upper 48 bits and its owner's index in the lower 16, sign bit
     * flipped so that the order of longs is the order of positions. Position and owner so arrive with one cache miss, and a
     * sort of primitives builds the ring. Points that share a position (one pair in 2^48) stand in the order of nodes(),
     * which with() and without() preserve, so that even they move no key that needn't move.
     *
     * Points are spread evenly, being hashes. A directory over the leading bits of the position, with as many slots as there
     * are points, therefore leaves one or two points to look at; the binary search between two entries of the directory keeps
     * the worst case at O(log v) should hashes clump.
     *
     * With v points per node the load of a node has the relative standard deviation 1/sqrt(v): 3 % at the default of 1,024.
     *
     * Karger et al., "Consistent hashing and random trees", STOC 1997; virtual nodes as in DeCandia et al., "Dynamo:
     * Amazon's highly available key-value store", SOSP 2007, strategy 1.
     */
    public static final int VIRTUAL_NODES_DEFAULT = 1_024;
    /** 12 bytes each. */
    public static final int POINTS_MAX = 1 << 24;

    private static final int OWNER_BITS = 16;
    private static final long OWNER_MASK = (1L << OWNER_BITS) - 1;

    private final List<Node> nodes;
    private final int virtualNodes;
    private final long[] points;
    private final int[] directory;
    private final int directoryShift;

    private HashRing(List<Node> nodes, int virtualNodes) {
        this.nodes = Membership.check(nodes);
        this.virtualNodes = virtualNodes;
        this.points = pointsOf(this.nodes, virtualNodes);
        int directoryBits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(points.length - 1));
        this.directoryShift = Long.SIZE - directoryBits;
        this.directory = directoryOf(points, directoryBits);
    }

    public static HashRing of(List<Node> nodes) {
        return of(nodes, VIRTUAL_NODES_DEFAULT);
    }

    /**
     * A ring of the given density.
     *
     * @param virtualNodes points per unit of weight
     * @throws IllegalArgumentException if {@code virtualNodes} times the sum of the weights is not in [1, {@link #POINTS_MAX}],
     *     or two nodes have one name
     */
    public static HashRing of(List<Node> nodes, int virtualNodes) {
        return new HashRing(nodes, virtualNodes);
    }

    private static long[] pointsOf(List<Node> nodes, int virtualNodes) {
        long count = virtualNodes * nodes.stream().mapToLong(Node::weight).sum();
        if (count < 1 || count > POINTS_MAX) {
            throw new IllegalArgumentException("virtual nodes times the sum of the weights must be in [1, " + POINTS_MAX
                    + "]: virtualNodes=" + virtualNodes + ", product=" + count);
        }
        long[] points = new long[(int) count];
        int filled = 0;
        for (int owner = 0; owner < nodes.size(); owner++) {
            Node node = nodes.get(owner);
            long seed = Membership.hashOf(node, 0);
            for (int replica = 0; replica < virtualNodes * node.weight(); replica++) {
                points[filled++] = positionOf(Xxh3.hash64(replica, seed)) | owner;
            }
        }
        Arrays.sort(points);
        return points;
    }

    /** Entry i is the index of the first point whose position starts with the bits of i, or with greater ones. */
    private static int[] directoryOf(long[] points, int bits) {
        int[] directory = new int[(1 << bits) + 1];
        int point = 0;
        for (int prefix = 0; prefix < 1 << bits; prefix++) {
            while (point < points.length && (points[point] ^ Long.MIN_VALUE) >>> (Long.SIZE - bits) < prefix) {
                point++;
            }
            directory[prefix] = point;
        }
        directory[1 << bits] = points.length;
        return directory;
    }

    private static long positionOf(long hash) {
        return (hash & ~OWNER_MASK) ^ Long.MIN_VALUE;
    }

    /** The index of the first point at or after the key. */
    int successor(long keyHash) {
        int prefix = (int) (keyHash >>> directoryShift);
        int low = directory[prefix];
        int high = directory[prefix + 1];
        long position = positionOf(keyHash);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (points[middle] < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < points.length ? low : 0;
    }

    int ownerAt(int point) {
        return (int) (points[point] & OWNER_MASK);
    }

    int pointCount() {
        return points.length;
    }

    @Override
    public List<Node> nodes() {
        return nodes;
    }

    @Override
    public int bucketFor(long keyHash) {
        return ownerAt(successor(keyHash));
    }

    /**
     * Dynamo's preference list: the indices of the first {@code count} distinct nodes from the key on clockwise, the key's own
     * node first. Expected O(log v + count&sup2;) while {@code count} is small
     * against the number of nodes.
     *
     * @throws IllegalArgumentException if {@code count} is not in [1, number of nodes]
     */
    public int[] bucketsFor(long keyHash, int count) {
        if (count < 1 || count > nodes.size()) {
            throw new IllegalArgumentException("count must be in [1, " + nodes.size() + "]: count=" + count);
        }
        int[] buckets = new int[count];
        int found = 0;
        for (int point = successor(keyHash); found < count; point = point + 1 < points.length ? point + 1 : 0) {
            int owner = ownerAt(point);
            boolean isNew = true;
            for (int i = 0; i < found && isNew; i++) {
                isNew = buckets[i] != owner;
            }
            if (isNew) {
                buckets[found++] = owner;
            }
        }
        return buckets;
    }

    @Override
    public HashRing with(Node node) {
        return new HashRing(Membership.with(nodes, node), virtualNodes);
    }

    @Override
    public HashRing without(String name) {
        return new HashRing(Membership.without(nodes, Membership.indexOf(nodes, name)), virtualNodes);
    }
}
