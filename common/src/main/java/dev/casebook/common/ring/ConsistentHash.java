package dev.casebook.common.ring;

import java.util.List;

/**
 * Assigns keys to weighted nodes. An instance is a snapshot of the membership: it never changes, any thread may use it, and
 * {@link #with} and {@link #without} give the next one. Equal snapshots built in different processes agree.
 *
 * <p>A key comes as a well-mixed 64-bit hash of it; how well the nodes are balanced depends on that hash, too.
 *
 * <table>
 * <caption>n nodes, v virtual nodes in all, m table slots; fraction of keys moved by a change of one node of equal weight</caption>
 * <tr><th></th><th>lookup</th><th>memory</th><th>moved</th><th>standard deviation of a node's load</th></tr>
 * <tr><td>{@link HashRing}</td><td>O(log v), expected O(1)</td><td>12 v bytes</td><td>1/n</td><td>sqrt(n/v)</td></tr>
 * <tr><td>{@link BoundedLoadRing}</td><td>O(n + log v)</td><td>12 v bytes</td><td>1/n and what overflows</td><td>capped</td></tr>
 * <tr><td>{@link JumpHash}</td><td>O(log n)</td><td>4 bytes per unit of weight</td><td>1/n (2/n if not the last leaves)</td><td>0</td></tr>
 * <tr><td>{@link RendezvousHash}</td><td>O(n)</td><td>8 n bytes</td><td>1/n</td><td>0</td></tr>
 * <tr><td>{@link MaglevHash}</td><td>O(1)</td><td>2 m bytes</td><td>1/n and a share of all keys</td><td>under n/m</td></tr>
 * </table>
 */
public interface ConsistentHash {
    /** Bounded so that a node's index fits 16 bits of the ring's points and of Maglev's table. */
    int NODES_MAX = 1 << 16;

    /** At least one node; names are unique. */
    List<Node> nodes();

    /** The index in {@link #nodes} of the key's node. */
    int bucketFor(long keyHash);

    default Node nodeFor(long keyHash) {
        return nodes().get(bucketFor(keyHash));
    }

    /**
     * The snapshot with one node more, at the end of {@link #nodes}.
     *
     * @throws IllegalArgumentException if there is one of that name, or there are {@link #NODES_MAX}
     */
    ConsistentHash with(Node node);

    /**
     * The snapshot without a node; those behind it move up by one index.
     *
     * @throws IllegalArgumentException if there is none of that name, or no other
     */
    ConsistentHash without(String name);
}
