package dev.casebook.common.id;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;

/**
 * The one state of a generator whose ids are (tick, number within the tick): both in one long, {@code tick << bits | number}, that
 * only ever grows. Uniqueness and order are then one property of one variable and need no argument about clocks.
 *
 * <p>The next stamp is {@code max(state + 1, start of the present tick)}, as in hybrid logical clocks (Kulkarni et al. 2014):
 * when the clock has not moved on, or was set back, the number counts up; when the numbers of a tick are used up, adding one
 * carries into the tick, which borrows from the next one. Whether a stamp ahead of the clock may be issued is for
 * {@link TickClock} to say.
 *
 * <p>Lock-free: each call ends with one compare-and-set that wins, or fails because another call won. Callers that must wait
 * for the clock park outside of it, holding nothing.
 */
final class TimeSequence {
    /** Answer of {@link #next} when the stamp would be beyond the highest tick that the caller may use. */
    static final long BEYOND_LAST_TICK = -1;

    /** Final state: no stamp follows it. */
    private static final long STOPPED = Long.MAX_VALUE;

    /** The longest spell of backing off: 64 pauses, about a microsecond. */
    private static final int BACK_OFF_SHIFT_MAX = 6;

    private static final long NEVER = -1;

    private final TickClock clock;
    private final int bits;
    private final LongUnaryOperator firstNumber;
    private final AtomicLong state = new AtomicLong(NEVER);

    /**
     * A sequence that has issued nothing.
     *
     * @param bits of the number within a tick
     * @param firstNumber the number to begin a tick with, below {@code 1 << bits}
     */
    TimeSequence(TickClock clock, int bits, LongUnaryOperator firstNumber) {
        this.clock = clock;
        this.bits = bits;
        this.firstNumber = firstNumber;
    }

    /**
     * Issues a stamp, greater than all before.
     *
     * @param afterTick the stamp's tick will be greater than this
     * @param lastTick the highest tick that the caller may use
     * @return the stamp, or {@link #BEYOND_LAST_TICK}
     * @throws IdUnavailableException if the clock is behind beyond tolerance, or stalled, or the sequence is stopped
     */
    long next(long afterTick, long lastTick) {
        for (int lost = 0; ; ) {
            long seen = state.get();
            if (seen == STOPPED) {
                throw stopped();
            }
            long last = Math.max(seen, ((afterTick + 1) << bits) - 1);
            long now = clock.now();
            long present = now << bits;
            long stamp = last < present ? present | firstNumber.applyAsLong(now) : last + 1;
            long tick = stamp >>> bits;
            if (tick > lastTick) {
                return BEYOND_LAST_TICK;
            }
            if (!clock.admits(tick, last >> bits, now)) {
                clock.await(tick, last >> bits);
            } else if (state.compareAndSet(seen, stamp)) {
                return stamp;
            } else {
                backOff(++lost);
            }
        }
    }

    /**
     * Leaves the cache line to the winner for a moment that doubles with each loss in a row. Two cores that fight for it at every
     * id spend ten times the CPU time of one that issues a run of ids.
     */
    private static void backOff(int lost) {
        for (int spins = 1 << Math.min(lost, BACK_OFF_SHIFT_MAX); spins > 0; spins--) {
            Thread.onSpinWait();
        }
    }

    /**
     * Ends the sequence: no call issues a stamp afterwards, not even one that is under way.
     *
     * @return the tick of the last stamp, or -1 if there was none
     */
    long stop() {
        long last = state.getAndSet(STOPPED);
        if (last == STOPPED) {
            throw stopped();
        }
        return last >> bits;
    }

    private static IdUnavailableException stopped() {
        return new IdUnavailableException(
                IdUnavailableException.Reason.STOPPED, Duration.ZERO, "the generator was stopped");
    }
}
