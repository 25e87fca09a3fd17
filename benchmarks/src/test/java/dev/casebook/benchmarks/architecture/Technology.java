package dev.casebook.benchmarks.architecture;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A technology whose types stay at the edges of a case study, and what an edge is called.
 *
 * <p>A class may touch a technology for one of three reasons, each of which its name shows without opening it:
 *
 * <ol>
 *   <li>It is in the module's root package, the composition root, which opens what the others are given.
 *   <li>Its own name says the technology ({@code PostgresLinkRepository}, {@code RedisIncrGenerator}): an adapter beside the interface it
 *       implements.
 *   <li>Its package is an edge by the field's own word. {@code api} speaks protocols, and {@code redirect} is the part of one that works on bytes;
 *       {@code store} keeps things, {@code cache} keeps them nearby; {@code capture}, {@code rollup}, {@code live} and {@code stats} are
 *       stages of a stream, where the transaction or the offset <em>is</em> the algorithm and an interface in between would hide it. No stage
 *       speaks a protocol.
 * </ol>
 *
 * <p>A new word here needs that kind of reason. Everything else is domain: plain Java that can be tested without a server.
 *
 * @param types the packages of its types, with all below
 * @param packages last parts of the names of edge packages
 * @param words one of which is in an adapter's name
 */
record Technology(String name, List<String> types, Set<String> packages, Set<String> words) {
    private static final String[] STAGES = {"capture", "rollup", "live", "stats"};

    /** {@code Fetcher}: who talks to the web as a client. Without {@code io.netty.util}, whose futures Lettuce hands to its users. */
    static final Technology NETTY = new Technology(
            "Netty",
            List.of("io.netty.bootstrap", "io.netty.buffer", "io.netty.channel", "io.netty.handler"),
            Set.of("api", "redirect"),
            Set.of("Http", "Fetcher", "WebSocket"));

    static final Technology JDBC = new Technology(
            "JDBC",
            List.of("java.sql", "javax.sql", "org.postgresql", "com.zaxxer.hikari", "org.flywaydb"),
            with("store", STAGES),
            Set.of("Postgres"));

    static final Technology REDIS =
            new Technology("Redis", List.of("io.lettuce"), with("cache", STAGES), Set.of("Redis"));

    static final Technology KAFKA =
            new Technology("Kafka", List.of("org.apache.kafka"), with("store", STAGES), Set.of("Kafka"));

    static final List<Technology> ALL = List.of(NETTY, JDBC, REDIS, KAFKA);

    Technology {
        types = List.copyOf(types);
        packages = Set.copyOf(packages);
        words = Set.copyOf(words);
    }

    boolean owns(String packageName) {
        return types.stream().anyMatch(type -> packageName.equals(type) || packageName.startsWith(type + "."));
    }

    /** Whether the name of a class, nested ones under that of their outermost, is that of an edge. */
    boolean hasEdge(String packageName, String outermostName) {
        String word = packageName.substring(packageName.lastIndexOf('.') + 1);
        return packages.contains(word) || words.stream().anyMatch(outermostName::contains);
    }

    private static Set<String> with(String word, String... words) {
        Set<String> all = new HashSet<>(List.of(words));
        all.add(word);
        return all;
    }
}
