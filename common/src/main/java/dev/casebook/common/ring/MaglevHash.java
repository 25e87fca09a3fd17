package dev.casebook.common.ring;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Google's load balancer's table: a lookup is one read, the balance is nearly perfect, and a change moves a little too much. */
public final class MaglevHash implements ConsistentHash {
    /*
     * Every node has its own permutation of the m slots, (offset + j * skip) mod m with m prime, and the nodes take turns in
     * claiming their next free slot until none is left. Loads so differ by at most one slot. A node that leaves frees its
     * slots, and since all later turns shift, some slots of others change hands as well. They are a small share of all keys, but what
     * has to move, 1/n, shrinks with the nodes and they do not: with many nodes they outweigh it. Where keys that move are dear, as in
     * caches, take a larger table or another algorithm (AlgorithmsTest bounds the extra at 50 nodes).
     *
     * A node of weight w takes a turn in those rounds r in which it holds less than r * w / w_max slots. Turns go by name, not
     * by index, so that the table depends on the set of nodes alone. Building costs expected O(m log m) for equal weights.
     *
     * Eisenbud et al., "Maglev: a fast and reliable software network load balancer", NSDI 2016, section 3.4.
     */
    public static final int TABLE_SIZE_DEFAULT = 65_537;
    public static final int TABLE_SIZE_MAX = 1 << 24;

    private static final long SKIP_SEED = 0x5EED;
    private static final int FREE = -1;
    private static final int PRIME_CERTAINTY = 60;

    private final List<Node> nodes;
    private final char[] table;

    private MaglevHash(List<Node> nodes, int tableSize) {
        this.nodes = Membership.check(nodes);
        if (tableSize > TABLE_SIZE_MAX
                || tableSize < nodes.size()
                || !BigInteger.valueOf(tableSize).isProbablePrime(PRIME_CERTAINTY)) {
            throw new IllegalArgumentException("tableSize must be a prime in [" + nodes.size() + " (number of nodes), "
                    + TABLE_SIZE_MAX + "]: tableSize=" + tableSize);
        }
        this.table = populate(this.nodes, tableSize);
    }

    /** A table of {@value #TABLE_SIZE_DEFAULT} slots: good for some 650 nodes. */
    public static MaglevHash of(List<Node> nodes) {
        return of(nodes, TABLE_SIZE_DEFAULT);
    }

    /**
     * A table of the given size.
     *
     * @param tableSize a prime; 100 slots per node keep the loads within 1 % of each other
     * @throws IllegalArgumentException if {@code tableSize} is no prime, less than the number of nodes or more than
     *     {@link #TABLE_SIZE_MAX}, or two nodes have one name
     */
    public static MaglevHash of(List<Node> nodes, int tableSize) {
        return new MaglevHash(nodes, tableSize);
    }

    private static char[] populate(List<Node> nodes, int tableSize) {
        int[] byName = IntStream.range(0, nodes.size())
                .boxed()
                .sorted(Comparator.comparing(i -> nodes.get(i).name()))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] next = new int[nodes.size()];
        int[] skip = new int[nodes.size()];
        int[] held = new int[nodes.size()];
        for (int i = 0; i < next.length; i++) {
            next[i] = (int) Long.remainderUnsigned(Membership.hashOf(nodes.get(i), 0), tableSize);
            skip[i] = tableSize == 2
                    ? 1
                    : (int) Long.remainderUnsigned(Membership.hashOf(nodes.get(i), SKIP_SEED), tableSize - 1) + 1;
        }
        long weightMax = nodes.stream().mapToInt(Node::weight).max().orElseThrow();
        int[] owners = new int[tableSize];
        Arrays.fill(owners, FREE);
        int filled = 0;
        for (long round = 1; filled < tableSize; round++) {
            for (int turn = 0; turn < byName.length && filled < tableSize; turn++) {
                int node = byName[turn];
                if (held[node] * weightMax >= round * nodes.get(node).weight()) {
                    continue;
                }
                while (owners[next[node]] != FREE) {
                    next[node] = (next[node] + skip[node]) % tableSize;
                }
                owners[next[node]] = node;
                held[node]++;
                filled++;
            }
        }
        char[] table = new char[tableSize];
        for (int slot = 0; slot < tableSize; slot++) {
            table[slot] = (char) owners[slot];
        }
        return table;
    }

    @Override
    public List<Node> nodes() {
        return nodes;
    }

    @Override
    public int bucketFor(long keyHash) {
        // the slot is the hash scaled down to the table: no division, and uniform as the modulo is
        return table[(int) Math.unsignedMultiplyHigh(keyHash, table.length)];
    }

    /** O(m log m): the table is built anew. */
    @Override
    public MaglevHash with(Node node) {
        return new MaglevHash(Membership.with(nodes, node), table.length);
    }

    /** O(m log m): the table is built anew. */
    @Override
    public MaglevHash without(String name) {
        return new MaglevHash(Membership.without(nodes, Membership.indexOf(nodes, name)), table.length);
    }
}
