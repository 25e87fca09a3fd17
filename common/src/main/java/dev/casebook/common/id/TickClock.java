package dev.casebook.common.id;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock in the ticks of an id layout together with the judgement of {@link ClockRollbackPolicy}. Stateless but for its
 * parts, so as thread-safe as the clock given.
 *
 * <p>Rule for callers: read the state of the generator BEFORE the clock. The state's timestamp comes from an earlier reading, so
 * a later one is behind it only if the clock was set back. The other way round a thread that is descheduled between the two
 * would take its own delay for a rollback.
 */
final class TickClock {
    /** How long a clock may stand still, beyond the policy's tolerance, before it counts as stalled. Coarse clocks tick every 16 ms. */
    private static final long STALL_MILLIS = 100;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final InstantSource clock;
    private final Waiting waiting;
    private final long epochMillis;
    private final int tickMillis;
    private final long borrowTicks;
    private final long toleranceTicks;
    private final ClockRollbackPolicy policy;

    TickClock(InstantSource clock, Waiting waiting, long epochMillis, int tickMillis, ClockRollbackPolicy policy) {
        this.clock = clock;
        this.waiting = waiting;
        this.epochMillis = epochMillis;
        this.tickMillis = tickMillis;
        this.policy = policy;
        this.borrowTicks = policy.borrowMillis() / tickMillis;
        this.toleranceTicks = Math.ceilDiv(policy.toleranceMillis(), tickMillis);
    }

    /** The tick that is now; negative before the epoch. */
    long now() {
        return tickOf(clock.millis());
    }

    /** The tick that a Unix time falls into. */
    long tickOf(long unixMillis) {
        long millis = unixMillis - epochMillis;
        return tickMillis == 1 ? millis : Math.floorDiv(millis, tickMillis);
    }

    /** Whether an id of {@code tick} may be issued at {@code now} when the last one had {@code last}. */
    boolean admits(long tick, long last, long now) {
        long ahead = tick - now;
        return ahead <= borrowTicks || (tick == last && ahead <= toleranceTicks);
    }

    /**
     * Parks until an id of {@code tick} is at most half of what may be borrowed ahead of the clock. Waking as soon as one tick
     * is free would mean a wake-up of every caller for every tick, which costs more than making the ids.
     *
     * @param last tick of the last id; what a rollback is measured against
     * @throws IdUnavailableException if the clock is or falls further behind {@code last} than tolerated, or stands still
     */
    void await(long tick, long last) {
        long wanted = tick - borrowTicks / 2;
        long latest = Long.MIN_VALUE;
        long latestNanos = 0;
        boolean interrupted = false;
        try {
            for (long now = now(); now < wanted; now = now()) {
                if (now < 0) {
                    throw beforeEpoch();
                }
                if (last - now > toleranceTicks) {
                    throw rolledBack(last - now);
                }
                if (now > latest) {
                    latest = now;
                    latestNanos = waiting.nanoTime();
                } else if (waiting.nanoTime() - latestNanos > stallNanos()) {
                    throw stalled();
                }
                waiting.parkNanos(nanosUntil(wanted));
                interrupted |= Thread.interrupted(); // or the next park would return at once, and the loop would spin
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private long nanosUntil(long tick) {
        Instant start = Instant.ofEpochMilli(epochMillis + tick * tickMillis);
        long nanos = clock.instant().until(start).toNanos();
        return Math.clamp(nanos, 1, (policy.toleranceMillis() + (long) tickMillis) * NANOS_PER_MILLI);
    }

    private long stallNanos() {
        return (policy.toleranceMillis() + STALL_MILLIS) * NANOS_PER_MILLI;
    }

    private IdUnavailableException beforeEpoch() {
        return new IdUnavailableException(
                IdUnavailableException.Reason.CLOCK_OUT_OF_RANGE,
                Duration.ofSeconds(1),
                "the clock is at " + clock.instant() + ", before the epoch " + Instant.ofEpochMilli(epochMillis));
    }

    private IdUnavailableException rolledBack(long behindTicks) {
        long behindMillis = behindTicks * tickMillis;
        Duration retryAfter = Duration.ofMillis(behindMillis - policy.toleranceMillis());
        return new IdUnavailableException(
                IdUnavailableException.Reason.CLOCK_ROLLED_BACK,
                retryAfter,
                "the clock is " + behindMillis + " ms behind the last id, tolerated are " + policy.toleranceMillis()
                        + " ms: no ids for another " + retryAfter.toMillis() + " ms, or until the clock is corrected");
    }

    private IdUnavailableException stalled() {
        return new IdUnavailableException(
                IdUnavailableException.Reason.CLOCK_STALLED,
                Duration.ofSeconds(1),
                "the clock has stood still at " + clock.instant() + " for more than " + stallNanos() / NANOS_PER_MILLI
                        + " ms while the ids of its tick are used up");
    }
}
