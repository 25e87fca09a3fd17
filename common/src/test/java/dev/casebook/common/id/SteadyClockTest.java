package dev.casebook.common.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
    private static final Duration JUMP = Duration.ofSeconds(1);
    private static final Duration TRUST_AFTER = Duration.ofMinutes(5);
    private static final Duration HOUR = Duration.ofHours(1);

    private final SimulatedTime time = new SimulatedTime();
    private final SteadyClock steady = new SteadyClock(time, time, JUMP, TRUST_AFTER);

    @Test
    void followsTheWallClockWhateverTheTimeBetweenReadings() {
        for (Duration pause : new Duration[] {Duration.ZERO, Duration.ofMillis(3), JUMP, HOUR, Duration.ofDays(40)}) {
            time.advance(pause);
            assertThat(steady.instant()).isEqualTo(time.instant());
            assertThat(steady.millis()).isEqualTo(time.millis());
        }
    }

    @Test
    void smallCorrectionsInBothDirectionsPass() {
        time.set(Duration.ofMillis(900));
        assertThat(steady.millis()).isEqualTo(SimulatedTime.START + 900);
        time.set(Duration.ofSeconds(-5));
        assertThat(steady.millis()).isEqualTo(SimulatedTime.START - 4_100);
    }

    @Test
    void jumpForwardIsDoubtedWhileTimeGoesOn() {
        time.set(HOUR);
        assertThat(steady.millis()).isEqualTo(SimulatedTime.START);
        time.advance(Duration.ofMinutes(4));

        assertThat(steady.millis()).isEqualTo(SimulatedTime.START + 240_000);
        assertThat(steady.instant().toEpochMilli()).isEqualTo(SimulatedTime.START + 240_000);
    }

    @Test
    void jumpThatIsTakenBackLeavesNoTrace() {
        time.set(HOUR);
        steady.millis();
        time.advance(Duration.ofMinutes(1)).set(HOUR.negated());

        assertThat(steady.millis()).isEqualTo(SimulatedTime.START + 60_000);
    }

    @Test
    void jumpThatLastsIsBelieved() {
        time.set(HOUR);
        steady.millis();
        time.advance(TRUST_AFTER);

        assertThat(steady.millis()).isEqualTo(time.millis());
        time.advance(Duration.ofSeconds(10));
        assertThat(steady.millis()).isEqualTo(time.millis());
    }

    @Test
    void eachJumpIsDoubtedForItsOwnTime() {
        time.set(HOUR);
        steady.millis();
        time.advance(Duration.ofMinutes(3)).set(HOUR.negated());
        steady.millis();
        time.advance(Duration.ofMinutes(1)).set(HOUR);
        steady.millis();
        time.advance(Duration.ofMinutes(3));

        assertThat(steady.millis()).isEqualTo(SimulatedTime.START + 7 * 60_000);
    }

    @Test
    void badArgumentsAreRefused() {
        assertThatThrownBy(() -> new SteadyClock(time, time, Duration.ofMillis(99), TRUST_AFTER))
                .hasMessageContaining("jump=");
        assertThatThrownBy(() -> new SteadyClock(time, time, JUMP, Duration.ZERO))
                .hasMessageContaining("trustAfter=");
    }
}
