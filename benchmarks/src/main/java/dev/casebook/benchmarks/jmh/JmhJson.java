package dev.casebook.benchmarks.jmh;

import dev.casebook.benchmarks.measure.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JMH's JSON result format, as its {@code -rf json} writes it and visualisers such as jmh.morethan.io read it. Reading
 * also takes a report of {@code casebook bench}, which carries the same array as {@code data.jmh}.
 */
public final class JmhJson {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String ALLOCATION = "gc.alloc.rate.norm";
    /** Before the names of what JMH's profilers add; what has no such prefix is a counter of the benchmark. */
    private static final Pattern PROFILER = Pattern.compile("[·]?(gc|stack|perf|c2k|jfr)\\b.*");

    private JmhJson() {}

    /**
     * Reads measurements from a file of either kind.
     *
     * @throws IOException when it cannot be read or is neither
     */
    public static List<Measurement> read(Path file) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(Files.readString(file));
        } catch (JacksonException notJson) {
            throw new IOException(file + " is not JSON: " + notJson.getOriginalMessage(), notJson);
        }
        JsonNode results = root.isArray() ? root : root.path("data").path("jmh");
        if (!results.isArray()) {
            throw new IOException(file + " holds no JMH results: neither an array nor a report of casebook bench");
        }
        List<Measurement> measurements = new ArrayList<>();
        for (JsonNode result : results) {
            measurements.add(measurement(result, file));
        }
        return measurements;
    }

    /** The array that JMH would write, one entry per measurement. */
    public static List<Map<String, Object>> entries(List<Measurement> measurements) {
        return measurements.stream().map(JmhJson::entry).toList();
    }

    private static Measurement measurement(JsonNode result, Path file) throws IOException {
        JsonNode metric = result.path("primaryMetric");
        List<List<Double>> forks = new ArrayList<>();
        // Sample-time results have histograms instead of raw data; then the score is all there is.
        for (JsonNode fork : metric.path("rawData")) {
            forks.add(numbers(fork));
        }
        if (forks.isEmpty() && metric.path("score").isNumber()) {
            forks.add(List.of(metric.path("score").asDouble()));
        }
        if (forks.isEmpty() || !result.path("benchmark").isString()) {
            throw new IOException(file + " has an entry without a benchmark or a score");
        }
        Map<String, String> params = new LinkedHashMap<>();
        result.path("params")
                .properties()
                .forEach(param -> params.put(param.getKey(), param.getValue().asString()));
        JsonNode secondary = result.path("secondaryMetrics");
        Map<String, List<Double>> counters = new TreeMap<>();
        secondary.properties().forEach(counter -> {
            if (!PROFILER.matcher(counter.getKey()).matches()) {
                counters.put(counter.getKey(), means(counter.getValue()));
            }
        });
        return new Measurement(
                result.path("benchmark").asString(),
                result.path("mode").asString("avgt"),
                result.path("threads").asInt(1),
                params,
                metric.path("scoreUnit").asString(""),
                forks,
                means(secondary.path(ALLOCATION)),
                counters);
    }

    /** The mean of each fork. */
    private static List<Double> means(JsonNode metric) {
        List<Double> means = new ArrayList<>();
        for (JsonNode fork : metric.path("rawData")) {
            means.add(numbers(fork).stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElse(0));
        }
        return means;
    }

    private static List<Double> numbers(JsonNode array) {
        List<Double> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asDouble()));
        return values;
    }

    private static Map<String, Object> entry(Measurement measurement) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("benchmark", measurement.benchmark());
        entry.put("mode", measurement.mode());
        entry.put("threads", measurement.threads());
        entry.put("forks", measurement.forks().size());
        entry.put("measurementIterations", measurement.forks().getFirst().size());
        if (!measurement.params().isEmpty()) {
            entry.put("params", measurement.params());
        }
        entry.put("primaryMetric", metric(measurement.score().median(), measurement.unit(), measurement.forks()));
        Map<String, Object> secondary = new LinkedHashMap<>();
        if (!measurement.allocatedBytes().isEmpty()) {
            secondary.put(ALLOCATION, secondary(measurement.allocatedBytes(), "B/op"));
        }
        measurement.counters().forEach((name, forks) -> secondary.put(name, secondary(forks, measurement.unit())));
        entry.put("secondaryMetrics", secondary);
        return entry;
    }

    private static Map<String, Object> secondary(List<Double> forks, String unit) {
        double[] values = forks.stream().mapToDouble(Double::doubleValue).toArray();
        return metric(
                Spread.of(values).median(), unit, forks.stream().map(List::of).toList());
    }

    private static Map<String, Object> metric(double score, String unit, List<List<Double>> rawData) {
        double[] forks = rawData.stream()
                .mapToDouble(fork ->
                        fork.stream().mapToDouble(Double::doubleValue).average().orElse(score))
                .sorted()
                .toArray();
        Map<String, Object> metric = new LinkedHashMap<>();
        metric.put("score", score);
        metric.put("scoreError", (forks[forks.length - 1] - forks[0]) / 2);
        metric.put("scoreConfidence", List.of(forks[0], forks[forks.length - 1]));
        metric.put("scoreUnit", unit);
        metric.put("rawData", rawData);
        return metric;
    }
}
