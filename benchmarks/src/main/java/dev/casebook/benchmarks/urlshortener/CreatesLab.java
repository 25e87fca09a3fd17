package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.lab.RoundResults;
import dev.casebook.benchmarks.lab.Tool;
import dev.casebook.benchmarks.measure.RatioInterval;
import dev.casebook.benchmarks.report.Axis;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.LineChart;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What does the whole service cost on top of the one thing that every create must do, a row committed to PostgreSQL? The peer is pgbench (PostgreSQL's own driver, in C, prepared
 * statements) that inserts rows of the same columns, one a transaction, into a table of its own in the same server, from as many connections as the service has
 * clients. It has the one index that decides which slug is free, and neither the search, statistics and outbox of ours nor HTTP, keys, checks of the destination and invalidation: all
 * of that is our handicap, and meant to be. A second pgbench has all of our indexes.
 *
 * <p>Unfair would be durability that differs (both commit with fsync and synchronous_commit on; the lab reads the settings), a slug that a sequence makes (ours arrive in random order at
 * the unique index, so pgbench's are permuted too), or an acknowledgement before the commit: rows are counted after each run.
 */
final class CreatesLab implements Lab {
    private static final int CLIENTS = 32;
    private static final int BULK_ROWS = 1_000;
    private static final int BULK_CLIENTS = 4;
    private static final int ROWS_LARGE = 1_000_000;
    private static final int ROWS_LARGE_QUICK = 50_000;
    private static final double SINGLE_TARGET = 0.8;
    private static final double BULK_TARGET = 3;
    private static final double GROWTH_MAX = 1.3;

    private static final String PEER = "pgbench, one INSERT";
    private static final String PEER_INDEXED = "pgbench, all our indexes";
    private static final String SINGLE = "ours, one link a request";
    private static final String BULK = "ours, 1,000 links a request";

    /** {@code permute} is a bijection, so that slugs are unique and in no order. The hash is a constant: the peer need not compute it. */
    private static final String INSERT = """
            \\set made :made + 1
            \\set slug permute(:first + :client_id * 10000000 + :made, 3521614606208, 1)
            INSERT INTO %s (domain, slug, long_url, long_url_hash, status, created_at, forward_query, crawlable, tags, created_by)
            VALUES ('', :slug, 'https://example.com/casebook/created/pgbench/' || :slug,
              '\\x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', 302, now(), true, false, '{}',
              'c0ffee00c0ffee00');
            """;

    @Override
    public String name() {
        return "creates";
    }

    @Override
    public String question() {
        return "What does a link cost to create, compared with the bare INSERT that it cannot do without?";
    }

    @Override
    public String prediction() {
        return "pgbench inserts one row a transaction over 32 connections and does nothing else. The service has HTTP, JSON, keys, seven indexes, an outbox and an invalidation to"
                + " pay for, in a JVM on the same two cores. Which share of pgbench's rate can it reach? Is there anything it can do that pgbench cannot?";
    }

    @Override
    public String method() {
        return "The service in a JVM of its own, driven by wrk over 32 connections through Shlink's POST, and over 4 through our bulk; pgbench over 32 connections on the same PostgreSQL"
                + " (fsync and synchronous_commit on for both). Each run follows a checkpoint; afterwards the rows are counted. First on an empty table, then on one of a million links.";
    }

    @Override
    public Duration expectedDuration() {
        return Duration.ofMinutes(6);
    }

    @Override
    public List<Tool> tools() {
        return List.of(Tool.WRK, Tool.PGBENCH);
    }

    @Override
    public LabResult run(LabContext context) throws Exception {
        context.version("wrk", Tool.WRK.version());
        context.version("pgbench", Tool.PGBENCH.version());
        Deployment deployment = Deployment.start(context, "creates");
        Map<String, String> durability = durability(context, deployment);
        deployment.sql(
                "CREATE TABLE pgbench_links (LIKE links INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING CONSTRAINTS)",
                "ALTER TABLE pgbench_links ADD UNIQUE (domain, slug)",
                "CREATE TABLE pgbench_indexed_links (LIKE links INCLUDING ALL)");
        Trials trials = new Trials(deployment, Duration.ofSeconds(context.isQuick() ? 2 : 4));

        // Until its code is compiled, a JVM is measured for something else.
        for (int i = 0; i < (context.isQuick() ? 1 : 6); i++) {
            context.progress("warming up the service");
            trials.ours(CLIENTS, 1);
        }
        RoundResults empty = context.rounds(5)
                .warmUp(1)
                .contender(PEER, round -> trials.pgbench("pgbench_links"))
                .contender(PEER_INDEXED, round -> trials.pgbench("pgbench_indexed_links"))
                .contender(SINGLE, round -> trials.ours(CLIENTS, 1))
                .run();
        int rowsLarge = context.isQuick() ? ROWS_LARGE_QUICK : ROWS_LARGE;
        context.progress("growing the tables to " + Figures.count(rowsLarge) + " rows");
        GeneratedLinks.insert(deployment, "links", rowsLarge);
        GeneratedLinks.insert(deployment, "pgbench_links", rowsLarge);
        RoundResults large = context.rounds(5)
                .warmUp(1)
                .contender(PEER, round -> trials.pgbench("pgbench_links"))
                .contender(SINGLE, round -> trials.ours(CLIENTS, 1))
                .contender(BULK, round -> trials.ours(BULK_CLIENTS, BULK_ROWS))
                .run();
        return result(durability, rowsLarge, empty, large);
    }

    private static LabResult result(
            Map<String, String> durability, int rowsLarge, RoundResults empty, RoundResults large) {
        RatioInterval single = empty.ratio(SINGLE, PEER, "rate");
        RatioInterval singleLarge = large.ratio(SINGLE, PEER, "rate");
        RatioInterval bulk = large.ratio(BULK, PEER, "rate");
        double growth = empty.spread(SINGLE, "rate").median()
                / large.spread(SINGLE, "rate").median();
        Map<String, String> headings = new LinkedHashMap<>();
        headings.put("links/s", "rate");
        headings.put("service CPU, µs/link", "service");
        headings.put("PostgreSQL CPU, µs/link", "postgres");
        headings.put("Redis CPU, µs/link", "redis");
        headings.put("client CPU, µs/link", "client");
        String rows = Figures.count(rowsLarge);
        return LabResult.builder()
                .verdict(
                        "single creates reach 0.8 times pgbench's rate, table empty",
                        single.ratio() >= SINGLE_TARGET,
                        interval(single))
                .verdict(
                        "single creates reach 0.8 times pgbench's rate, " + rows + " rows",
                        singleLarge.ratio() >= SINGLE_TARGET,
                        interval(singleLarge))
                .verdict(
                        "bulk creates reach 3 times pgbench's rate, " + rows + " rows",
                        bulk.ratio() >= BULK_TARGET,
                        interval(bulk))
                .verdict(
                        "a create costs at most 1.3 times as much in a table of " + rows + " rows as in an empty one",
                        growth <= GROWTH_MAX,
                        Figures.ratio(growth) + "; pgbench "
                                + Figures.ratio(empty.spread(PEER, "rate").median()
                                        / large.spread(PEER, "rate").median()))
                .block(empty.table("Table empty at the beginning", PEER, headings))
                .block(large.table("Table of " + rows + " rows at the beginning", PEER, headings))
                .block(large.chart("Links per second, table of " + rows + " rows", "links/s", "rate", "ours"))
                .block(LineChart.of(
                        "Rate of single creates over the size of the table",
                        Axis.linear("rows before the run"),
                        Axis.linear("links/s"),
                        List.of(overSize(SINGLE, empty, large), overSize(PEER, empty, large))))
                .data("durability", durability)
                .data("rows_large", rowsLarge)
                .data("clients", CLIENTS)
                .data("bulk_clients", BULK_CLIENTS)
                .data("bulk_rows", BULK_ROWS)
                .data("pgbench_script", INSERT)
                .data("empty", empty.data())
                .data("large", large.data())
                .conclusion("One link a request came to " + Figures.ratio(single.ratio())
                        + " of pgbench's rate on an empty table and " + Figures.ratio(singleLarge.ratio()) + " at "
                        + rows + " rows, a thousand a request to " + Figures.ratio(bulk.ratio())
                        + ". Requests that arrive while a transaction commits share the next one, so that PostgreSQL spent "
                        + Figures.number(large.spread(SINGLE, "postgres").median())
                        + " µs on a link with seven indexes and an outbox, and "
                        + Figures.number(large.spread(PEER, "postgres").median())
                        + " µs on pgbench's with one; what is left is the JVM's.");
    }

    private static String interval(RatioInterval ratio) {
        return Figures.ratio(ratio.ratio()) + " (95%: " + Figures.ratio(ratio.low()) + " to "
                + Figures.ratio(ratio.high()) + ")";
    }

    private static LineChart.Series overSize(String contender, RoundResults empty, RoundResults large) {
        List<LineChart.Point> points = new ArrayList<>();
        for (RoundResults results : List.of(empty, large)) {
            double[] sizes = results.values(contender, "rows_before");
            double[] rates = results.values(contender, "rate");
            for (int i = 0; i < sizes.length; i++) {
                points.add(LineChart.Point.of(sizes[i], rates[i]));
            }
        }
        return new LineChart.Series(contender, points);
    }

    private static Map<String, String> durability(LabContext context, Deployment deployment) throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        try (Connection connection = deployment.database();
                Statement statement = connection.createStatement()) {
            for (String name : List.of("server_version", "fsync", "synchronous_commit", "full_page_writes")) {
                try (ResultSet row = statement.executeQuery("SHOW " + name)) {
                    row.next();
                    settings.put(name, row.getString(1));
                }
            }
        }
        context.version("PostgreSQL", settings.getOrDefault("server_version", ""));
        for (String name : List.of("fsync", "synchronous_commit")) {
            if (!"on".equals(settings.get(name))) {
                throw new IllegalStateException(name + " must be on: " + settings);
            }
        }
        return settings;
    }

    /** Runs of the contenders; every one under names that no other run uses. */
    private static final class Trials {
        private final Deployment deployment;
        private final Duration duration;
        private final AtomicLong runs = new AtomicLong();

        Trials(Deployment deployment, Duration duration) {
            this.deployment = deployment;
            this.duration = duration;
        }

        Map<String, Double> pgbench(String table) throws Exception {
            return measured(table, () -> {
                Pgbench.Outcome outcome = Pgbench.run(
                        deployment.folder(),
                        deployment.services().postgres(),
                        CLIENTS,
                        duration,
                        INSERT.formatted(table),
                        runs.incrementAndGet() * 1_000_000_000L);
                return new Made(outcome.transactions(), outcome.perSecond(), 0);
            });
        }

        Map<String, Double> ours(int clients, int rows) throws Exception {
            return measured("links", () -> {
                WrkScript.Outcome outcome = WrkScript.run(
                        deployment.folder(),
                        deployment.uri(),
                        clients,
                        duration,
                        "create.lua",
                        List.of(Deployment.KEY, Long.toString(runs.incrementAndGet()), Integer.toString(rows)));
                if (outcome.failed() > 0) {
                    throw new IOException("creates failed: " + outcome);
                }
                return new Made(outcome.answered() * rows, outcome.perSecond() * rows, (long) clients * rows);
            });
        }

        /** @param inFlight that may be committed without an answer, as the client stops in the middle */
        private record Made(long links, double perSecond, long inFlight) {}

        @FunctionalInterface
        private interface Run {
            Made run() throws Exception;
        }

        private Map<String, Double> measured(String table, Run run) throws Exception {
            deployment.sql("CHECKPOINT");
            long before = rows(table);
            Map<String, Double> cpuBefore = deployment.cpuSeconds();
            double clientBefore = TreeCpu.ofEndedChildren();
            Made made = run.run();
            Map<String, Double> cpu = deployment.cpuSeconds();
            long rows = rows(table) - before;
            if (rows < made.links() || rows > made.links() + made.inFlight()) {
                throw new IllegalStateException(
                        table + " grew by " + rows + " rows, acknowledged were " + made.links());
            }
            Map<String, Double> sample = new LinkedHashMap<>();
            sample.put("rate", made.perSecond());
            sample.put("rows_before", (double) before);
            sample.put("client", (TreeCpu.ofEndedChildren() - clientBefore) * 1e6 / made.links());
            cpu.forEach((part, seconds) ->
                    sample.put(part, (seconds - cpuBefore.getOrDefault(part, 0.0)) * 1e6 / made.links()));
            return sample;
        }

        private long rows(String table) throws SQLException {
            return deployment.number("SELECT count(*) FROM " + table);
        }
    }
}
