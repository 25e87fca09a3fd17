package dev.casebook.common.id;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Wall clock, elapsed time and waiting that a test sets. Whoever parks makes both clocks advance by the time asked for, unless
 * the wall clock is stuck. Thread-safe.
 */
final class SimulatedTime implements InstantSource, Waiting, LongSupplier {
    static final long START = Instant.parse("2026-11-21T12:00:00Z").toEpochMilli();

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final AtomicLong wallNanos = new AtomicLong();
    private final AtomicLong elapsedNanos = new AtomicLong(-5_000_000_000L); // an origin that shows sign errors
    private final AtomicLong parks = new AtomicLong();
    private volatile boolean stuck;

    /** Time goes by. */
    SimulatedTime advance(Duration duration) {
        if (!stuck) {
            wallNanos.addAndGet(duration.toNanos());
        }
        elapsedNanos.addAndGet(duration.toNanos());
        return this;
    }

    /** Somebody sets the wall clock; no time goes by. */
    SimulatedTime set(Duration forward) {
        wallNanos.addAndGet(forward.toNanos());
        return this;
    }

    SimulatedTime stick() {
        stuck = true;
        return this;
    }

    long parks() {
        return parks.get();
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(START).plusNanos(wallNanos.get());
    }

    @Override
    public long millis() {
        return START + Math.floorDiv(wallNanos.get(), NANOS_PER_MILLI);
    }

    @Override
    public long nanoTime() {
        return elapsedNanos.get();
    }

    @Override
    public long getAsLong() {
        return nanoTime();
    }

    @Override
    public void parkNanos(long nanos) {
        parks.incrementAndGet();
        advance(Duration.ofNanos(nanos));
    }
}
