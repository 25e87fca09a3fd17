package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.RoundResults;
import dev.casebook.benchmarks.load.LoadResult;
import dev.casebook.benchmarks.measure.Spread;
import dev.casebook.benchmarks.report.Figures;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a trial keeps of an open-loop run: the percentiles, and beside them how late the driver was itself. On a machine that driver and servers share, a thread may be ready and
 * wait for a processor for milliseconds, the driver's as well as the server's. Its lateness is part of every latency, so a percentile that is not well above it says more of the
 * machine than of the server.
 */
final class PacedLatency {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final String MEDIAN = "p50";
    private static final String HUNDREDTH = "p99";
    private static final String LATENESS = "late";
    private static final String CONNECTION_WAIT = "connectionWait";

    private PacedLatency() {}

    /** In milliseconds, under the names that {@link #headings} has. */
    static Map<String, Double> sample(LoadResult run) {
        return Map.of(
                MEDIAN,
                run.latency().getValueAtPercentile(50) / NANOS_PER_MILLI,
                HUNDREDTH,
                run.latency().getValueAtPercentile(99) / NANOS_PER_MILLI,
                LATENESS,
                run.lateness().getValueAtPercentile(99) / NANOS_PER_MILLI,
                CONNECTION_WAIT,
                run.connectionWait().getValueAtPercentile(99) / NANOS_PER_MILLI);
    }

    /** For {@link RoundResults#table}. */
    static Map<String, String> headings(int ratePerSecond) {
        Map<String, String> headings = new LinkedHashMap<>();
        headings.put("p50 ms at " + Figures.count(ratePerSecond) + "/s", MEDIAN);
        headings.put("p99 ms", HUNDREDTH);
        headings.put("p99 ms of the driver's own lateness", LATENESS);
        return headings;
    }

    /** A sentence that sets a contender's 99th percentile beside the driver's lateness under it. */
    static String whoIsLate(RoundResults results, String contender) {
        Spread latency = results.spread(contender, HUNDREDTH);
        Spread driver = results.spread(contender, LATENESS);
        return "p99 of " + contender + ": " + PairedRatio.written(latency)
                + " ms; that of the driver's own lateness, part of it: " + PairedRatio.written(driver) + " ms.";
    }
}
