package dev.casebook.urlshortener.cache;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts invalidations so that a load can tell whether one arrived while it ran. Keys share {@link #STRIPES} counters:
 * a neighbour's invalidation makes a load's result go uncached, which costs one more load and nothing else. Emptying the
 * whole cache advances the generation instead of all stripes; entries carry it and are void in any later one, so that
 * the emptying is instantaneous however long the sweep takes.
 *
 * <p>Thread-safe. All accesses are volatile: an invalidation advances the counter before it removes, a load checks it
 * inside the map's per-key lock, so one of the two sees the other.
 */
final class InvalidationEpochs {
    static final int STRIPES = 4096;

    private final AtomicLongArray stripes = new AtomicLongArray(STRIPES);
    private final AtomicLong generation = new AtomicLong();

    /**
     * What a load remembers of the moment it began.
     *
     * @param nanos the clock then: what the load reads may be as old as this
     */
    record Moment(long generation, int stripe, long epoch, long nanos) {}

    Moment now(CacheKey key, long nanos) {
        int stripe = stripeOf(key);
        return new Moment(generation.get(), stripe, stripes.get(stripe), nanos);
    }

    /** True when nothing that concerns the key was invalidated since. */
    boolean stands(Moment moment) {
        return generation.get() == moment.generation && stripes.get(moment.stripe) == moment.epoch;
    }

    void advance(CacheKey key) {
        stripes.incrementAndGet(stripeOf(key));
    }

    void advanceAll() {
        generation.incrementAndGet();
    }

    long generation() {
        return generation.get();
    }

    private static int stripeOf(CacheKey key) {
        int hash = key.hashCode();
        return (hash ^ (hash >>> 16)) & (STRIPES - 1);
    }
}
