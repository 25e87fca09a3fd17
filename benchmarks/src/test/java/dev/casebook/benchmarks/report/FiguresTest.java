package dev.casebook.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void numbersHaveThreeSignificantDigits() {
        assertThat(List.of(
                        Figures.number(0),
                        Figures.number(0.012345),
                        Figures.number(1.0),
                        Figures.number(99.96),
                        Figures.number(123_456.7),
                        Figures.number(3e-9),
                        Figures.number(Double.NaN)))
                .containsExactly("0", "0.0123", "1", "100", "123,457", "3.00e-09", "-");
    }

    @Test
    void nanosecondsGetTheUnitThatFits() {
        assertThat(List.of(Figures.nanos(412), Figures.nanos(13_720), Figures.nanos(2.4e6), Figures.nanos(1.5e9)))
                .containsExactly("412 ns", "13.7 µs", "2.4 ms", "1.5 s");
    }

    @Test
    void durationsReadAsPeopleSayThem() {
        assertThat(List.of(
                        Figures.duration(Duration.ofSeconds(45)),
                        Figures.duration(Duration.ofSeconds(200)),
                        Figures.duration(Duration.ofMinutes(65))))
                .containsExactly("45 s", "3 min 20 s", "1 h 5 min");
    }

    @Test
    void ticksAreRoundAndInsideTheAxis() {
        assertThat(Scaling.round(3, 97, 0, 100, Axis.Scale.LINEAR).ticks())
                .extracting(Axis.Tick::label)
                .containsExactly("0", "20", "40", "60", "80", "100");
        assertThat(Scaling.round(0.3, 4000, 0, 100, Axis.Scale.LOGARITHMIC).ticks())
                .extracting(Axis.Tick::label)
                .containsExactly("1", "10", "100", "1000");
        assertThat(Scaling.round(30, 180, 0, 100, Axis.Scale.LOGARITHMIC).ticks())
                .extracting(Axis.Tick::label)
                .containsExactly("20", "50", "100", "200");
    }
}
