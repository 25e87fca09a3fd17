package dev.casebook.benchmarks.lab;

import dev.casebook.benchmarks.measure.RatioInterval;
import dev.casebook.benchmarks.measure.Spread;
import dev.casebook.benchmarks.report.BarChart;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What {@link Rounds} measured: for each contender one sample of every metric per round.
 *
 * @param samples by contender, in the order in which they were added, then by round
 */
public record RoundResults(Map<String, List<Map<String, Double>>> samples) {
    private static final double CONFIDENCE = 0.95;

    /** The metric's values, one per round. */
    public double[] values(String contender, String metric) {
        List<Map<String, Double>> rounds = samples.get(contender);
        if (rounds == null) {
            throw new IllegalArgumentException("no contender has the name " + contender + ", only " + samples.keySet());
        }
        return rounds.stream()
                .mapToDouble(round -> {
                    Double value = round.get(metric);
                    if (value == null) {
                        throw new IllegalArgumentException("no metric " + metric + " in " + round.keySet());
                    }
                    return value;
                })
                .toArray();
    }

    /** Median and extremes over the rounds. */
    public Spread spread(String contender, String metric) {
        return Spread.of(values(contender, metric));
    }

    /** How many times the baseline's value the contender's is. */
    public RatioInterval ratio(String contender, String baseline, String metric) {
        return RatioInterval.of(values(contender, metric), values(baseline, metric), CONFIDENCE);
    }

    /**
     * Medians with spread, a row per contender; a dash where no round of a contender has the metric, since it does not apply to it.
     *
     * @param baseline the last column gives the first metric as a multiple of this contender's
     * @param metrics the metric by the heading of its column
     */
    public Table table(String title, String baseline, Map<String, String> metrics) {
        String first = metrics.values().iterator().next();
        List<String> columns = new ArrayList<>();
        columns.add("");
        columns.addAll(metrics.keySet());
        columns.add("ratio to " + baseline + " (95%)");
        List<List<String>> rows = new ArrayList<>();
        for (String contender : samples.keySet()) {
            List<String> row = new ArrayList<>();
            row.add(contender);
            metrics.values().forEach(metric -> row.add(cell(contender, metric)));
            if (contender.equals(baseline)) {
                row.add("1");
            } else {
                RatioInterval ratio = ratio(contender, baseline, first);
                row.add(Figures.ratio(ratio.ratio()) + " (" + Figures.ratio(ratio.low()) + " to "
                        + Figures.ratio(ratio.high()) + ")");
            }
            rows.add(row);
        }
        return new Table(title, columns, rows);
    }

    private String cell(String contender, String metric) {
        if (Objects.requireNonNull(samples.get(contender)).stream().noneMatch(round -> round.containsKey(metric))) {
            return "–";
        }
        Spread spread = spread(contender, metric);
        return Figures.number(spread.median()) + " (" + Figures.number(spread.min()) + " to "
                + Figures.number(spread.max()) + ")";
    }

    /** One bar per contender with the range over the rounds; contenders whose name begins with {@code ours} are ours. */
    public BarChart chart(String title, String unit, String metric, String ours) {
        List<BarChart.Bar> bars = samples.keySet().stream()
                .map(contender -> {
                    Spread spread = spread(contender, metric);
                    return new BarChart.Bar(
                            contender, spread.median(), spread.min(), spread.max(), contender.startsWith(ours));
                })
                .toList();
        return BarChart.ofBars(title, unit, bars);
    }

    /** For {@link LabResult.Builder#data}. */
    public Map<String, Object> data() {
        return new LinkedHashMap<>(samples);
    }
}
