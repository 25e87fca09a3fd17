package dev.casebook.common.ring;

import dev.casebook.common.hash.Xxh3;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules that a snapshot's list of nodes obeys, and the list's successors. */
final class Membership {
    private Membership() {}

    static List<Node> check(List<Node> nodes) {
        if (nodes.isEmpty() || nodes.size() > ConsistentHash.NODES_MAX) {
            throw new IllegalArgumentException(
                    "number of nodes must be in [1, " + ConsistentHash.NODES_MAX + "]: " + nodes.size());
        }
        Set<String> names = new HashSet<>();
        for (Node node : nodes) {
            if (!names.add(node.name())) {
                throw new IllegalArgumentException("two nodes have the name " + node.name());
            }
        }
        return List.copyOf(nodes);
    }

    static List<Node> with(List<Node> nodes, Node node) {
        List<Node> more = new ArrayList<>(nodes);
        more.add(node);
        return more;
    }

    static List<Node> without(List<Node> nodes, int index) {
        List<Node> fewer = new ArrayList<>(nodes);
        fewer.remove(index);
        return fewer;
    }

    static int indexOf(List<Node> nodes, String name) {
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no node has the name " + name);
    }

    static long hashOf(Node node, long seed) {
        return Xxh3.hash64(node.name().getBytes(StandardCharsets.UTF_8), seed);
    }
}
