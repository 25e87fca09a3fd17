package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.lab.RoundResults;
import dev.casebook.benchmarks.lab.Tool;
import dev.casebook.benchmarks.measure.RatioInterval;
import dev.casebook.benchmarks.measure.Spread;
import dev.casebook.benchmarks.report.Figures;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Does a redirect cost more when there are a thousand times more links, and do statistics when there are a hundred times more clicks? Two installations that differ in
 * nothing but the number of links are measured in turns: on a working set of 10,000 links that L1 holds, and on links that nobody has asked for before, each of which
 * is read from PostgreSQL. There is no peer: the claim is about the shape of a curve.
 *
 * <p>Unfair would be to compare a working set that fits a cache with one that does not: that is another lab's question, so both sides get the same number of links, and
 * the cold ones are cold on both. Click totals are written into the rollups by SQL: one year of hours and days, and in each dimension as many values a day as there may be, for both
 * links, so the one differs from the other only in how large its numbers are; that is the design's point, and a table of single clicks would differ by a factor of 100.
 */
final class GrowthLab implements Lab {
    private static final int FEW = 10_000;
    private static final int MANY = 10_000_000;
    private static final int MANY_QUICK = 200_000;
    private static final int COLD_REQUESTS = 3_000;
    private static final int CLIENTS = 32;
    private static final int STATISTICS_REQUESTS = 100;
    private static final double COST_MAX = 1.3;

    private static final String SMALL = "10 thousand links";
    private static final String LARGE = "10 million links";
    private static final String CLICKS_FEW = "1e6 clicks";
    private static final String CLICKS_MANY = "1e8 clicks";

    /** Values a day and dimension: referrers and languages at the limit of 100, few browsers, systems and devices. */
    private static final String ROLLUPS = """
            INSERT INTO click_rollup (link_id, granularity, dimension, bucket, value, clicks, bots)
            SELECT %1$d, 0, 0, at, '', %2$d / 8760, 0
              FROM generate_series(date_trunc('hour', now()) - interval '364 days', now(), interval '1 hour') AS at
            UNION ALL
            SELECT %1$d, 1, d.dimension, at, CASE WHEN d.dimension = 0 THEN '' ELSE 'value-' || v END, %2$d / 365 / d.values, 0
              FROM generate_series(date_trunc('day', now(), 'UTC') - interval '364 days', now(), interval '1 day') AS at,
                (VALUES (0, 1), (1, 100), (2, 10), (3, 8), (4, 4), (5, 100), (6, 40)) AS d (dimension, values),
                LATERAL generate_series(1, d.values) AS v;
            INSERT INTO click_totals (link_id, clicks, bots, revision, last_at) VALUES (%1$d, %2$d, 0, 1, now());
            """;

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public String question() {
        return "What do a thousand times more links cost a redirect, and a hundred times more clicks the statistics?";
    }

    @Override
    public String prediction() {
        return "10 thousand or 10 million links: how many more pages of the index does PostgreSQL read for one? How many more bytes must the page cache hold, and does L1 care? And what"
                + " does a year's statistics read for a link with a hundred times the clicks?";
    }

    @Override
    public String method() {
        return "Two installations, each a service in a JVM of its own with PostgreSQL, Redis and Kafka, with 10 thousand and 10 million links made by SQL. In turns: wrk on 10,000 links that L1"
                + " holds; 3,000 links each asked for once after Redis and L1 were emptied. Then the statistics of two links, one request at a time.";
    }

    @Override
    public Duration expectedDuration() {
        return Duration.ofMinutes(9);
    }

    @Override
    public List<Tool> tools() {
        return List.of(Tool.WRK);
    }

    @Override
    public LabResult run(LabContext context) throws Exception {
        context.version("wrk", Tool.WRK.version());
        int many = context.isQuick() ? MANY_QUICK : MANY;
        Deployment small = Deployment.start(context, "small");
        Deployment large = Deployment.start(context, "large");
        GeneratedLinks.insertForRedirects(small, FEW);
        context.progress("making " + Figures.count(many) + " links");
        long begin = System.nanoTime();
        GeneratedLinks.insertForRedirects(large, many);
        Duration generated = Duration.ofNanos(System.nanoTime() - begin);
        long bytes = large.number("SELECT pg_total_relation_size('links')");

        try (Redirects redirects = new Redirects(context)) {
            RoundResults warm = context.rounds(5)
                    .warmUp(2)
                    .contender(SMALL, round -> redirects.warm(small))
                    .contender(LARGE, round -> redirects.warm(large))
                    .run();
            RoundResults cold = context.rounds(7)
                    .warmUp(2)
                    .contender(SMALL, round -> redirects.cold(small, FEW, round))
                    .contender(LARGE, round -> redirects.cold(large, many, round))
                    .run();
            String few = statisticsOf(small, 0, 1_000_000);
            String much = statisticsOf(small, 1, 100_000_000);
            small.sql("VACUUM (ANALYZE) click_rollup");
            RoundResults statistics = context.rounds(7)
                    .warmUp(2)
                    .contender(CLICKS_FEW, round -> statistics(small, few, 1_000_000))
                    .contender(CLICKS_MANY, round -> statistics(small, much, 100_000_000))
                    .run();
            return result(context, many, generated, bytes, warm, cold, statistics);
        }
    }

    private static LabResult result(
            LabContext context,
            int many,
            Duration generated,
            long bytes,
            RoundResults warm,
            RoundResults cold,
            RoundResults statistics) {
        RatioInterval warmRatio = warm.ratio(LARGE, SMALL, "service");
        RatioInterval coldRatio = cold.ratio(LARGE, SMALL, "all");
        RatioInterval statisticsRatio = statistics.ratio(CLICKS_MANY, CLICKS_FEW, "millis");
        String links = context.isQuick() ? Figures.count(many) + " links (--quick)" : LARGE;
        Map<String, String> headings = new LinkedHashMap<>();
        headings.put("service CPU, µs/redirect", "service");
        headings.put("PostgreSQL CPU, µs/redirect", "postgres");
        headings.put("redirects/s", "rate");
        Map<String, String> coldHeadings = new LinkedHashMap<>();
        coldHeadings.put("service, PostgreSQL and Redis CPU, µs/redirect", "all");
        coldHeadings.put("service CPU", "service");
        coldHeadings.put("PostgreSQL CPU", "postgres");
        Map<String, String> statisticsHeadings = new LinkedHashMap<>();
        statisticsHeadings.put("median ms/request", "millis");
        return LabResult.builder()
                .verdict(
                        "a redirect from L1 costs at most 1.3 times as much CPU at " + links,
                        warmRatio.ratio() <= COST_MAX,
                        Figures.ratio(warmRatio.ratio()))
                .verdict(
                        "so does one read from PostgreSQL",
                        coldRatio.ratio() <= COST_MAX,
                        Figures.ratio(coldRatio.ratio()))
                .verdict(
                        "a year's statistics take as long at 1e8 clicks as at 1e6 (1 within the interval, or below 1.1)",
                        statisticsRatio.ratio() <= 1.1 || statisticsRatio.low() <= 1,
                        Figures.ratio(statisticsRatio.ratio()))
                .block(warm.table("10,000 links in L1", SMALL, headings))
                .block(cold.table("Links that nobody has asked for", SMALL, coldHeadings))
                .block(cold.chart(
                        "CPU of a redirect that is read from PostgreSQL", "µs (less is better)", "all", "10 million"))
                .block(statistics.table("A year's statistics by day", CLICKS_FEW, statisticsHeadings))
                .block(statistics.chart("A year's statistics", "ms (less is better)", "millis", "1e8"))
                .data("links_many", many)
                .data("generated_in_seconds", generated.toSeconds())
                .data("links_bytes", bytes)
                .data("warm", warm.data())
                .data("cold", cold.data())
                .data("statistics", statistics.data())
                .conclusion(
                        "With " + Figures.count(many) + " links (" + Figures.number(bytes / 1e6)
                                + " MB) instead of 10,000 a redirect from L1 took " + Figures.ratio(warmRatio.ratio())
                                + " the CPU and one read from PostgreSQL " + Figures.ratio(coldRatio.ratio())
                                + "; statistics took " + Figures.ratio(statisticsRatio.ratio())
                                + " as long at a hundred times the clicks. A cache does not know how large the table behind it is, a B-tree a thousand times larger is one or two levels deeper, and rollups have as many rows as there are buckets and values.");
    }

    /** Writes a link's rollups and gives the path of a year's statistics. */
    private static String statisticsOf(Deployment deployment, long number, long clicks) throws SQLException {
        String slug = GeneratedLinks.slug(number);
        long id = deployment.number("SELECT id FROM links WHERE domain = '' AND slug = '" + slug + "'");
        // The warm redirects were counted too: these links start anew.
        deployment.sql(
                "DELETE FROM click_rollup WHERE link_id = " + id,
                "DELETE FROM click_totals WHERE link_id = " + id,
                ROLLUPS.formatted(id, clicks));
        return "/api/v1/links/" + slug + "/statistics?granularity=day&from="
                + LocalDate.now(ZoneOffset.UTC).minusDays(360);
    }

    private static Map<String, Double> statistics(Deployment deployment, String path, long clicks) throws Exception {
        double[] millis = new double[STATISTICS_REQUESTS];
        for (int i = 0; i < millis.length; i++) {
            long begin = System.nanoTime();
            String body = deployment.get(path);
            millis[i] = (System.nanoTime() - begin) / 1e6;
            if (!body.contains("\"clicks\":" + clicks)) {
                throw new IllegalStateException(path + " does not tell of " + clicks + " clicks: " + body);
            }
        }
        return Map.of("millis", Spread.of(millis).median());
    }

    private static final class Redirects implements AutoCloseable {
        private final LabContext context;
        private final HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

        Redirects(LabContext context) {
            this.context = context;
        }

        Map<String, Double> warm(Deployment deployment) throws Exception {
            Map<String, Double> before = deployment.cpuSeconds();
            WrkScript.Outcome outcome = WrkScript.run(
                    deployment.folder(),
                    deployment.uri(),
                    CLIENTS,
                    Duration.ofSeconds(context.isQuick() ? 2 : 5),
                    "redirect.lua",
                    List.of(Integer.toString(FEW), Long.toString(context.seed())));
            if (outcome.failed() > 0) {
                throw new IOException("redirects failed: " + outcome);
            }
            Map<String, Double> sample = new LinkedHashMap<>();
            sample.put("rate", outcome.perSecond());
            add(sample, deployment, before, outcome.answered());
            return sample;
        }

        /** Every round asks for other links, and those of a round lie all over the table. */
        Map<String, Double> cold(Deployment deployment, int links, int round) throws Exception {
            emptyCaches(deployment);
            Map<String, Double> before = deployment.cpuSeconds();
            Semaphore permits = new Semaphore(CLIENTS);
            List<Future<Integer>> answers = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < COLD_REQUESTS; i++) {
                    permits.acquire();
                    long number = Math.floorMod(((long) (round + 3) * COLD_REQUESTS + i) * 7_919L, (long) links);
                    answers.add(threads.submit(() -> {
                        try {
                            return client.send(
                                            HttpRequest.newBuilder(URI.create(
                                                            deployment.uri() + "/" + GeneratedLinks.slug(number)))
                                                    .build(),
                                            HttpResponse.BodyHandlers.discarding())
                                    .statusCode();
                        } finally {
                            permits.release();
                        }
                    }));
                }
            }
            for (Future<Integer> answer : answers) {
                if (answer.get() != 302) {
                    throw new IOException("a redirect was expected: " + answer.get());
                }
            }
            Map<String, Double> sample = new LinkedHashMap<>();
            add(sample, deployment, before, COLD_REQUESTS);
            sample.put(
                    "all",
                    sample.getOrDefault("service", 0.0)
                            + sample.getOrDefault("postgres", 0.0)
                            + sample.getOrDefault("redis", 0.0));
            return sample;
        }

        /** FLUSHALL empties Redis and, by its invalidation, L1 too. */
        private void emptyCaches(Deployment deployment) throws Exception {
            RedisClient redis = RedisClient.create(deployment.services().redis().uri());
            try {
                redis.connect().sync().flushall();
            } finally {
                redis.shutdown(Duration.ZERO, Duration.ofSeconds(2));
            }
            Thread.sleep(Duration.ofMillis(500));
        }

        private static void add(
                Map<String, Double> sample, Deployment deployment, Map<String, Double> before, long redirects) {
            deployment
                    .cpuSeconds()
                    .forEach((part, seconds) ->
                            sample.put(part, (seconds - before.getOrDefault(part, 0.0)) * 1e6 / redirects));
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
