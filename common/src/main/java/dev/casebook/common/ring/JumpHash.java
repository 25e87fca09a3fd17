package dev.casebook.common.ring;

import java.util.Arrays;
import java.util.List;

/**
 * Jump consistent hash: no ring, no table to search, a perfect balance, and as a price no way to take out a bucket other than
 * the last.
 */
public final class JumpHash implements ConsistentHash {
    /*
     * A key's bucket, as the number of buckets grows from 1, changes at the k-th bucket with probability 1/k. Instead of
     * trying every k, draw the next k at which the key jumps: from bucket b the next jump is to floor((b + 1) / r), r uniform
     * in (0, 1]. That is O(ln n) expected draws of a linear congruential generator seeded with the key.
     *
     * The paper compares the next bucket as an integer; here it stays a double until it is known to be in range, which is
     * the same test (floor(x) >= n iff x >= n for a whole n) without a conversion that has to mind overflow.
     *
     * Nodes: a node owns as many buckets as its weight. One that leaves hands its buckets, one by one, to the owners of the
     * last ones, so 2/n of the keys move instead of 1/n; a node that joined last leaves with 1/n. The assignment therefore
     * depends on the order of arrivals and departures, and every process must have seen the same ones.
     *
     * Lamping, Veach, "A fast, minimal memory, consistent hash algorithm", 2014 (arXiv 1406.2294).
     */
    public static final int BUCKETS_MAX = 1 << 24;

    private static final double TWO_TO_31 = 1L << 31;

    private final List<Node> nodes;
    private final int[] ownerOfBucket;

    private JumpHash(List<Node> nodes, int[] ownerOfBucket) {
        this.nodes = Membership.check(nodes);
        this.ownerOfBucket = ownerOfBucket;
    }

    /**
     * Buckets in the order of the nodes.
     *
     * @throws IllegalArgumentException if the weights add up to more than {@link #BUCKETS_MAX}, or two nodes have one name
     */
    public static JumpHash of(List<Node> nodes) {
        JumpHash hash = new JumpHash(nodes, new int[0]);
        int[] owners = new int[0];
        for (int i = 0; i < nodes.size(); i++) {
            owners = grown(owners, i, nodes.get(i).weight());
        }
        return new JumpHash(hash.nodes, owners);
    }

    /**
     * The paper's function, with the same results as Guava's {@code Hashing.consistentHash}. The key needn't be well mixed.
     *
     * @param buckets at least 1
     * @return in [0, buckets)
     */
    public static int bucket(long key, int buckets) {
        if (buckets < 1) {
            throw new IllegalArgumentException("buckets must be >= 1: buckets=" + buckets);
        }
        int bucket = 0;
        double next = 0;
        while (next < buckets) {
            bucket = (int) next;
            key = key * 2862933555777941757L + 1;
            next = (bucket + 1.0) * (TWO_TO_31 / ((key >>> 33) + 1.0));
        }
        return bucket;
    }

    private static int[] grown(int[] owners, int owner, int by) {
        if (owners.length + by > BUCKETS_MAX) {
            throw new IllegalArgumentException("the weights must add up to at most " + BUCKETS_MAX);
        }
        int[] grown = Arrays.copyOf(owners, owners.length + by);
        Arrays.fill(grown, owners.length, grown.length, owner);
        return grown;
    }

    @Override
    public List<Node> nodes() {
        return nodes;
    }

    @Override
    public int bucketFor(long keyHash) {
        return ownerOfBucket[bucket(keyHash, ownerOfBucket.length)];
    }

    /** Moves only the keys that the new node gets. */
    @Override
    public JumpHash with(Node node) {
        return new JumpHash(Membership.with(nodes, node), grown(ownerOfBucket, nodes.size(), node.weight()));
    }

    /** Moves the keys of the node that leaves and as many of those that arrived last. */
    @Override
    public JumpHash without(String name) {
        int left = Membership.indexOf(nodes, name);
        int[] owners = ownerOfBucket.clone();
        int length = owners.length;
        for (int bucket = 0; bucket < length; bucket++) {
            while (length > bucket && owners[length - 1] == left) {
                length--;
            }
            if (bucket < length && owners[bucket] == left) {
                owners[bucket] = owners[--length];
            }
        }
        for (int bucket = 0; bucket < length; bucket++) {
            if (owners[bucket] > left) {
                owners[bucket]--;
            }
        }
        return new JumpHash(Membership.without(nodes, left), Arrays.copyOf(owners, length));
    }
}
