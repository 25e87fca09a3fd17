package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.lab.RoundResults;
import dev.casebook.benchmarks.lab.Rounds;
import dev.casebook.benchmarks.lab.Tool;
import dev.casebook.benchmarks.load.ZipfSequence;
import dev.casebook.benchmarks.report.Figures;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What does each cache tier save? Nodes that differ in their tiers alone (options that an operator has, too) redirect over the same links by Zipf's law: open-loop at a rate
 * well below what the slowest can do, CPU of the node and of both stores from the kernel. Beside it what L1 hits by size and exponent, and what theory says that LRU and a
 * perfect LFU of as many entries would ({@link ZipfCacheTheory}).
 *
 * <p>Equal: links, order of requests, one event loop, all links in Redis and L1 full beforehand, no expiry within the run. What L1 answers never becomes an HTTP object: that
 * it spares the pipeline is part of what it saves. Flattering to PostgreSQL: it answers from its memory, without a disk, and across no network; to Redis the latter. A link is
 * as large as any other, so bytes and entries are the same thing; popularity does not change, which flatters frequency over recency. Stores and nodes have work that no
 * redirect causes (heartbeats and outbox of all nodes, the servers' own): it is measured while nobody asks, told, and taken off. Kafka's CPU is left out: every redirect is
 * one click there, whatever answered it.
 *
 * <p>With {@code --quick} the JVMs are cold, so that CPU and latency would tell about the compiler: only what was asked of whom is told.
 */
final class CacheTiersLab implements Lab {
    private static final int LINKS = 100_000;
    private static final int LINKS_QUICK = 30_000;
    private static final int RATE = 2_000;
    private static final int ROUNDS = 5;
    private static final int FILL_PASSES_MAX = 30;
    private static final double USUAL_EXPONENT = 1;
    private static final List<Double> OTHER_EXPONENTS = List.of(0.9, 1.1);

    private static final List<String> OPTIONS = List.of("--event-loops", "1", "--cache-ttl", "7200");

    /** What the nodes differ in. */
    enum Tiers {
        NONE("database only", 0, false),
        SHARED("L2 + database", 0, true),
        NEAR("L1 4 MiB + database", 4, false),
        BOTH_1("L1 1 MiB + L2 + database", 1, true),
        BOTH_4("L1 4 MiB + L2 + database", 4, true),
        BOTH_16("L1 16 MiB + L2 + database", 16, true);

        private static final List<Tiers> QUICK = List.of(NONE, SHARED, NEAR, BOTH_4);

        private final String label;
        private final int mebibytes;
        private final boolean shared;

        Tiers(String label, int mebibytes, boolean shared) {
            this.label = label;
            this.mebibytes = mebibytes;
            this.shared = shared;
        }

        String label() {
            return label;
        }

        boolean hasShared() {
            return shared;
        }

        private String[] options() {
            List<String> options = new ArrayList<>(OPTIONS);
            options.add("--cache-mib");
            options.add(String.valueOf(mebibytes));
            if (!shared) {
                options.add("--no-shared-cache");
            }
            return options.toArray(String[]::new);
        }
    }

    @Override
    public String name() {
        return "cache-tiers";
    }

    @Override
    public String question() {
        return "What does each cache tier save in CPU, latency and queries on Zipf traffic?";
    }

    @Override
    public String prediction() {
        return "The most popular 6 of 100 links are in L1: what share of the redirects does it answer? Which saves more: Redis before PostgreSQL, or L1 before either? Will"
                + " Caffeine's hit ratio lie nearer to LRU's or to that of a cache that knows the popularities?";
    }

    @Override
    public String method() {
        return "Six nodes with different tiers over the same stores, all links in Redis, one event loop each. Rounds interleaved, open-loop at a fixed rate, exponent 1. L1 of three"
                + " sizes under three exponents with wrk, new draws for every pass until it is full and hits no more often; its entries as the node tells them, and the hit ratio"
                + " of LRU (Che's approximation) and of perfect LFU for as many.";
    }

    @Override
    public Duration expectedDuration() {
        return Duration.ofMinutes(11);
    }

    @Override
    public List<Tool> tools() {
        return List.of(Tool.WRK);
    }

    @Override
    public LabResult run(LabContext context) throws Exception {
        int links = context.setting("links", context.isQuick() ? LINKS_QUICK : LINKS);
        int rate = context.setting("rate", RATE);
        Installation installation = Installation.start(context);
        context.version("wrk", Tool.WRK.version());
        Map<Tiers, NodeProcess> nodes = new EnumMap<>(Tiers.class);
        for (Tiers tiers : context.isQuick() ? Tiers.QUICK : List.of(Tiers.values())) {
            context.progress("starting a node: " + tiers.label);
            nodes.put(
                    tiers,
                    NodeProcess.startNamed(context, installation.services(), "node-" + nodes.size(), tiers.options()));
        }
        context.progress("making " + Figures.count(links) + " links");
        insert(installation, links);
        ZipfDraws draws = new ZipfDraws(context, links);
        fill(context, node(nodes, Tiers.SHARED), draws);
        CacheTiersReport report = new CacheTiersReport(links, rate);
        if (!context.isQuick()) {
            report.capacities(capacities(context, nodes, draws));
        }
        Duration pass = Duration.ofSeconds(context.isQuick() ? 2 : 4);
        context.progress("filling L1: " + Tiers.NEAR.label);
        if (!NearCacheHits.settle(node(nodes, Tiers.NEAR), USUAL_EXPONENT, draws, pass)) {
            throw new IllegalArgumentException(links + " links are too few for L1 of " + Tiers.NEAR.mebibytes
                    + " MiB: set links to " + LINKS_QUICK + " or more");
        }
        // Before the rounds, which find L1 full and as their exponent has it.
        report.hits(hits(context, nodes, USUAL_EXPONENT, draws, pass));

        ZipfRedirects redirects = new ZipfRedirects(
                context,
                installation.services(),
                new ZipfSequence(links, USUAL_EXPONENT, context.seed()),
                rate,
                Duration.ofSeconds(context.isQuick() ? 2 : 6));
        if (!context.isQuick()) {
            report.idle(redirects.idle(node(nodes, Tiers.BOTH_4), Duration.ofSeconds(10)));
        }
        Rounds rounds = context.rounds(ROUNDS).warmUp(context.isQuick() ? 0 : 1);
        nodes.forEach((tiers, node) -> rounds.contender(tiers.label, number -> redirects.measure(node, number)));
        RoundResults results = rounds.run();
        if (!context.isQuick()) {
            for (double exponent : OTHER_EXPONENTS) {
                report.hits(hits(context, nodes, exponent, draws, pass));
            }
        }
        return context.isQuick() ? report.quick(results) : report.full(results);
    }

    private static NodeProcess node(Map<Tiers, NodeProcess> nodes, Tiers tiers) {
        NodeProcess node = nodes.get(tiers);
        if (node == null) {
            throw new IllegalStateException("no such node: " + tiers);
        }
        return node;
    }

    private static void insert(Installation installation, int links) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                installation.services().postgres().jdbcUrl(),
                installation.services().postgres().user(),
                installation.services().postgres().password())) {
            GeneratedLinks.insert(connection, links);
        }
    }

    /** Until all links were asked for without a query to PostgreSQL: Redis has them all. */
    private static void fill(LabContext context, NodeProcess node, ZipfDraws draws) throws Exception {
        int seconds = 2;
        for (int pass = 1; pass <= FILL_PASSES_MAX; pass++) {
            context.progress("filling Redis, pass " + pass);
            double before = node.metric(ZipfRedirects.QUERIES);
            long asked = draws.runOverAll(node, Duration.ofSeconds(seconds)).requests();
            if (asked < draws.links()) { // each pass begins with the same link
                seconds *= 2;
            } else if (node.metric(ZipfRedirects.QUERIES) == before) {
                return;
            }
        }
        throw new IOException("Redis is still not full after " + FILL_PASSES_MAX + " passes");
    }

    /** Redirects a second of each, closed-loop, once its code is compiled. */
    private static Map<String, Double> capacities(LabContext context, Map<Tiers, NodeProcess> nodes, ZipfDraws draws)
            throws Exception {
        Map<String, Double> perSecond = new LinkedHashMap<>();
        for (Map.Entry<Tiers, NodeProcess> node : nodes.entrySet()) {
            context.progress("warming up: " + node.getKey().label);
            draws.run(node.getValue(), USUAL_EXPONENT, Duration.ofSeconds(12)); // the JIT compiler's
            perSecond.put(
                    node.getKey().label,
                    draws.run(node.getValue(), USUAL_EXPONENT, Duration.ofSeconds(3))
                            .perSecond());
        }
        return perSecond;
    }

    /** By size of L1, smallest first; nothing for a size that is not full. */
    private static List<NearCacheHits> hits(
            LabContext context, Map<Tiers, NodeProcess> nodes, double exponent, ZipfDraws draws, Duration pass)
            throws Exception {
        ZipfCacheTheory theory = new ZipfCacheTheory(draws.links(), exponent);
        List<NearCacheHits> hits = new ArrayList<>();
        for (Map.Entry<Tiers, NodeProcess> node : nodes.entrySet()) {
            Tiers tiers = node.getKey();
            if (tiers.shared && tiers.mebibytes > 0) {
                context.progress("L1 of " + tiers.mebibytes + " MiB, exponent " + exponent);
                Optional<NearCacheHits> measured =
                        NearCacheHits.measure(node.getValue(), tiers.mebibytes, theory, draws, pass);
                if (measured.isEmpty()) {
                    context.say("no row for L1 of " + tiers.mebibytes + " MiB: " + Figures.count(draws.links())
                            + " links do not fill it");
                }
                measured.ifPresent(hits::add);
            }
        }
        return hits;
    }
}
