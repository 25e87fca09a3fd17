package dev.casebook.common.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.casebook.common.id.IdUnavailableException.Reason;
import dev.casebook.common.id.WorkerIdLease.Grant;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SnowflakeTest {
    private static final SnowflakeLayout LAYOUT = SnowflakeLayout.TWITTER;
    private static final int PER_MILLI = 4_096;

    private final SimulatedTime time = new SimulatedTime();

    @Test
    void anIdCarriesTimeNodeAndNumber() {
        Snowflake snowflake = snowflake(ClockRollbackPolicy.defaults());

        snowflake.next();
        long id = snowflake.next();

        assertThat(LAYOUT.unixMillisOf(id)).isEqualTo(SimulatedTime.START);
        assertThat(LAYOUT.nodeOf(id)).isEqualTo(5);
        assertThat(LAYOUT.sequenceOf(id)).isEqualTo(1);
        assertThat(id >>> 22).isEqualTo(SimulatedTime.START - 1_288_834_974_657L);
    }

    @Test
    void beyondTheCapIdsBorrowFromTheNextMillisecondsUpToTheLimitThenPark() {
        Snowflake snowflake = snowflake(new ClockRollbackPolicy(2, 1_000));

        issue(snowflake, 3 * PER_MILLI);
        assertThat(time.parks()).isZero();
        long last = snowflake.next();

        assertThat(time.parks()).isEqualTo(1);
        assertThat(LAYOUT.unixMillisOf(last)).isEqualTo(SimulatedTime.START + 3);
        assertThat(time.millis()).isEqualTo(SimulatedTime.START + 3 - 1); // half of what may be borrowed is free again
    }

    @Test
    void strictPolicyWaitsAtTheCapAndIsNeverAheadOfTheClock() {
        Snowflake snowflake = snowflake(ClockRollbackPolicy.strict());
        time.advance(Duration.ofNanos(300_000)); // the wait is for the rest of the millisecond, not for a whole one

        for (int i = 0; i <= 5 * PER_MILLI; i++) {
            assertThat(LAYOUT.unixMillisOf(snowflake.next())).isEqualTo(time.millis());
        }

        assertThat(time.parks()).isEqualTo(5);
        assertThat(time.instant()).isEqualTo(Instant.ofEpochMilli(SimulatedTime.START + 5));
    }

    @Test
    void clockSetBackWithinToleranceUsesUpTheLastMillisecondThenWaitsForTheClock() {
        Snowflake snowflake = snowflake(new ClockRollbackPolicy(10, 5_000));
        long before = snowflake.next();
        time.set(Duration.ofSeconds(-5));

        Set<Long> ids = issue(snowflake, PER_MILLI - 1);
        assertThat(time.parks()).isZero();
        assertThat(ids).allMatch(id -> id > before && LAYOUT.unixMillisOf(id) == SimulatedTime.START);

        long after = snowflake.next();
        assertThat(LAYOUT.unixMillisOf(after)).isEqualTo(SimulatedTime.START + 1);
        assertThat(time.millis()).isEqualTo(SimulatedTime.START + 1 - 5);
    }

    @Test
    void clockSetBackBeyondToleranceIsAnErrorThatSaysForHowLong() {
        Snowflake snowflake = snowflake(ClockRollbackPolicy.defaults());
        long before = snowflake.next();
        time.set(Duration.ofSeconds(-5));

        assertRefused(snowflake::next, Reason.CLOCK_ROLLED_BACK, "the clock is 5000 ms behind the last id", 4_000);
        time.advance(Duration.ofSeconds(3));
        assertRefused(snowflake::next, Reason.CLOCK_ROLLED_BACK, "2000 ms behind", 1_000);
        time.advance(Duration.ofSeconds(1));

        assertThat(snowflake.next()).isGreaterThan(before);
    }

    @Test
    void failedCallsDoNotUseUpIds() {
        Snowflake snowflake = snowflake(ClockRollbackPolicy.defaults());
        long before = snowflake.next();
        time.set(Duration.ofSeconds(-5));
        for (int i = 0; i < 2 * PER_MILLI; i++) {
            assertThatExceptionOfType(IdUnavailableException.class).isThrownBy(snowflake::next);
        }
        time.set(Duration.ofSeconds(5));

        assertThat(snowflake.next()).isEqualTo(before + 1);
    }

    /** An hour forward and back on a bare clock: no duplicate, but an hour of errors, which is why there is SteadyClock. */
    @Test
    void hourForwardAndBackOnABareClockIsRefusedUntilTheHourIsOver() {
        Snowflake snowflake = snowflake(ClockRollbackPolicy.defaults());
        Set<Long> ids = issue(snowflake, 100);
        time.set(Duration.ofHours(1));
        ids.addAll(issue(snowflake, 100));
        time.set(Duration.ofHours(-1));

        assertRefused(snowflake::next, Reason.CLOCK_ROLLED_BACK, "3600000 ms behind", 3_599_000);
        time.advance(Duration.ofHours(1));
        ids.addAll(issue(snowflake, 100));

        assertThat(ids).hasSize(300);
    }

    @Test
    void hourForwardAndBackOnASteadyClockLeavesNoTrace() {
        SteadyClock steady = new SteadyClock(time, time, Duration.ofSeconds(1), Duration.ofMinutes(5));
        Snowflake snowflake = snowflake(ClockRollbackPolicy.defaults(), steady);
        Set<Long> ids = issue(snowflake, 100);

        time.advance(Duration.ofMillis(250)).set(Duration.ofHours(1));
        ids.addAll(issue(snowflake, 100));
        time.advance(Duration.ofMillis(250)).set(Duration.ofHours(-1));
        ids.addAll(issue(snowflake, 100));

        assertThat(ids).hasSize(300);
        assertThat(ids).allMatch(id -> LAYOUT.unixMillisOf(id) - SimulatedTime.START <= 500);
    }

    @Test
    void stuckClockIsAnErrorOnceTheIdsItAllowsAreUsedUp() {
        Snowflake snowflake = snowflake(ClockRollbackPolicy.defaults());
        time.stick();

        issue(snowflake, 11 * PER_MILLI); // the present millisecond and the ten that may be borrowed

        assertRefused(snowflake::next, Reason.CLOCK_STALLED, "stood still at 2026-11-21T12:00:00Z", 1_000);
    }

    @Test
    void interruptedCallerStillParksAndStaysInterrupted() {
        Snowflake snowflake = snowflake(ClockRollbackPolicy.strict());
        issue(snowflake, PER_MILLI);

        Thread.currentThread().interrupt();
        snowflake.next();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(time.parks()).isEqualTo(1);
    }

    @Test
    void clockBeforeTheEpochIsRefused() {
        Snowflake snowflake = snowflake(ClockRollbackPolicy.defaults());
        time.set(Duration.ofDays(-365 * 20));

        assertRefused(snowflake::next, Reason.CLOCK_OUT_OF_RANGE, "before the epoch 2010-11-04T01:42:54.657Z", 1_000);
    }

    @Test
    void layoutWhoseTimeHasRunOutIsRefused() {
        Snowflake snowflake = snowflake(ClockRollbackPolicy.defaults());
        time.set(Duration.ofDays(365 * 70));

        assertRefused(snowflake::next, Reason.CLOCK_OUT_OF_RANGE, "41 bits of 1 ms since 2010-11-04", 86_400_000);
    }

    @Test
    void idsStayInsideTheWindowOfTheLease() {
        Grant[] grant = {new Grant(5, 1, SimulatedTime.START + 3, SimulatedTime.START + 100)};
        Snowflake snowflake =
                new Snowflake(LAYOUT, () -> grant[0], ClockRollbackPolicy.defaults(), time, time, tick -> 0);

        assertThat(LAYOUT.unixMillisOf(snowflake.next())).isEqualTo(SimulatedTime.START + 4);
        time.advance(Duration.ofMillis(101));
        assertRefused(
                snowflake::next,
                Reason.WORKER_ID_NOT_HELD,
                "the lease of worker id 5 allows no timestamp beyond",
                1_000);

        grant[0] = Grant.NONE;
        assertRefused(snowflake::next, Reason.WORKER_ID_NOT_HELD, "no worker id is leased", 1_000);

        grant[0] = new Grant(6, 1, -1, SimulatedTime.START + 200);
        long id = snowflake.next();
        assertThat(LAYOUT.nodeOf(id)).isEqualTo(6);
        assertThat(LAYOUT.unixMillisOf(id)).isEqualTo(SimulatedTime.START + 101);
    }

    @Test
    void clockFarBehindTheFormerHolderIsAnError() {
        Grant grant = new Grant(5, 2, SimulatedTime.START + 5_000, SimulatedTime.START + 30_000);
        Snowflake snowflake = new Snowflake(LAYOUT, () -> grant, ClockRollbackPolicy.defaults(), time, time, tick -> 0);

        assertRefused(snowflake::next, Reason.CLOCK_ROLLED_BACK, "5000 ms behind", 4_000);
    }

    @Test
    void stoppedGeneratorSaysWhereItsSuccessorMayGoOn() {
        Snowflake snowflake = snowflake(ClockRollbackPolicy.defaults());
        issue(snowflake, PER_MILLI + 1);

        assertThat(snowflake.stop()).isEqualTo(SimulatedTime.START + 1);
        assertRefused(snowflake::next, Reason.STOPPED, "stopped", 0);
        assertRefused(snowflake::stop, Reason.STOPPED, "stopped", 0);
        assertThat(snowflake(ClockRollbackPolicy.defaults()).stop()).isEqualTo(-1);
    }

    @Test
    void sonyflakeCountsTensOfMillisecondsAndHasItsNodeLast() {
        SnowflakeLayout layout = SnowflakeLayout.SONYFLAKE;
        Snowflake snowflake = new Snowflake(
                layout, WorkerIdLease.permanent(65_535), ClockRollbackPolicy.strict(), time, time, tick -> 0);
        Set<Long> ids = new HashSet<>();

        for (int i = 0; i < 10 * 256; i++) {
            long id = snowflake.next();
            ids.add(id);
            assertThat(id & 0xFFFF).isEqualTo(65_535);
            assertThat((id >>> 16) & 0xFF).isEqualTo(i % 256);
            assertThat(id >>> 24).isEqualTo((time.millis() - 1_409_529_600_000L) / 10);
            assertThat(layout.unixMillisOf(id)).isEqualTo(time.millis());
        }

        assertThat(ids).hasSize(2_560);
        assertThat(time.millis()).isEqualTo(SimulatedTime.START + 90);
        assertThat(snowflake.stop()).isEqualTo(SimulatedTime.START + 99);
    }

    private Snowflake snowflake(ClockRollbackPolicy policy) {
        return snowflake(policy, time);
    }

    private Snowflake snowflake(ClockRollbackPolicy policy, InstantSource clock) {
        return new Snowflake(LAYOUT, WorkerIdLease.permanent(5), policy, clock, time, tick -> 0);
    }

    private static Set<Long> issue(Snowflake snowflake, int count) {
        Set<Long> ids = new HashSet<>();
        long last = Long.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            long id = snowflake.next();
            assertThat(id).isGreaterThan(last);
            last = id;
            ids.add(id);
        }
        return ids;
    }

    private static void assertRefused(ThrowingCallable call, Reason reason, String message, long retryAfterMillis) {
        assertThatExceptionOfType(IdUnavailableException.class)
                .isThrownBy(call)
                .withMessageContaining(message)
                .satisfies(e -> {
                    assertThat(e.reason()).isEqualTo(reason);
                    assertThat(e.retryAfter().toMillis()).isEqualTo(retryAfterMillis);
                });
    }
}
