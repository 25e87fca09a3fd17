package dev.casebook.urlshortener.redirect;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Token buckets for many clients in bounded memory. Each is the generic cell rate algorithm (ITU-T I.371): one number, the
 * time at which the bucket will be full again; a token costs one interval, and there is none left when that time is a
 * whole burst ahead. A client that has been forgotten has a full bucket, as it would have after resting.
 *
 * <p>Thread-safe, lock-free per bucket.
 */
final class TokenBuckets {
    private final Cache<Long, AtomicLong> buckets;
    private final LongSupplier nanoTime;
    private final long intervalNanos;
    private final long burstNanos;

    TokenBuckets(int burst, Duration every, int clientsMax, LongSupplier nanoTime) {
        if (burst < 1 || every.isNegative() || every.isZero()) {
            throw new IllegalArgumentException("burst must be >= 1 and every > 0: " + burst + ", " + every);
        }
        this.intervalNanos = every.toNanos();
        this.burstNanos = Math.multiplyExact(intervalNanos, burst);
        this.nanoTime = nanoTime;
        this.buckets = Caffeine.newBuilder()
                .maximumSize(clientsMax)
                .expireAfterAccess(Duration.ofNanos(burstNanos)) // rested: full again
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /** Nanoseconds until the client has a token; 0 when it has one now. Takes none. */
    long nanosToNext(long client) {
        AtomicLong bucket = buckets.getIfPresent(client);
        return bucket == null ? 0 : Math.max(0, bucket.get() + intervalNanos - burstNanos - nanoTime.getAsLong());
    }

    /** Takes a token. Returns false, and takes nothing, when there is none. */
    boolean take(long client) {
        long now = nanoTime.getAsLong();
        AtomicLong bucket = buckets.get(client, absent -> new AtomicLong(now));
        while (true) {
            long fullAt = bucket.get();
            long next = Math.max(fullAt, now) + intervalNanos;
            if (next - now > burstNanos) {
                return false;
            }
            if (bucket.compareAndSet(fullAt, next)) {
                return true;
            }
        }
    }

    /** Gives back a token that was taken and not used. */
    void giveBack(long client) {
        AtomicLong bucket = buckets.getIfPresent(client);
        if (bucket != null) {
            bucket.addAndGet(-intervalNanos);
        }
    }
}
