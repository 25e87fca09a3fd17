package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.lab.RoundResults;
import dev.casebook.benchmarks.measure.RatioInterval;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.Prose;
import dev.casebook.benchmarks.report.Table;
import dev.casebook.benchmarks.urlshortener.CacheTiersLab.Tiers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@link CacheTiersLab} found, put into words; collected while it runs. Not thread-safe. */
final class CacheTiersReport {
    /** Of the slowest node's capacity: beyond it latency would be that of a queue. */
    private static final double LOAD_MAX = 0.5;

    /**
     * Of the hit ratio: what a measurement may lie beside theory. Che's approximation is off by less than 0.01 where the test compares it with a real LRU, and one standard error
     * of a ratio over the 10,000 redirects of a slow machine's pass is 0.005.
     */
    private static final double TOLERANCE = 0.01;

    private final int links;
    private final int rate;
    private final List<NearCacheHits> hits = new ArrayList<>();
    private Map<String, Double> capacities = Map.of();
    private Map<String, Double> idle = Map.of();

    CacheTiersReport(int links, int rate) {
        this.links = links;
        this.rate = rate;
    }

    /** Redirects a second by deployment. */
    void capacities(Map<String, Double> perSecond) {
        capacities = perSecond;
    }

    /** As {@link ZipfRedirects#idle} tells it. */
    void idle(Map<String, Double> micros) {
        idle = micros;
    }

    /** Of one exponent more. */
    void hits(List<NearCacheHits> ofOneExponent) {
        hits.addAll(ofOneExponent);
    }

    /** What holds with cold JVMs, too. */
    LabResult quick(RoundResults results) {
        return verdicts(results)
                .block(answered(results))
                .block(NearCacheHits.table(hits, links))
                .block(NearCacheHits.chart("Hit ratio of L1, exponent 1", ofExponentOne()))
                .block(
                        Prose.of(
                                "CPU, latency and capacity are left out: JVMs that have just started would be measured compiling."))
                .data("l1_hits", hits.stream().map(NearCacheHits::data).toList())
                .conclusion(hitsInWords());
    }

    LabResult full(RoundResults results) {
        Map<String, String> cost = new LinkedHashMap<>();
        cost.put("CPU of all three, µs", "total");
        cost.put("node", "node");
        cost.put("PostgreSQL", "postgres");
        cost.put("Redis", "redis");
        cost.put("p50 ms", "p50");
        cost.put("p99 ms", "p99");
        cost.put("driver late, p99 ms", "late");
        double slowest = capacities.values().stream()
                .mapToDouble(Double::doubleValue)
                .min()
                .orElseThrow();
        boolean kept = results.samples().values().stream()
                .flatMap(Collection::stream)
                .allMatch(round -> round.getOrDefault("kept", 0.0) == 1);
        LabResult.Builder result = verdicts(results)
                .verdict(
                        "the rate is kept in every round, and at most half of what the slowest can do",
                        kept && rate <= LOAD_MAX * slowest,
                        Figures.count(rate) + "/s of " + Figures.number(slowest) + "/s closed-loop")
                .block(results.table(
                        "Per redirect at " + Figures.count(rate) + "/s, exponent 1, idle share taken off",
                        Tiers.NONE.label(),
                        cost))
                .block(Table.of(
                                "Taken off: spent while nobody asks, as a share of a redirect at that rate",
                                "",
                                "CPU µs")
                        .row("the node", Figures.number(idle.getOrDefault("node", Double.NaN)))
                        .row("PostgreSQL under six nodes", Figures.number(idle.getOrDefault("postgres", Double.NaN)))
                        .row("Redis under six nodes", Figures.number(idle.getOrDefault("redis", Double.NaN)))
                        .build())
                .block(results.chart(
                        "CPU of node, PostgreSQL and Redis per redirect", "µs (less is better)", "total", "L1"))
                .block(results.chart("p99 at a fixed rate", "ms (less is better)", "p99", "L1"));
        Table.Builder closedLoop = Table.of(
                "Closed-loop with one event loop and 64 connections, wrk and stores on the same cores",
                "",
                "redirects/s");
        capacities.forEach((tiers, perSecond) -> closedLoop.row(tiers, Figures.number(perSecond)));
        return result.block(closedLoop.build())
                .block(answered(results))
                .block(NearCacheHits.table(hits, links))
                .block(NearCacheHits.chart("Hit ratio of L1, exponent 1", ofExponentOne()))
                .data("rate", rate)
                .data("links", links)
                .data("rounds", results.data())
                .data("capacities", capacities)
                .data("idle_micros_per_redirect", idle)
                .data("l1_hits", hits.stream().map(NearCacheHits::data).toList())
                .conclusion("Node and stores together spent " + total(results, Tiers.NONE)
                        + " µs of CPU per redirect from the database alone; " + ofThat(results, Tiers.SHARED)
                        + " of that with Redis before it, " + ofThat(results, Tiers.NEAR)
                        + " with 4 MiB of L1 before it, " + ofThat(results, Tiers.BOTH_4) + " with both. "
                        + hitsInWords());
    }

    /** Those that cold JVMs can keep. */
    private LabResult.Builder verdicts(RoundResults results) {
        double strayReads = 0;
        double strayOperations = 0;
        for (Tiers tiers : Tiers.values()) {
            if (results.samples().containsKey(tiers.label())) {
                String stray = tiers.hasShared() ? ZipfRedirects.QUERIES : ZipfRedirects.OPERATIONS;
                double most = results.spread(tiers.label(), stray).max();
                strayReads += tiers.hasShared() ? most : 0;
                strayOperations += tiers.hasShared() ? 0 : most;
            }
        }
        double aboveLru = hits.stream()
                .mapToDouble(one -> one.measured() - one.lru())
                .min()
                .orElseThrow();
        double abovePerfect = hits.stream()
                .mapToDouble(one -> one.measured() - one.perfectLfu())
                .max()
                .orElseThrow();
        return LabResult.builder()
                .verdict(
                        "with L2 no redirect asked PostgreSQL, without it none asked Redis",
                        strayReads == 0 && strayOperations == 0,
                        Figures.number(strayReads) + " queries, " + Figures.number(strayOperations)
                                + " Redis operations per redirect")
                .verdict(
                        "L1 hits at least what LRU of as many entries would, less 1 percentage point for noise",
                        aboveLru >= -TOLERANCE,
                        points(aboveLru) + " at least, at every size and exponent")
                .verdict(
                        "and at most what a cache that knows the popularities would, but for the same noise",
                        abovePerfect <= TOLERANCE,
                        points(abovePerfect) + " at most");
    }

    private static String points(double difference) {
        return Figures.number(100 * difference) + " percentage points";
    }

    private List<NearCacheHits> ofExponentOne() {
        return hits.stream().filter(one -> one.exponent() == 1).toList();
    }

    private String hitsInWords() {
        NearCacheHits one = ofExponentOne().stream()
                .filter(size -> size.mebibytes() == 4)
                .findFirst()
                .orElseThrow();
        return "L1 of 4 MiB (" + Figures.count(one.entries()) + " of " + Figures.count(links) + " links) answered "
                + Figures.percent(one.measured()) + " of the redirects, where LRU would answer "
                + Figures.percent(one.lru()) + " and a cache that knows the popularities "
                + Figures.percent(one.perfectLfu()) + ".";
    }

    private static String total(RoundResults results, Tiers tiers) {
        return Figures.number(results.spread(tiers.label(), "total").median());
    }

    private static String ofThat(RoundResults results, Tiers tiers) {
        RatioInterval ratio = results.ratio(tiers.label(), Tiers.NONE.label(), "total");
        return PairedRatio.written(ratio) + " (" + total(results, tiers) + " µs)";
    }

    /** Without ratios: what a tier is not asked at all has none. */
    private static Table answered(RoundResults results) {
        Table.Builder table = Table.of(
                "What answered, per redirect, and what that asked of the stores",
                "",
                "from L1",
                "from L2",
                "from PostgreSQL",
                "of these joined a load under way",
                "Redis operations",
                "PostgreSQL queries");
        for (String tiers : results.samples().keySet()) {
            table.row(
                    tiers,
                    median(results, tiers, ZipfRedirects.NEAR),
                    median(results, tiers, ZipfRedirects.SHARED),
                    median(results, tiers, ZipfRedirects.DATABASE),
                    median(results, tiers, ZipfRedirects.JOINED),
                    median(results, tiers, ZipfRedirects.OPERATIONS),
                    median(results, tiers, ZipfRedirects.QUERIES));
        }
        return table.build();
    }

    private static String median(RoundResults results, String tiers, String count) {
        return PairedRatio.written(results.spread(tiers, count));
    }
}
