package dev.casebook.benchmarks.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.casebook.benchmarks.report.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private final List<String> order = new ArrayList<>();

    @Test
    void theOrderRotatesFromRoundToRound() throws Exception {
        new Rounds(3, text -> {})
                .contender("a", trial("a", 1))
                .contender("b", trial("b", 1))
                .contender("c", trial("c", 1))
                .run();

        assertThat(order).containsExactly("a", "b", "c", "b", "c", "a", "c", "a", "b");
    }

    @Test
    void warmUpIsRunAndThrownAway() throws Exception {
        RoundResults results = new Rounds(2, text -> {})
                .warmUp(2)
                .contender("a", round -> Map.of("time", round < 0 ? 1e9 : 5.0))
                .run();

        assertThat(results.values("a", "time")).containsExactly(5, 5);
    }

    @Test
    void ratiosAndTableComeFromTheSamples() throws Exception {
        RoundResults results = new Rounds(3, text -> {})
                .contender("peer", round -> Map.of("cpu", 10.0 + round))
                .contender("casebook", round -> Map.of("cpu", 20.0 + 2 * round))
                .run();

        assertThat(results.ratio("casebook", "peer", "cpu").ratio()).isEqualTo(2);
        assertThat(results.spread("peer", "cpu").max()).isEqualTo(12);
        Map<String, String> metrics = new LinkedHashMap<>();
        metrics.put("CPU, µs", "cpu");
        Table table = results.table("", "peer", metrics);
        assertThat(table.rows().get(0)).containsExactly("peer", "11 (10 to 12)", "1");
        assertThat(table.rows().get(1)).startsWith("casebook", "22 (20 to 24)");
        assertThat(results.chart("t", "u", "cpu", "casebook")
                        .groups()
                        .getFirst()
                        .bars()
                        .get(1)
                        .ours())
                .isTrue();
    }

    @Test
    void whatDoesNotApplyIsADashAndWhatIsMissingInOneRoundAnError() throws Exception {
        RoundResults results = new Rounds(2, text -> {})
                .contender("casebook", round -> Map.of("cpu", 1.0, "lag", 2.0))
                .contender("without", round -> Map.of("cpu", 1.0))
                .contender("once", round -> round == 0 ? Map.of("cpu", 1.0, "lag", 2.0) : Map.of("cpu", 1.0))
                .run();
        Map<String, String> metrics = new LinkedHashMap<>();
        metrics.put("CPU", "cpu");

        assertThat(results.table("", "casebook", metrics).rows()).hasSize(3);
        metrics.put("lag", "lag");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> results.table("", "casebook", metrics))
                .withMessageContaining("lag");
        RoundResults whole = new Rounds(2, text -> {})
                .contender("casebook", round -> Map.of("cpu", 1.0, "lag", 2.0))
                .contender("without", round -> Map.of("cpu", 1.0))
                .run();
        assertThat(whole.table("", "casebook", metrics).rows().get(1)).startsWith("without", "1 (1 to 1)", "–");
    }

    @Test
    void aFailedTrialFailsTheComparison() {
        Rounds rounds = new Rounds(1, text -> {}).contender("a", round -> {
            throw new IOException("peer died");
        });

        Assertions.assertThatThrownBy(rounds::run)
                .isInstanceOf(IOException.class)
                .hasMessage("peer died");
    }

    @Test
    void twoContendersOfOneNameAreRefused() {
        Rounds rounds = new Rounds(1, text -> {}).contender("a", trial("a", 1));

        assertThatIllegalArgumentException().isThrownBy(() -> rounds.contender("a", trial("a", 1)));
    }

    private Rounds.Trial trial(String name, double value) {
        return round -> {
            order.add(name);
            return Map.of("value", value);
        };
    }
}
