package dev.casebook.benchmarks.jmh;

import dev.casebook.benchmarks.measure.RatioInterval;
import dev.casebook.benchmarks.measure.Spread;
import dev.casebook.benchmarks.report.BarChart;
import dev.casebook.benchmarks.report.Block;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.Prose;
import dev.casebook.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts measurements into tables with ratios and into charts. */
public final class BenchReport {
    private static final double CONFIDENCE = 0.95;

    private BenchReport() {}

    /** Ours beside its peers: one table and one chart per suite. */
    public static List<Block> blocks(List<Measurement> measurements, boolean quick) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(Prose.of(
                quick
                        ? "A --quick run: it shows that the benchmarks run; its figures prove nothing."
                        : "Medians over forks that took turns (smallest to largest). The ratio says how many times faster ours is"
                                + " than the peer, with its 95% confidence interval over the forks (Welch, on logarithms): above 1 ours is"
                                + " faster, and an interval that holds 1 decides nothing."));
        Map<String, List<Measurement>> suites = new LinkedHashMap<>();
        measurements.forEach(measurement -> suites.computeIfAbsent(measurement.suite(), key -> new ArrayList<>())
                .add(measurement));
        suites.forEach((suite, rows) -> {
            blocks.add(table(suite, rows));
            blocks.addAll(charts(suite, rows));
        });
        return blocks;
    }

    /** The same benchmarks in an older run and in this one. */
    public static Table comparison(List<Measurement> older, List<Measurement> newer) {
        Map<String, Measurement> before = new LinkedHashMap<>();
        older.forEach(measurement -> before.put(measurement.key(), measurement));
        Table.Builder table =
                Table.of("Against the older run", "benchmark", "then", "now", "speed now to then (95%)", "verdict");
        for (Measurement now : newer) {
            Measurement then = before.get(now.key());
            if (then == null) {
                table.row(label(now), "-", score(now.score()) + " " + now.unit(), "-", "new");
                continue;
            }
            RatioInterval speed = speed(now, then);
            String verdict = !speed.isConclusive() ? "no difference shown" : speed.low() > 1 ? "faster" : "slower";
            table.row(
                    label(now),
                    score(then.score()) + " " + then.unit(),
                    score(now.score()) + " " + now.unit(),
                    ratio(speed),
                    verdict);
        }
        return table.build();
    }

    /** How many times faster {@code one} is than {@code other}, whichever way their scores point. */
    static RatioInterval speed(Measurement one, Measurement other) {
        return one.isThroughput()
                ? RatioInterval.of(one.repetitions(), other.repetitions(), CONFIDENCE)
                : RatioInterval.of(other.repetitions(), one.repetitions(), CONFIDENCE);
    }

    private static Table table(String suite, List<Measurement> rows) {
        List<String> counters = rows.stream()
                .flatMap(row -> row.counters().keySet().stream())
                .distinct()
                .sorted()
                .toList();
        List<String> columns = new ArrayList<>(
                List.of("operation", "implementation", "score", "unit", "allocated", "ours is faster (95%)"));
        columns.addAll(counters);
        List<List<String>> cells = new ArrayList<>();
        groups(rows).forEach((group, members) -> {
            Optional<Measurement> ours =
                    members.stream().filter(Measurement::isOurs).findFirst();
            for (Measurement member : members) {
                String ratio = member.isOurs() || ours.isEmpty() ? "" : ratio(speed(ours.get(), member));
                List<String> row = new ArrayList<>(List.of(
                        group,
                        member.implementation(),
                        score(member.score()),
                        member.unit(),
                        member.allocatedBytes().isEmpty() ? "-" : allocated(member) + " B",
                        ratio));
                counters.forEach(counter -> row.add(
                        member.counters().containsKey(counter)
                                ? score(spread(member.counters().get(counter)))
                                : "-"));
                cells.add(row);
            }
        });
        return new Table(suite, columns, cells);
    }

    private static List<BarChart> charts(String suite, List<Measurement> rows) {
        // Scores in different units have no common axis.
        Map<String, List<BarChart.Group>> byUnit = new LinkedHashMap<>();
        groups(rows).forEach((group, members) -> {
            List<BarChart.Bar> bars = members.stream()
                    .map(member -> new BarChart.Bar(
                            member.implementation(),
                            member.score().median(),
                            member.score().min(),
                            member.score().max(),
                            member.isOurs()))
                    .toList();
            Measurement first = members.getFirst();
            String unit = first.unit() + (first.isThroughput() ? " (more is better)" : " (less is better)");
            byUnit.computeIfAbsent(unit, key -> new ArrayList<>()).add(new BarChart.Group(group, bars));
        });
        return byUnit.entrySet().stream()
                .map(chart -> BarChart.of(suite, chart.getKey(), chart.getValue()))
                .toList();
    }

    /** Rows by what they compare on, the group's name without the suite. */
    private static Map<String, List<Measurement>> groups(List<Measurement> rows) {
        Map<String, List<Measurement>> groups = new LinkedHashMap<>();
        for (Measurement row : rows) {
            String name = row.group().substring(row.suite().length()).strip();
            groups.computeIfAbsent(name, key -> new ArrayList<>()).add(row);
        }
        groups.values()
                .forEach(
                        members -> members.sort(java.util.Comparator.comparing((Measurement member) -> !member.isOurs())
                                .thenComparing(Measurement::implementation)));
        return groups;
    }

    private static String label(Measurement measurement) {
        String conditions = measurement.params().isEmpty() ? "" : " " + measurement.params();
        return measurement.suite() + "." + measurement.method() + conditions;
    }

    private static String score(Spread spread) {
        return Figures.number(spread.median()) + " (" + Figures.number(spread.min()) + " to "
                + Figures.number(spread.max()) + ")";
    }

    private static String ratio(RatioInterval ratio) {
        return Figures.ratio(ratio.ratio()) + " (" + Figures.ratio(ratio.low()) + " to " + Figures.ratio(ratio.high())
                + ")";
    }

    private static String allocated(Measurement measurement) {
        double median = spread(measurement.allocatedBytes()).median();
        // The profiler charges its own few bytes to long runs; less than one byte per operation is none.
        return median < 1 ? "0" : Figures.number(median);
    }

    private static Spread spread(List<Double> values) {
        return Spread.of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
