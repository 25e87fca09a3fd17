package dev.casebook.common.id;

/**
 * What a generator does when the clock is not ahead of the last id, because it was set back or because all ids of the tick
 * are used up. Never reuses a timestamp and number; the choice is between a timestamp ahead of the clock, waiting, and an error:
 *
 * <pre>
 * clock behind the id's timestamp   what happens
 * up to borrowMillis                the id is issued at once, its timestamp is that much ahead of the clock
 * up to toleranceMillis             ids left in the last tick are issued, then callers park until half of borrowMillis is free
 * more                              {@link IdUnavailableException}, at once, until the clock has caught up
 * </pre>
 *
 * <p>Borrowing a few milliseconds lets bursts pass without a wait and lets a generator that is at its cap oversleep without
 * losing capacity. Ids ahead of the clock are dangerous only to a process that restarts with the same worker id sooner than
 * that; {@link WorkerIdLease} rules it out.
 *
 * <p>This is about readings below the last one. A wrong reading far in the future is worse: once an id carries it, going
 * back to the truth is itself a rollback, by hours. {@link SteadyClock} keeps such readings from being believed.
 *
 * @param borrowMillis 0 to {@code toleranceMillis}
 * @param toleranceMillis 0 to {@value #TOLERANCE_MAX_MILLIS}; also the longest time that a call waits for a rollback to pass
 */
public record ClockRollbackPolicy(int borrowMillis, int toleranceMillis) {
    /** Highest tolerance; a thread should not wait longer for an id. */
    public static final int TOLERANCE_MAX_MILLIS = 60_000;

    /** A policy with checked bounds. */
    public ClockRollbackPolicy {
        if (toleranceMillis < 0 || toleranceMillis > TOLERANCE_MAX_MILLIS) {
            throw new IllegalArgumentException(
                    "must be 0 to " + TOLERANCE_MAX_MILLIS + ": toleranceMillis=" + toleranceMillis);
        }
        if (borrowMillis < 0 || borrowMillis > toleranceMillis) {
            throw new IllegalArgumentException(
                    "must be 0 to toleranceMillis=" + toleranceMillis + ": borrowMillis=" + borrowMillis);
        }
    }

    /** Borrows 10 ms (a late wake-up) and tolerates 1 s (a leap second, a usual NTP step). */
    public static ClockRollbackPolicy defaults() {
        return new ClockRollbackPolicy(10, 1_000);
    }

    /** No timestamp ahead of the clock and no rollback, however small. */
    public static ClockRollbackPolicy strict() {
        return new ClockRollbackPolicy(0, 0);
    }
}
