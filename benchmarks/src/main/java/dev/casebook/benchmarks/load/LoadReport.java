package dev.casebook.benchmarks.load;

import dev.casebook.benchmarks.report.Axis;
import dev.casebook.benchmarks.report.Block;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.LineChart;
import dev.casebook.benchmarks.report.Prose;
import dev.casebook.benchmarks.report.Table;
import dev.casebook.benchmarks.report.Tiles;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** Puts the results of a load run, one or several steps, into words, tables and plots. */
public final class LoadReport {
    private static final double[] PERCENTILES = {50, 75, 90, 95, 99, 99.9, 99.99};
    private static final double NANOS_PER_MILLI = 1e6;

    private LoadReport() {}

    /** The blocks of the report; {@code results} holds one entry per step, at least one. */
    public static List<Block> blocks(List<LoadResult> results) {
        List<Block> blocks = new ArrayList<>();
        LoadResult last = results.getLast();
        blocks.add(tiles(last));
        results.forEach(result -> caveats(result, results.size() > 1).forEach(blocks::add));
        if (results.size() > 1) {
            blocks.add(steps(results));
            blocks.add(LineChart.of(
                    "Latency by rate",
                    Axis.linear("requests per second asked for"),
                    Axis.logarithmic("latency from the due time, ms"),
                    List.of(
                            overSteps(results, "p50", 50),
                            overSteps(results, "p99", 99),
                            overSteps(results, "p99.9", 99.9))));
        }
        blocks.add(percentiles(results));
        blocks.add(distribution(results));
        for (LoadResult result : results) {
            String step = results.size() > 1 ? " at " + rate(result) : "";
            blocks.add(timeline(result, "Latency second by second" + step));
            blocks.add(rates(result, "Answers and errors per second" + step));
            blocks.add(outcomes(result, step));
        }
        blocks.add(new Prose(
                "How to read it",
                "Requests are sent at fixed moments, whatever the service does, and latency is counted from the moment a"
                        + " request was due, not from when it could be sent: a service that stalls is charged with"
                        + " everything that waited meanwhile. Answers of every status and requests given up count; a"
                        + " connection that broke counts as an error without a latency."));
        return blocks;
    }

    /** The measurements for the JSON, with the whole latency histogram in HdrHistogram's own compressed encoding. */
    public static Map<String, Object> data(List<LoadResult> results) {
        return Map.of("steps", results.stream().map(LoadReport::step).toList());
    }

    private static Map<String, Object> step(LoadResult result) {
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("ratePerSecond", result.plan().ratePerSecond());
        step.put("durationSeconds", result.plan().duration().toNanos() / 1e9);
        step.put("warmUpSeconds", result.plan().warmUp().toNanos() / 1e9);
        step.put("answeredPerSecond", result.answeredPerSecond());
        step.put("requests", result.requests());
        step.put("expected", result.expected());
        step.put("outcomes", result.outcomes());
        step.put("latencyNanos", percentilesOf(result.latency()));
        step.put("driverLatenessNanos", percentilesOf(result.lateness()));
        step.put("connectionWaitNanos", percentilesOf(result.connectionWait()));
        result.serverCpuMicros().ifPresent(cpu -> step.put("serverCpuMicrosPerAnswer", cpu));
        step.put("timeline", result.timeline());
        ByteBuffer encoded = ByteBuffer.allocate(result.latency().getNeededByteBufferCapacity());
        int length = result.latency().encodeIntoCompressedByteBuffer(encoded);
        step.put(
                "latencyHdrHistogram",
                Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(encoded.array(), length)));
        return step;
    }

    private static Map<String, Long> percentilesOf(Histogram histogram) {
        Map<String, Long> values = new LinkedHashMap<>();
        for (double percentile : PERCENTILES) {
            values.put(name(percentile), histogram.getValueAtPercentile(percentile));
        }
        values.put("max", histogram.getMaxValue());
        return values;
    }

    private static Tiles tiles(LoadResult result) {
        List<Tiles.Tile> tiles = new ArrayList<>();
        tiles.add(new Tiles.Tile(
                "answered", Figures.number(result.answeredPerSecond()) + "/s", "asked for " + rate(result)));
        tiles.add(new Tiles.Tile("p50", latency(result, 50), ""));
        tiles.add(new Tiles.Tile("p99", latency(result, 99), ""));
        tiles.add(new Tiles.Tile("p99.9", latency(result, 99.9), ""));
        tiles.add(new Tiles.Tile("max", Figures.nanos((double) result.latency().getMaxValue()), ""));
        long errors = result.requests() - result.expected();
        tiles.add(new Tiles.Tile(
                "errors",
                Figures.percent(result.requests() == 0 ? 0 : errors / (double) result.requests()),
                Figures.count(errors) + " of " + Figures.count(result.requests())));
        result.serverCpuMicros()
                .ifPresent(cpu -> tiles.add(new Tiles.Tile("server CPU", Figures.number(cpu) + " µs", "per answer")));
        return new Tiles(tiles);
    }

    private static List<Block> caveats(LoadResult result, boolean severalSteps) {
        List<Block> caveats = new ArrayList<>();
        String step = severalSteps ? "At " + rate(result) + ": " : "";
        if (!result.isDriverInTime()) {
            caveats.add(Prose.of(step + "The driver could not keep the rate: one request in a hundred was noticed "
                    + Figures.nanos((double) result.lateness().getValueAtPercentile(99))
                    + " or more after it was due, which is part of the latencies. Ask for less, give it --threads, or run"
                    + " it on another machine."));
        }
        if (!result.isRateKept()) {
            caveats.add(Prose.of(step + "The rate was not reached: " + Figures.number(result.answeredPerSecond())
                    + " answers a second where " + rate(result) + " were asked for. Latencies then grow with the length"
                    + " of the run and say only that this is too much."));
        }
        long wait = result.connectionWait().getValueAtPercentile(99);
        if (wait > LoadResult.LATENESS_NANOS_MAX) {
            caveats.add(Prose.of(step + "One request in a hundred waited " + Figures.nanos((double) wait)
                    + " or more because every connection was busy; that is part of the latencies. More --connections tell"
                    + " whether the service or their number is the limit."));
        }
        return caveats;
    }

    private static Table steps(List<LoadResult> results) {
        Table.Builder table = Table.of(
                "Steps", "asked/s", "answered/s", "p50", "p99", "p99.9", "max", "errors", "server CPU per answer");
        for (LoadResult result : results) {
            table.row(
                    rate(result).replace("/s", ""),
                    Figures.number(result.answeredPerSecond()),
                    latency(result, 50),
                    latency(result, 99),
                    latency(result, 99.9),
                    Figures.nanos((double) result.latency().getMaxValue()),
                    Figures.count(result.requests() - result.expected()),
                    result.serverCpuMicros().isPresent()
                            ? Figures.number(result.serverCpuMicros().getAsDouble()) + " µs"
                            : "-");
        }
        return table.build();
    }

    private static Table percentiles(List<LoadResult> results) {
        List<String> columns = new ArrayList<>(List.of("percentile"));
        List<Histogram> histograms = new ArrayList<>();
        for (LoadResult result : results) {
            if (results.size() > 1 || result.operations().size() == 1) {
                columns.add(results.size() > 1 ? rate(result) : "latency");
                histograms.add(result.latency());
            } else {
                columns.add("all");
                histograms.add(result.latency());
                columns.addAll(result.operations().keySet());
                histograms.addAll(result.operations().values());
            }
        }
        List<List<String>> rows = new ArrayList<>();
        for (double percentile : PERCENTILES) {
            List<String> row = new ArrayList<>(List.of(name(percentile)));
            histograms.forEach(
                    histogram -> row.add(Figures.nanos((double) histogram.getValueAtPercentile(percentile))));
            rows.add(row);
        }
        List<String> max = new ArrayList<>(List.of("max"));
        histograms.forEach(histogram -> max.add(Figures.nanos((double) histogram.getMaxValue())));
        rows.add(max);
        List<String> count = new ArrayList<>(List.of("requests"));
        histograms.forEach(histogram -> count.add(Figures.count(histogram.getTotalCount())));
        rows.add(count);
        return new Table("Latency", columns, rows);
    }

    private static LineChart distribution(List<LoadResult> results) {
        List<LineChart.Series> series = new ArrayList<>();
        for (LoadResult result : results) {
            if (results.size() > 1) {
                series.add(distributionOf(rate(result), result.latency()));
            } else {
                result.operations().forEach((name, histogram) -> series.add(distributionOf(name, histogram)));
            }
        }
        return LineChart.of(
                "Latency distribution", Axis.percentiles(), Axis.logarithmic("latency from the due time, ms"), series);
    }

    private static LineChart.Series distributionOf(String name, Histogram histogram) {
        List<LineChart.Point> points = new ArrayList<>();
        long count = histogram.getTotalCount();
        // Equal steps on the axis of nines; the last point is the one that a single request decides.
        for (double nines = 1; nines <= Math.max(count, 1); nines *= 1.12) {
            double percentile = 100 - 100 / nines;
            points.add(LineChart.Point.of(nines, histogram.getValueAtPercentile(percentile) / NANOS_PER_MILLI));
        }
        return new LineChart.Series(name, count == 0 ? List.of() : points);
    }

    private static LineChart timeline(LoadResult result, String title) {
        LineChart chart = LineChart.of(
                title,
                Axis.linear("seconds"),
                Axis.logarithmic("latency from the due time, ms"),
                List.of(
                        overTime(result, "p50", second -> second.p50Nanos() / NANOS_PER_MILLI),
                        overTime(result, "p99", second -> second.p99Nanos() / NANOS_PER_MILLI),
                        overTime(result, "max", second -> second.maxNanos() / NANOS_PER_MILLI)));
        return marked(chart, result);
    }

    private static LineChart rates(LoadResult result, String title) {
        LineChart chart = LineChart.of(
                title,
                Axis.linear("seconds"),
                Axis.linear("per second"),
                List.of(
                        overTime(result, "answers", LoadResult.Second::perSecond),
                        overTime(result, "errors", LoadResult.Second::errors)));
        return marked(chart, result);
    }

    private static LineChart marked(LineChart chart, LoadResult result) {
        double warmUp = result.plan().warmUp().toNanos() / 1e9;
        return warmUp > 0 ? chart.marked(warmUp, "warm-up ends") : chart;
    }

    private static Table outcomes(LoadResult result, String step) {
        Table.Builder table = Table.of("Outcomes" + step, "outcome", "requests", "share");
        result.outcomes()
                .forEach((outcome, count) -> table.row(
                        outcome,
                        Figures.count(count),
                        Figures.percent(count / (double) Math.max(1, result.requests()))));
        return table.build();
    }

    private static LineChart.Series overTime(
            LoadResult result, String name, ToDoubleFunction<LoadResult.Second> value) {
        return new LineChart.Series(
                name,
                result.timeline().stream()
                        .map(second -> LineChart.Point.of(second.second(), value.applyAsDouble(second)))
                        .toList());
    }

    private static LineChart.Series overSteps(List<LoadResult> results, String name, double percentile) {
        return new LineChart.Series(
                name,
                results.stream()
                        .map(result -> LineChart.Point.of(
                                result.plan().ratePerSecond(),
                                result.latency().getValueAtPercentile(percentile) / NANOS_PER_MILLI))
                        .toList());
    }

    private static String latency(LoadResult result, double percentile) {
        return Figures.nanos((double) result.latency().getValueAtPercentile(percentile));
    }

    private static String rate(LoadResult result) {
        return Figures.number(result.plan().ratePerSecond()) + "/s";
    }

    private static String name(double percentile) {
        return String.format(Locale.ROOT, percentile % 1 == 0 ? "p%.0f" : "p%s", percentile);
    }
}
