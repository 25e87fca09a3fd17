package dev.casebook.common.id;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Wall-clock time that doubts jumps into the future.
 *
 * <p>A clock set back can be waited out. A clock set an hour forward and then corrected cannot: ids that carry the wrong hour
 * are out, and for the next hour every id is either a rollback or a lie. So this clock compares each advance
 * with the machine's elapsed time, which no one sets. An advance that exceeds it by more than {@code jump} is doubted: time goes on
 * from the last good reading at the rate of the elapsed time, until the wall clock comes back to it, which leaves no
 * trace, or until the new time has lasted for {@code trustAfter} and is believed (a resumed virtual machine, whose elapsed time
 * stood still, or a clock that had been slow all the time). Steps backward pass; they are for {@link ClockRollbackPolicy}.
 *
 * <p>A second clock read per id would nearly double the cost of an id. It is done only where the wall clock is more than
 * {@value #UNCHECKED_MILLIS} ms past the last check.
 *
 * <p>Thread-safe. The usual path is one wall-clock reading and one volatile read; a check takes a lock.
 */
public final class SteadyClock implements InstantSource {
    private static final long UNCHECKED_MILLIS = 100;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final InstantSource wallClock;
    private final LongSupplier nanoTime;
    private final long jumpMillis;
    private final long trustAfterNanos;

    /** The last reading that was checked and believed. Written under the lock; a stale read costs one more check. */
    private volatile long checkedMillis;

    private long checkedNanos;
    private boolean doubting;
    private long doubtingSinceNanos;

    /**
     * A clock that believes the first reading.
     *
     * @param nanoTime elapsed nanoseconds from any origin, such as {@link System#nanoTime}
     * @param jump the longest advance beyond the elapsed time that is believed at once; at least 100 ms
     * @param trustAfter how long a jump must last until it is believed; positive
     */
    public SteadyClock(InstantSource wallClock, LongSupplier nanoTime, Duration jump, Duration trustAfter) {
        if (jump.toMillis() < UNCHECKED_MILLIS) {
            throw new IllegalArgumentException("must be at least " + UNCHECKED_MILLIS + " ms: jump=" + jump);
        }
        if (!trustAfter.isPositive()) {
            throw new IllegalArgumentException("must be positive: trustAfter=" + trustAfter);
        }
        this.wallClock = wallClock;
        this.nanoTime = nanoTime;
        this.jumpMillis = jump.toMillis();
        this.trustAfterNanos = trustAfter.toNanos();
        this.checkedMillis = wallClock.millis();
        this.checkedNanos = nanoTime.getAsLong();
    }

    /** The system's clock, doubting jumps of more than 1 s until they have lasted for 5 minutes. */
    public static SteadyClock system() {
        return new SteadyClock(InstantSource.system(), System::nanoTime, Duration.ofSeconds(1), Duration.ofMinutes(5));
    }

    @Override
    public long millis() {
        long wallMillis = wallClock.millis();
        return wallMillis - checkedMillis <= UNCHECKED_MILLIS ? wallMillis : check(wallMillis);
    }

    @Override
    public Instant instant() {
        Instant wall = wallClock.instant();
        long wallMillis = wall.toEpochMilli();
        long millis = wallMillis - checkedMillis <= UNCHECKED_MILLIS ? wallMillis : check(wallMillis);
        return millis == wallMillis ? wall : Instant.ofEpochMilli(millis);
    }

    private synchronized long check(long wallMillis) {
        long nanos = nanoTime.getAsLong();
        long expectedMillis = checkedMillis + (nanos - checkedNanos) / NANOS_PER_MILLI;
        boolean jumped = wallMillis - expectedMillis > jumpMillis;
        if (jumped && !doubting) {
            doubtingSinceNanos = nanos;
        }
        doubting = jumped && (!doubting || nanos - doubtingSinceNanos < trustAfterNanos);
        if (doubting) {
            return expectedMillis;
        }
        if (wallMillis > checkedMillis) { // another thread may have checked a later reading meanwhile
            checkedMillis = wallMillis;
            checkedNanos = nanos;
        }
        return wallMillis;
    }
}
