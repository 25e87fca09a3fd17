package dev.casebook.common.ring;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A {@link HashRing} on which no node takes more than {@code balance} times its fair share of the work in flight: a key whose
 * node is full goes to the next node clockwise that is not.
 */
public final class BoundedLoadRing implements ConsistentHash {
    /*
     * With m units in flight, the new one included, node i of weight w_i out of W may hold ceil(balance * m * w_i / W). The
     * capacities add up to more than m, so somebody has room. Nodes that are full are passed over on the ring rather than
     * ranked by load, which is what keeps a key at home, or near it, when load comes and goes; a change of one node moves
     * O(1/(balance-1)^2) units per unit that has to move. Smaller balance, evener load, more wandering keys: 1.25 is what
     * Vimeo and HAProxy run with.
     *
     * The nodes are an immutable snapshot, the loads are not: they are counters that follow a node through with() and
     * without(), so that work begun on one snapshot may end on another. The total is summed anew for each acquire(): O(n), but
     * then nothing has to be kept consistent when a node leaves with work on it.
     *
     * acquire() is lock-free. It reads the total, walks, and takes room with compare-and-set on one counter; a full circle
     * without room means that others have acquired meanwhile, and it starts again with the new total. The capacity so computed
     * is never above that of a moment at which all counted units were in flight, hence the bound holds for the node's load
     * at the moment it is raised. As units end elsewhere a node may find itself above its new, lower capacity; it then gets
     * no new ones.
     *
     * Mirrokni, Thorup, Zadimoghaddam, "Consistent hashing with bounded loads", SODA 2018 (arXiv 1608.01350).
     */
    public static final double BALANCE_DEFAULT = 1.25;

    private final HashRing ring;
    private final double balance;
    private final List<AtomicLong> loads;
    private final long weightSum;

    private BoundedLoadRing(HashRing ring, double balance, List<AtomicLong> loads) {
        this.ring = ring;
        this.balance = balance;
        this.loads = List.copyOf(loads);
        this.weightSum = ring.nodes().stream().mapToLong(Node::weight).sum();
    }

    /**
     * All loads zero.
     *
     * @param balance the greatest load of a node relative to its fair share, more than 1 and finite
     */
    public static BoundedLoadRing of(HashRing ring, double balance) {
        if (!(balance > 1) || balance == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("balance must be more than 1 and finite: balance=" + balance);
        }
        return new BoundedLoadRing(
                ring,
                balance,
                IntStream.range(0, ring.nodes().size())
                        .mapToObj(i -> new AtomicLong())
                        .toList());
    }

    @Override
    public List<Node> nodes() {
        return ring.nodes();
    }

    /** Units in flight on a node. */
    public long load(int bucket) {
        return loads.get(bucket).get();
    }

    /** Units in flight on all nodes of this snapshot. O(n), and only as exact as a sum of moving counters can be. */
    public long totalLoad() {
        long total = 0;
        for (AtomicLong load : loads) {
            total += load.get();
        }
        return total;
    }

    /** What a node may hold when {@code totalLoad} units are in flight. */
    public long capacity(int bucket, long totalLoad) {
        return (long) Math.ceil(balance * totalLoad * nodes().get(bucket).weight() / weightSum);
    }

    /** Where {@link #acquire} would put one more unit now. */
    @Override
    public int bucketFor(long keyHash) {
        while (true) {
            int bucket = firstWithRoom(keyHash, totalLoad() + 1, false);
            if (bucket >= 0) {
                return bucket;
            }
            Thread.onSpinWait();
        }
    }

    /**
     * Puts one unit of work on the key's node, or the next one with room.
     *
     * @return the node's index, for {@link #release}
     */
    public int acquire(long keyHash) {
        while (true) {
            int bucket = firstWithRoom(keyHash, totalLoad() + 1, true);
            if (bucket >= 0) {
                return bucket;
            }
            Thread.onSpinWait();
        }
    }

    /**
     * Ends one unit of work on a node.
     *
     * @throws IllegalStateException if there is none in flight
     */
    public void release(int bucket) {
        long before = loads.get(bucket).getAndUpdate(load -> Math.max(0, load - 1));
        if (before == 0) {
            throw new IllegalStateException(
                    "nothing is in flight on " + nodes().get(bucket).name());
        }
    }

    private int firstWithRoom(long keyHash, long totalLoad, boolean take) {
        int point = ring.successor(keyHash);
        for (int passed = 0; passed < ring.pointCount(); passed++) {
            int bucket = ring.ownerAt(point);
            AtomicLong load = loads.get(bucket);
            long capacity = capacity(bucket, totalLoad);
            long current = load.get();
            while (current < capacity) {
                if (!take || load.compareAndSet(current, current + 1)) {
                    return bucket;
                }
                current = load.get();
            }
            point = point + 1 < ring.pointCount() ? point + 1 : 0;
        }
        return -1;
    }

    /** The new node starts empty, the others keep their loads. */
    @Override
    public BoundedLoadRing with(Node node) {
        return new BoundedLoadRing(
                ring.with(node),
                balance,
                Stream.concat(loads.stream(), Stream.of(new AtomicLong())).toList());
    }

    /** Work in flight on the node that leaves no longer counts; it may still be released on the snapshot it began on. */
    @Override
    public BoundedLoadRing without(String name) {
        int left = Membership.indexOf(nodes(), name);
        return new BoundedLoadRing(
                ring.without(name),
                balance,
                IntStream.range(0, loads.size())
                        .filter(i -> i != left)
                        .mapToObj(loads::get)
                        .toList());
    }
}
