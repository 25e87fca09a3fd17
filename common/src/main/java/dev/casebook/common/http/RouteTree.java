package dev.casebook.common.http;

import io.netty.handler.codec.http.HttpMethod;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The templates as a tree with a level per path segment. Matching walks it depth first in order of preference (literal, patterns by length of their literal text, rest of the
 * path) and takes the first leaf that has the method; a leaf without it is remembered for 405. Cost: the number of segments, times the patterns that fit. Immutable once built.
 *
 * @param <T> what a route leads to
 */
final class RouteTree<T> {
    private static final Pattern SEGMENT = Pattern.compile("([^{}]*)(?:\\{(\\w+)(\\.\\.\\.)?})?([^{}]*)");
    private static final int SEGMENTS_MAX = 64;
    private static final String RESERVED = ":/?#[]@!$&'()*+,;=%";

    private final Node<T> root = new Node<>();

    /** @param <T> what a route leads to */
    sealed interface Match<T> {
        record Found<T>(T target, Map<String, String> parameters) implements Match<T> {}

        /** Other methods are there. */
        record OtherMethods<T>(Set<String> allowed) implements Match<T> {}

        record Nothing<T>() implements Match<T> {}
    }

    private static final class Node<T> {
        final Map<String, Node<T>> literals = new HashMap<>();
        final List<Branch<T>> patterns = new ArrayList<>();
        final Map<HttpMethod, Leaf<T>> leaves = new LinkedHashMap<>();
        final Map<HttpMethod, Leaf<T>> restLeaves = new LinkedHashMap<>();
    }

    private record Branch<T>(String prefix, String suffix, Node<T> node) {
        @Nullable
        String capture(String segment) {
            int length = segment.length() - prefix.length() - suffix.length();
            // A parameter is never empty: "/" is not "/{code}".
            return length > 0 && segment.startsWith(prefix) && segment.endsWith(suffix)
                    ? segment.substring(prefix.length(), prefix.length() + length)
                    : null;
        }

        int literalLength() {
            return prefix.length() + suffix.length();
        }
    }

    private record Leaf<T>(T target, List<String> names) {}

    /** @throws IllegalArgumentException if the template is malformed or taken */
    void add(HttpMethod method, String template, T target) {
        if (!template.startsWith("/")) {
            throw new IllegalArgumentException("template must begin with a slash: '" + template + "'");
        }
        List<String> names = new ArrayList<>();
        Node<T> node = root;
        String[] segments = template.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            Matcher segment = SEGMENT.matcher(segments[i]);
            if (!segment.matches()) {
                throw new IllegalArgumentException(
                        "segment '" + segments[i] + "' of template '" + template + "' is malformed");
            }
            if (segment.group(2) == null) {
                node = node.literals.computeIfAbsent(segments[i], literal -> new Node<>());
                continue;
            }
            names.add(segment.group(2));
            if (segment.group(3) != null) {
                if (i < segments.length - 1
                        || segments[i].length() != segment.group(2).length() + 5) {
                    throw new IllegalArgumentException(
                            "only the whole last segment can take the rest of the path: '" + template + "'");
                }
                put(node.restLeaves, method, template, new Leaf<>(target, List.copyOf(names)));
                return;
            }
            node = branch(node, segment.group(1), segment.group(4));
        }
        put(node.leaves, method, template, new Leaf<>(target, List.copyOf(names)));
    }

    private static <T> Node<T> branch(Node<T> node, String prefix, String suffix) {
        for (Branch<T> branch : node.patterns) {
            if (branch.prefix().equals(prefix) && branch.suffix().equals(suffix)) {
                return branch.node();
            }
        }
        Branch<T> added = new Branch<>(prefix, suffix, new Node<>());
        node.patterns.add(added);
        node.patterns.sort(Comparator.comparingInt(Branch<T>::literalLength).reversed());
        return added.node();
    }

    private static <T> void put(Map<HttpMethod, Leaf<T>> leaves, HttpMethod method, String template, Leaf<T> leaf) {
        if (leaves.putIfAbsent(method, leaf) != null) {
            throw new IllegalArgumentException("there is a route already for " + method + " " + template);
        }
    }

    /**
     * @param path as sent
     * @throws ProblemException 400 if it is no path (RFC 9112 section 3.2), is not percent-encoded UTF-8 or has more than 64 segments
     */
    Match<T> match(HttpMethod method, String path) {
        if (!path.startsWith("/")) {
            if (path.equals("*") && method.equals(HttpMethod.OPTIONS)) {
                return new Match.Nothing<>();
            }
            throw ProblemException.of(
                    400, "malformed-target", "Malformed target", "A request target begins with a slash.");
        }
        String[] raw = path.substring(1).split("/", SEGMENTS_MAX + 1);
        if (raw.length > SEGMENTS_MAX) {
            throw ProblemException.of(400, "malformed-path", "Malformed path", "The path has too many segments.");
        }
        List<String> segments = new ArrayList<>(raw.length);
        for (String segment : raw) {
            segments.add(comparable(segment));
        }
        Walk<T> walk = new Walk<>(method, segments, new ArrayList<>(), new TreeSet<>());
        Leaf<T> leaf = walk.descend(root, 0);
        if (leaf != null) {
            Map<String, String> parameters = HashMap.newHashMap(leaf.names().size());
            for (int i = 0; i < leaf.names().size(); i++) {
                parameters.put(leaf.names().get(i), walk.captured().get(i));
            }
            return new Match.Found<>(leaf.target(), parameters);
        }
        return walk.allowed().isEmpty() ? new Match.Nothing<>() : new Match.OtherMethods<>(walk.allowed());
    }

    /** @param segments as {@link #comparable} has them */
    private record Walk<T>(HttpMethod method, List<String> segments, List<String> captured, Set<String> allowed) {
        @Nullable
        Leaf<T> descend(Node<T> node, int depth) {
            if (depth == segments.size()) {
                return leaf(node.leaves);
            }
            String segment = segments.get(depth);
            Node<T> literal = node.literals.get(segment);
            if (literal != null) {
                Leaf<T> leaf = descend(literal, depth + 1);
                if (leaf != null) {
                    return leaf;
                }
            }
            for (Branch<T> branch : node.patterns) {
                String value = branch.capture(segment);
                if (value != null) {
                    captured.add(decode(value));
                    Leaf<T> leaf = descend(branch.node(), depth + 1);
                    if (leaf != null) {
                        return leaf;
                    }
                    captured.removeLast();
                }
            }
            Leaf<T> rest = leaf(node.restLeaves);
            if (rest != null) {
                captured.add(segments.subList(depth, segments.size()).stream()
                        .map(RouteTree::decode)
                        .collect(Collectors.joining("/")));
            }
            return rest;
        }

        private @Nullable Leaf<T> leaf(Map<HttpMethod, Leaf<T>> leaves) {
            Leaf<T> leaf = leaves.get(method);
            if (leaf == null && method.equals(HttpMethod.HEAD)) {
                leaf = leaves.get(HttpMethod.GET);
            }
            if (leaf == null) {
                leaves.keySet().forEach(other -> allowed.add(other.name()));
                if (leaves.containsKey(HttpMethod.GET)) {
                    allowed.add(HttpMethod.HEAD.name());
                }
            }
            return leaf;
        }
    }

    /**
     * A segment in the one form in which templates are compared with it: everything decoded but what RFC 3986 section 2.2 reserves, for
     * {@code %2B} and {@code +} are different paths, and the percent sign itself, so that decoding the rest stays unambiguous.
     */
    private static String comparable(String segment) {
        return decode(segment, true);
    }

    /** Percent-decoding of one segment, strict; unlike in a query, a plus is a plus. */
    static String decode(String segment) {
        return decode(segment, false);
    }

    private static String decode(String segment, boolean keepReserved) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        ByteBuffer bytes = ByteBuffer.allocate(segment.length() * 3);
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c != '%') {
                bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            int high = i + 2 < segment.length() ? Character.digit(segment.charAt(i + 1), 16) : -1;
            int low = i + 2 < segment.length() ? Character.digit(segment.charAt(i + 2), 16) : -1;
            if (high < 0 || low < 0) {
                throw malformed(segment);
            }
            int octet = high << 4 | low;
            if (keepReserved && RESERVED.indexOf(octet) >= 0) {
                bytes.put(segment.substring(i, i + 3).getBytes(StandardCharsets.US_ASCII));
            } else {
                bytes.put((byte) octet);
            }
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw malformed(segment);
        }
    }

    private static ProblemException malformed(String segment) {
        return ProblemException.of(
                400, "malformed-path", "Malformed path", "'" + segment + "' is not percent-encoded UTF-8.");
    }
}
