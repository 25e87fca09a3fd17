package dev.casebook.benchmarks.urlshortener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.casebook.benchmarks.lab.RoundResults;
import dev.casebook.benchmarks.load.LoadPlan;
import dev.casebook.benchmarks.load.LoadResult;
import dev.casebook.benchmarks.report.Table;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class PacedLatencyTest {
    /** Of three digits. */
    private static final double EXACTNESS = 0.01;

    @Test
    void aRunIsKeptInMillisecondsWithTheDriversLatenessApart() {
        LoadResult run = run(micros(98, 300, 2, 8_000), micros(98, 50, 2, 2_000), micros(98, 1, 2, 700));

        Map<String, Double> sample = PacedLatency.sample(run);

        assertThat(sample.get("p50")).isCloseTo(0.3, within(EXACTNESS));
        assertThat(sample.get("p99")).isCloseTo(8, within(EXACTNESS));
        assertThat(sample.get("late")).isCloseTo(2, within(EXACTNESS));
        assertThat(sample.get("connectionWait")).isCloseTo(0.7, within(EXACTNESS));
    }

    @Test
    void theTableHasAColumnForEachContendersShareOfTheDriversLateness() {
        RoundResults results = results();

        Table table = results.table("title", "b: nginx", PacedLatency.headings(3_000));

        assertThat(table.columns())
                .containsSubsequence("p50 ms at 3,000/s", "p99 ms", "p99 ms of the driver's own lateness");
        assertThat(table.rows())
                .extracting(row -> row.subList(2, 4))
                .containsExactly(List.of("8 (7 to 9)", "1 (1 to 1)"), List.of("5 (4 to 6)", "4 (4 to 4)"));
    }

    @Test
    void aSentenceSetsThePercentileBesideTheLateness() {
        assertThat(PacedLatency.whoIsLate(results(), "a: ours"))
                .startsWith("p99 of a: ours: 8 (7 to 9) ms")
                .endsWith("1 (1 to 1) ms.");
    }

    private static RoundResults results() {
        return new RoundResults(new TreeMap<>(Map.of(
                "a: ours", List.of(round(7, 1), round(8, 1), round(9, 1)),
                "b: nginx", List.of(round(4, 4), round(5, 4), round(6, 4)))));
    }

    private static Map<String, Double> round(double p99, double late) {
        return Map.of("p50", 0.5, "p99", p99, "late", late);
    }

    private static LoadResult run(Histogram latency, Histogram lateness, Histogram connectionWait) {
        return new LoadResult(
                new LoadPlan(3_000, Duration.ZERO, Duration.ofSeconds(1)),
                3_000,
                3_000,
                3_000,
                Map.of(),
                latency,
                Map.of(),
                lateness,
                connectionWait,
                List.of(),
                OptionalDouble.empty());
    }

    private static Histogram micros(long firstCount, long firstMicros, long secondCount, long secondMicros) {
        Histogram histogram = new Histogram(3);
        histogram.recordValueWithCount(TimeUnit.MICROSECONDS.toNanos(firstMicros), firstCount);
        histogram.recordValueWithCount(TimeUnit.MICROSECONDS.toNanos(secondMicros), secondCount);
        return histogram;
    }
}
