package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.RoundResults;
import dev.casebook.benchmarks.measure.RatioInterval;
import java.io.IOException;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The statistics API asked about two links that differ in nothing but the number of their clicks, one request at a time: with no queue anywhere, the time of a request is what it takes. Every answer must
 * tell the right number of clicks.
 */
final class StatisticsTrials {
    static final String LESS = "1e6 clicks";
    static final String MORE = "1e8 clicks";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long CLICKS_LESS = 1_000_000;
    private static final long CLICKS_MORE = 100_000_000;
    private static final int LINKS_BESIDE = 30;
    private static final int LINKS_BESIDE_QUICK = 2;
    private static final int REQUESTS = 100;
    private static final int REQUESTS_QUICK = 20;
    private static final double MICROS_A_MILLI = 1e3;

    private final int requests;
    private final Deployment deployment;
    private final PermutedLinks links;
    private final LocalDate firstDay;
    private final Map<Long, Long> rows;

    private StatisticsTrials(
            int requests, Deployment deployment, PermutedLinks links, LocalDate firstDay, Map<Long, Long> rows) {
        this.requests = requests;
        this.deployment = deployment;
        this.links = links;
        this.firstDay = firstDay;
        this.rows = rows;
    }

    /** Writes a year of the two links, and of others that their rows come to lie between. */
    static StatisticsTrials prepare(LabContext context, Deployment deployment, PermutedLinks links)
            throws SQLException, IOException {
        context.progress("generating a year of statistics");
        RollupTraffic traffic =
                new RollupTraffic(context.seed(), LocalDate.now(ZoneOffset.UTC).minusDays(1));
        List<RollupTraffic.Clicked> clicked = new ArrayList<>();
        clicked.add(new RollupTraffic.Clicked(PermutedLinks.id(0), CLICKS_LESS));
        clicked.add(new RollupTraffic.Clicked(PermutedLinks.id(1), CLICKS_MORE));
        int beside = context.isQuick() ? LINKS_BESIDE_QUICK : LINKS_BESIDE;
        for (int other = 1; other <= beside; other++) {
            clicked.add(new RollupTraffic.Clicked(PermutedLinks.id(1 + other), CLICKS_LESS / other));
        }
        return new StatisticsTrials(
                context.isQuick() ? REQUESTS_QUICK : REQUESTS,
                deployment,
                links,
                traffic.firstDay(),
                StoredRollups.write(deployment, traffic, clicked));
    }

    /** Rows of {@code click_rollup} that the two links have. */
    Map<String, Long> rows() {
        return Map.of(
                LESS, rows.getOrDefault(PermutedLinks.id(0), 0L), MORE, rows.getOrDefault(PermutedLinks.id(1), 0L));
    }

    /** All rows of {@code click_rollup}. */
    long rowsInAll() {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The whole year by days. */
    RoundResults year(LabContext context) throws Exception {
        LocalDate end = firstDay.plusDays(RollupTraffic.DAYS);
        String range = "?granularity=day&from=" + firstDay + "T00:00:00Z&to=" + end + "T00:00:00Z";
        expectSeries(0, range, CLICKS_LESS);
        expectSeries(1, range, CLICKS_MORE);
        return rounds(context, 5, range);
    }

    /** What the page asks for: the last thirty days. */
    RoundResults month(LabContext context) throws Exception {
        return rounds(context, 7, "");
    }

    private RoundResults rounds(LabContext context, int usual, String range) throws Exception {
        return context.rounds(usual)
                .warmUp(context.isQuick() ? 0 : 2)
                .contender(LESS, round -> trial(0, range, CLICKS_LESS))
                .contender(MORE, round -> trial(1, range, CLICKS_MORE))
                .run();
    }

    private Map<String, Double> trial(long number, String range, long clicks) throws Exception {
        String path = path(number) + range;
        String expected = "\"clicks\":" + clicks + ",";
        Histogram nanos = new Histogram(3);
        Map<String, Double> before = deployment.cpuSeconds();
        for (int i = 0; i < requests; i++) {
            long begin = System.nanoTime();
            String body = deployment.get(path);
            nanos.recordValue(System.nanoTime() - begin);
            if (!body.contains(expected)) {
                throw new IllegalStateException(path + " does not tell of " + clicks + " clicks: " + body);
            }
        }
        Map<String, Double> after = deployment.cpuSeconds();
        double cpu = 0;
        for (String part : List.of("service", "postgres")) {
            cpu += after.getOrDefault(part, 0.0) - before.getOrDefault(part, 0.0);
        }
        return Map.of(
                "p50", nanos.getValueAtPercentile(50) / MICROS_A_MILLI / MICROS_A_MILLI,
                "p99", nanos.getValueAtPercentile(99) / MICROS_A_MILLI / MICROS_A_MILLI,
                "cpu", cpu * MICROS_A_MILLI / requests);
    }

    /** All the year's clicks are in the answer's series, so it was all its rows that were read. */
    private void expectSeries(long number, String range, long clicks) throws IOException, InterruptedException {
        JsonNode answer = JSON.readTree(deployment.get(path(number) + range));
        long sum = 0;
        for (JsonNode point : answer.path("series")) {
            sum += point.path("clicks").asLong();
        }
        if (sum != clicks) {
            throw new IllegalStateException("the series tells of " + sum + " clicks instead of " + clicks);
        }
    }

    private String path(long number) {
        return "/api/v1/links/" + links.code(number) + "/statistics";
    }

    /** How many times as long the link with more clicks took. */
    static RatioInterval ratio(RoundResults results, String metric) {
        return PairedRatio.of(results, MORE, LESS, metric);
    }
}
