package dev.casebook.common.ring;

/**
 * A place for keys.
 *
 * @param name identifies the node: its positions are derived from it, so it has to be the same in every process
 * @param weight share of the keys relative to the other nodes' weights, 1 to {@value #WEIGHT_MAX}
 */
public record Node(String name, int weight) {
    public static final int WEIGHT_MAX = 1_000;

    public Node {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name must not be empty");
        }
        if (weight < 1 || weight > WEIGHT_MAX) {
            throw new IllegalArgumentException("weight must be in [1, " + WEIGHT_MAX + "]: weight=" + weight);
        }
    }

    /** A node of weight 1. */
    public static Node of(String name) {
        return new Node(name, 1);
    }
}
