package dev.casebook.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void medianOfAnOddNumberIsTheMiddleOne() {
        assertThat(Spread.of(9, 1, 5)).isEqualTo(new Spread(5, 1, 9, 3));
    }

    @Test
    void medianOfAnEvenNumberIsHalfwayBetweenTheMiddleTwo() {
        assertThat(Spread.of(4, 1, 3, 100)).isEqualTo(new Spread(3.5, 1, 100, 4));
    }

    @Test
    void oneDisturbedRepetitionDoesNotMoveTheMedian() {
        assertThat(Spread.of(10, 10.2, 9.9, 10.1, 500).median()).isEqualTo(10.1);
    }

    @Test
    void relativeSpreadIsHalfTheRangeOverTheMedian() {
        assertThat(Spread.of(90, 100, 110).relative()).isEqualTo(0.1);
    }

    @Test
    void refusesNothingAndNotANumber() {
        assertThatIllegalArgumentException().isThrownBy(Spread::of);
        assertThatIllegalArgumentException().isThrownBy(() -> Spread.of(1, Double.NaN));
    }
}
