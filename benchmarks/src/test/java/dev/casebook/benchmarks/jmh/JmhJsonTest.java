package dev.casebook.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.benchmarks.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class JmhJsonTest {
    /** As JMH 1.37 writes it with {@code -prof gc -rf json}, shortened. */
    private static final String OF_JMH = """
            [{"jmhVersion": "1.37", "benchmark": "a.IdBenchmark.casebookNext", "mode": "thrpt", "threads": 4, "forks": 2,
              "params": {"clock": "system"},
              "primaryMetric": {"score": 4095.0, "scoreUnit": "ops/ms", "rawData": [[4090.0, 4100.0], [4095.0, 4095.0]]},
              "secondaryMetrics": {
                "cpuNanos": {"score": 250000.0, "scoreUnit": "ops/ms", "rawData": [[200000.0, 220000.0], [290000.0, 290000.0]]},
                "gc.alloc.rate": {"score": 0.1, "scoreUnit": "MB/sec", "rawData": [[0.1, 0.1], [0.1, 0.1]]},
                "gc.alloc.rate.norm": {"score": 24.0, "scoreUnit": "B/op", "rawData": [[24.0, 24.0], [24.0, 26.0]]}}}]
            """;

    @TempDir
    Path folder;

    @Test
    void readsScoresAllocationAndCountersOfJmhAndWritesThemAgain() throws Exception {
        Measurement measurement = read(OF_JMH).getFirst();

        assertThat(measurement.repetitions()).containsExactly(4095, 4095);
        assertThat(measurement.allocatedBytes()).containsExactly(24.0, 25.0);
        assertThat(measurement.counters()).isEqualTo(Map.of("cpuNanos", List.of(210_000.0, 290_000.0)));
        assertThat(measurement.group()).isEqualTo("IdBenchmark next (clock=system, 4 threads)");
        assertThat(read(JsonMapper.shared().writeValueAsString(JmhJson.entries(List.of(measurement)))))
                .containsExactly(measurement);
    }

    @Test
    void aCounterHasAColumnOfItsOwn() throws Exception {
        Table table = BenchReport.blocks(read(OF_JMH), false).stream()
                .filter(Table.class::isInstance)
                .map(Table.class::cast)
                .findFirst()
                .orElseThrow();

        assertThat(table.columns()).endsWith("ours is faster (95%)", "cpuNanos");
        assertThat(table.rows().getFirst()).endsWith("250,000 (210,000 to 290,000)");
    }

    @Test
    void namesAFileThatHoldsNoResults() {
        assertThatThrownBy(() -> read("{\"data\": {}}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("results.json")
                .hasMessageContaining("neither");
    }

    private List<Measurement> read(String json) throws IOException {
        return JmhJson.read(Files.writeString(folder.resolve("results.json"), json));
    }
}
