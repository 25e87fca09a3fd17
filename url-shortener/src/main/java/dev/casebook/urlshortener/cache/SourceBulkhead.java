package dev.casebook.urlshortener.cache;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkSource;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds what the caches may ask of the source when they are empty or gone: a few reads at a time, a bounded line behind
 * them, a bounded wait in it. Beyond that a request is refused at once and clearly instead of joining a queue that will
 * outlive its patience. Thread-safe; blocks the calling (virtual) thread.
 */
final class SourceBulkhead implements LinkSource {
    private final LinkSource source;
    private final TierSettings.Loads limits;
    private final Semaphore permits;
    private final AtomicInteger inside = new AtomicInteger();
    private final CacheMetrics metrics;

    SourceBulkhead(LinkSource source, TierSettings.Loads limits, CacheMetrics metrics) {
        this.source = source;
        this.limits = limits;
        this.permits = new Semaphore(limits.concurrentMax(), true);
        this.metrics = metrics;
        metrics.gauge(
                "urlshortener.source.waiting",
                "Loads that wait for their turn to read PostgreSQL",
                this,
                SourceBulkhead::waiting);
    }

    /** Loads in the line, 0 to {@code queuedMax}. */
    private int waiting() {
        return Math.clamp(inside.get() - (long) limits.concurrentMax(), 0, limits.queuedMax());
    }

    @Override
    public Optional<Link> find(LinkKey key) {
        if (inside.incrementAndGet() > limits.concurrentMax() + limits.queuedMax()) {
            inside.decrementAndGet();
            throw refused("more than " + limits.queuedMax() + " loads are waiting");
        }
        try {
            if (!permits.tryAcquire(limits.waitMax().toNanos(), TimeUnit.NANOSECONDS)) {
                throw refused("waited " + limits.waitMax().toMillis() + " ms");
            }
            try {
                metrics.sourceRead();
                return source.find(key);
            } finally {
                permits.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkStoreUnavailableException("interrupted while waiting to read the link store", e);
        } finally {
            inside.decrementAndGet();
        }
    }

    private LinkStoreUnavailableException refused(String why) {
        metrics.sourceRefused();
        return new LinkStoreUnavailableException(
                "the link store is overloaded: " + why, new RejectedExecutionException(why));
    }
}
