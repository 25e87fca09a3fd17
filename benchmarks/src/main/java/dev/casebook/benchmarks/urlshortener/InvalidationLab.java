package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.measure.Spread;
import dev.casebook.benchmarks.report.Axis;
import dev.casebook.benchmarks.report.LineChart;
import dev.casebook.benchmarks.report.Table;
import dev.casebook.urlshortener.UrlShortenerNode;
import dev.casebook.urlshortener.cache.TierSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How long does an edit take to be in force on the other nodes? Measured from the moment the edit is acknowledged until another node first answers with the new
 * destination, asking it without pause. The peer is the same service with expiry as its only means: nodes that cannot hear each other (a Redis namespace each) and an L1 and L2 that
 * live one second. Unfair would be a longer expiry, which only looks worse, or polling with pauses, which rounds up.
 */
final class InvalidationLab implements Lab {
    private static final Duration STALE_MAX = Duration.ofSeconds(20);
    private static final double P99_TARGET_MILLIS = 50;
    private static final double MAX_TARGET_MILLIS = 1_000;

    @Override
    public String name() {
        return "invalidation";
    }

    @Override
    public String question() {
        return "How long do other nodes answer with the old destination after an edit?";
    }

    @Override
    public String prediction() {
        return "An entry lives one second in each node. How long is an edit invisible on average by expiry alone, and at worst? And when Redis tells"
                + " all nodes at once, which part of the remaining time is the network's?";
    }

    @Override
    public String method() {
        return "Three nodes. One edits a link; the two others are asked for it without pause until they answer with the new destination. The same with nodes that"
                + " only let entries expire after a second.";
    }

    @Override
    public Duration expectedDuration() {
        return Duration.ofMinutes(2);
    }

    @Override
    public LabResult run(LabContext context) throws Exception {
        Installation installation = Installation.start(context);
        List<UrlShortenerNode> told = installation.nodes(3, settings -> settings);
        TierSettings.Near near = TierSettings.Near.defaults();
        TierSettings expiring = TierSettings.defaults()
                .withNear(new TierSettings.Near(
                        near.bytesMax(),
                        near.absencesMax(),
                        Duration.ofSeconds(1),
                        0,
                        Duration.ZERO,
                        near.absenceTtl(),
                        near.degradedTtl()))
                .withShared(TierSettings.Shared.defaults().withFresh(Duration.ofMillis(1)));
        List<UrlShortenerNode> untold = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String namespace = "deaf" + i + ":";
            untold.add(installation.node(
                    settings -> settings.withNamespace(namespace).withTiers(expiring)));
        }
        double[] tracking = staleness(context, installation, told, context.isQuick() ? 50 : 1_000, "tracking");
        double[] expiry = staleness(context, installation, untold, context.isQuick() ? 5 : 30, "expiry");

        double p99 = percentile(tracking, 99);
        double max = percentile(tracking, 100);
        return LabResult.builder()
                .verdict(
                        "an edit is in force on all nodes within 50 ms at the 99th percentile",
                        p99 <= P99_TARGET_MILLIS,
                        millis(p99))
                .verdict("and never later than after 1 s", max <= MAX_TARGET_MILLIS, millis(max))
                .block(Table.of(
                                "Milliseconds from the acknowledged edit to the first new answer",
                                "means",
                                "edits x nodes",
                                "median",
                                "p99",
                                "max")
                        .row(
                                "tracking (ours)",
                                String.valueOf(tracking.length),
                                millis(percentile(tracking, 50)),
                                millis(p99),
                                millis(max))
                        .row(
                                "expiry after 1 s",
                                String.valueOf(expiry.length),
                                millis(percentile(expiry, 50)),
                                millis(percentile(expiry, 99)),
                                millis(percentile(expiry, 100)))
                        .build())
                .block(LineChart.of(
                        "Time for which a node still answers with the old destination",
                        Axis.percentiles(),
                        Axis.logarithmic("ms"),
                        List.of(series("tracking (ours)", tracking), series("expiry after 1 s", expiry))))
                .data("tracking_ms", Arrays.stream(tracking).boxed().toList())
                .data("expiry_ms", Arrays.stream(expiry).boxed().toList())
                .conclusion("With tracking an edit was in force on the other nodes after "
                        + millis(percentile(tracking, 50))
                        + " at the median and " + millis(max) + " at worst; by expiry after "
                        + millis(Spread.of(expiry).median())
                        + " and " + millis(percentile(expiry, 100))
                        + ". Expiry alone trades staleness for load: halving one doubles the other.");
    }

    /** Milliseconds per edit and listening node, sorted. */
    private static double[] staleness(
            LabContext context, Installation installation, List<UrlShortenerNode> nodes, int edits, String what)
            throws Exception {
        String slug = installation.create(nodes.getFirst(), "https://example.com/0");
        List<Double> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int edit = 1; edit <= edits; edit++) {
                context.progress(what + ": edit " + edit + " of " + edits);
                for (UrlShortenerNode node : nodes) {
                    installation.visit(node, slug);
                }
                String longUrl = "https://example.com/" + edit;
                installation.edit(nodes.getFirst(), slug, longUrl);
                long acknowledged = System.nanoTime();
                List<Future<Double>> answers = new ArrayList<>();
                for (UrlShortenerNode node : nodes.subList(1, nodes.size())) {
                    answers.add(threads.submit(() -> untilNew(installation, node, slug, longUrl, acknowledged)));
                }
                for (Future<Double> answer : answers) {
                    all.add(result(answer));
                }
            }
        }
        return all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private static double untilNew(
            Installation installation, UrlShortenerNode node, String slug, String longUrl, long acknowledged)
            throws Exception {
        while (true) {
            boolean current = installation.visit(node, slug).location().equals(longUrl);
            long nanos = System.nanoTime() - acknowledged;
            if (current) {
                return nanos / 1e6;
            }
            if (nanos > STALE_MAX.toNanos()) {
                throw new IllegalStateException("still stale after " + STALE_MAX + ": " + node.uri() + "/" + slug);
            }
        }
    }

    private static double result(Future<Double> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static double percentile(double[] sorted, double percentile) {
        int index = (int) Math.ceil(percentile / 100 * sorted.length) - 1;
        return sorted[Math.clamp(index, 0, sorted.length - 1)];
    }

    private static LineChart.Series series(String name, double[] sorted) {
        List<LineChart.Point> points = new ArrayList<>();
        for (double p : new double[] {0, 10, 25, 50, 75, 90, 95, 99, 99.9}) {
            double value = Math.max(0.01, percentile(sorted, Math.max(p, 0.01)));
            points.add(new LineChart.Point(Axis.nines(p), value, value, value));
        }
        return new LineChart.Series(name, points);
    }

    private static String millis(double value) {
        return String.format(Locale.ROOT, "%.1f ms", value);
    }
}
