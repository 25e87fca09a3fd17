package dev.casebook.common.ring;

import java.util.List;

/**
 * Highest random weight: every node scores every key, the highest score has it. Nothing to build and the least possible
 * movement for any change, weights included, at a cost of O(n) per lookup.
 */
public final class RendezvousHash implements ConsistentHash {
    /*
     * score_i = w_i / -ln(u_i), u_i in (0, 1) being the mixed hash of key and node: the chance of node i to win is then
     * w_i / W exactly, and changing w_i moves keys only from or to node i. For equal weights the logarithm changes no
     * comparison and is left out; the same 53 bits of the hash decide then, so that snapshots with and without weights agree
     * on all keys that need not move. Ties go to the lower index.
     *
     * Thaler, Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM ToN 6(1), 1998; weights: Schindelhauer,
     * Schomaker, "Weighted distributed hash tables", SPAA 2005 (the logarithmic method).
     */
    private static final int MANTISSA_SHIFT = Long.SIZE - 53;
    private static final double ULP = 0x1p-53;

    private final List<Node> nodes;
    private final long[] seeds;
    private final boolean weightsAreEqual;

    private RendezvousHash(List<Node> nodes) {
        this.nodes = Membership.check(nodes);
        this.seeds = this.nodes.stream()
                .mapToLong(node -> Membership.hashOf(node, 0))
                .toArray();
        this.weightsAreEqual =
                this.nodes.stream().mapToInt(Node::weight).distinct().count() == 1;
    }

    /**
     * In any order.
     *
     * @throws IllegalArgumentException if two nodes have one name
     */
    public static RendezvousHash of(List<Node> nodes) {
        return new RendezvousHash(nodes);
    }

    @Override
    public List<Node> nodes() {
        return nodes;
    }

    @Override
    public int bucketFor(long keyHash) {
        return weightsAreEqual ? unweighted(keyHash) : weighted(keyHash);
    }

    private int unweighted(long keyHash) {
        int best = 0;
        long bestScore = -1;
        for (int i = 0; i < seeds.length; i++) {
            long score = draw(keyHash, seeds[i]);
            if (score > bestScore) {
                bestScore = score;
                best = i;
            }
        }
        return best;
    }

    private int weighted(long keyHash) {
        int best = 0;
        double lowestCost = Double.POSITIVE_INFINITY;
        for (int i = 0; i < seeds.length; i++) {
            double uniform = (draw(keyHash, seeds[i]) + 0.5) * ULP;
            double cost = -Math.log(uniform) / nodes.get(i).weight();
            if (cost < lowestCost) {
                lowestCost = cost;
                best = i;
            }
        }
        return best;
    }

    /** 53 bits, from Stafford's variant 13 of the MurmurHash3 finaliser over key and node. */
    private static long draw(long keyHash, long seed) {
        long h = keyHash ^ seed;
        h = (h ^ (h >>> 30)) * 0xBF58476D1CE4E5B9L;
        h = (h ^ (h >>> 27)) * 0x94D049BB133111EBL;
        return (h ^ (h >>> 31)) >>> MANTISSA_SHIFT;
    }

    @Override
    public RendezvousHash with(Node node) {
        return new RendezvousHash(Membership.with(nodes, node));
    }

    @Override
    public RendezvousHash without(String name) {
        return new RendezvousHash(Membership.without(nodes, Membership.indexOf(nodes, name)));
    }
}
