package dev.casebook.urlshortener.store;

import dev.casebook.urlshortener.link.LinkChange;
import dev.casebook.urlshortener.link.LinkChangePublisher;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that every committed change is published at least once.
 *
 * <p>The writer calls {@link #publish} after its commit; when that works, as it nearly always does, the entry's number goes
 * to a queue and is deleted together with others some milliseconds later, so that a write pays nothing for it. What remains
 * due in the outbox after the writer's grace, because the publication failed or the process died, any node's relay leases
 * (FOR UPDATE SKIP LOCKED: relays do not wait for each other), publishes and deletes.
 *
 * <p>Publications may come twice and in any order, here and between nodes. That is harmless because a change carries its
 * key's version, versions grow in the order of commits, and the shared tier keeps only what is newer. The relay publishes
 * the key's newest state, never an older one.
 *
 * <p>A failing publication is mostly the shared tier being down, so the relay stops at the first failure and waits, twice
 * as long each time. The entry at fault also waits by its own number of attempts, so that one that can never be published
 * does not hold up those behind it.
 *
 * <p>Thread-safe. One virtual thread does all the work; {@link #publish} does not throw and blocks only as long as the
 * shared tier's own limits allow.
 */
public final class OutboxRelay implements LinkChangePublisher, AutoCloseable {
    /** Entries leased and published together. */
    static final int BATCH_MAX = 200;

    /** Numbers waiting for deletion; one that does not fit is published again by a relay, which is harmless. */
    static final int PUBLISHED_MAX = 1 << 16;

    /** A relay that dies loses its lease after this long. */
    static final Duration LEASE = Duration.ofSeconds(10);

    static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    static final Duration BACKOFF_MIN = Duration.ofMillis(200);
    static final Duration BACKOFF_MAX = Duration.ofSeconds(30);

    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);

    private final Outbox outbox;
    private final LinkChangePublisher sharedTier;
    private final BlockingQueue<Long> published = new ArrayBlockingQueue<>(PUBLISHED_MAX);
    private final Semaphore wake = new Semaphore(0);
    private final Counter relayed;
    private final Counter failed;
    private volatile boolean closed;
    private final Thread worker;

    /**
     * Makes a relay; it works once {@link #start} is called.
     *
     * @param sharedTier what changes are published to; must be idempotent by version
     */
    public OutboxRelay(Outbox outbox, LinkChangePublisher sharedTier, MeterRegistry metrics) {
        this.outbox = outbox;
        this.sharedTier = sharedTier;
        relayed = metrics.counter("urlshortener.outbox.relayed");
        failed = metrics.counter("urlshortener.outbox.publish.failures");
        worker = Thread.ofVirtual().name("outbox-relay").unstarted(this::run);
    }

    /** Starts relaying. */
    public OutboxRelay start() {
        worker.start();
        return this;
    }

    /** Publishes a change that is committed. Does not throw: should it fail, the outbox still has the change. */
    @Override
    public void publish(LinkChange change) {
        publishAll(List.of(change));
    }

    @Override
    public void publishAll(List<LinkChange> changes) {
        if (changes.isEmpty()) {
            return;
        }
        try {
            sharedTier.publishAll(changes);
        } catch (RuntimeException failure) {
            failed.increment(changes.size());
            LOG.debug("left {} changes to the outbox", changes.size(), failure);
            return;
        }
        for (LinkChange change : changes) {
            published.offer(change.version());
        }
        if (published.size() >= BATCH_MAX) {
            wake.release();
        }
    }

    /**
     * Publishes every change that stands in the outbox, due or not, and leaves the entries for the rounds to delete. For a
     * shared tier that comes back: before anything is read from it, it must know all that was committed while it was away.
     *
     * @throws RuntimeException when the store or the shared tier failed; what was published is harmless to publish again
     */
    public void replayPending() {
        long after = 0;
        List<Outbox.Entry> batch = outbox.pending(after, BATCH_MAX);
        while (!batch.isEmpty()) {
            sharedTier.publishAll(batch.stream().map(Outbox.Entry::newest).toList());
            after = batch.getLast().version();
            batch = outbox.pending(after, BATCH_MAX);
        }
    }

    private void run() {
        Duration pause = POLL_INTERVAL;
        while (!closed) {
            try {
                // Permits of several wake-ups during one round are one wake-up.
                wake.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
                wake.drainPermits();
            } catch (InterruptedException closing) {
                return;
            }
            pause = round() ? POLL_INTERVAL : longer(pause);
        }
    }

    /** Deletes what is published, relays what is due; false when the store or the shared tier failed. */
    boolean round() {
        try {
            deletePublished();
            boolean more;
            do {
                more = relayBatch();
            } while (more && !closed);
            return true;
        } catch (PublicationFailedException failure) {
            LOG.warn("cannot publish link changes, the outbox keeps them: {}", failure.getMessage());
            return false;
        } catch (RuntimeException failure) {
            LOG.warn("cannot relay the outbox: {}", failure.getMessage());
            return false;
        }
    }

    private void deletePublished() {
        List<Long> batch = new ArrayList<>();
        while (published.drainTo(batch, BATCH_MAX * 10) > 0) {
            outbox.delete(batch);
            batch.clear();
        }
    }

    /** True when the batch was full, so that there may be more. */
    private boolean relayBatch() {
        List<Outbox.Entry> batch = outbox.lease(BATCH_MAX, LEASE);
        if (batch.isEmpty()) {
            return false;
        }
        try {
            sharedTier.publishAll(batch.stream().map(Outbox.Entry::newest).toList());
            outbox.delete(batch.stream().map(Outbox.Entry::version).toList());
        } catch (RuntimeException failure) {
            LOG.debug("a batch failed, going on one by one", failure);
            relayOneByOne(batch);
        }
        relayed.increment(batch.size());
        return batch.size() == BATCH_MAX;
    }

    private void relayOneByOne(List<Outbox.Entry> batch) {
        for (int i = 0; i < batch.size(); i++) {
            Outbox.Entry entry = batch.get(i);
            try {
                sharedTier.publish(entry.newest());
            } catch (RuntimeException failure) {
                failed.increment();
                relayed.increment(i);
                outbox.postpone(List.of(entry.version()), backoff(entry.attempts()));
                outbox.postpone(
                        batch.subList(i + 1, batch.size()).stream()
                                .map(Outbox.Entry::version)
                                .toList(),
                        Duration.ZERO);
                throw new PublicationFailedException(failure);
            }
            outbox.delete(List.of(entry.version()));
        }
    }

    private static Duration backoff(int attempts) {
        Duration delay = BACKOFF_MIN;
        for (int i = 1; i < attempts && delay.compareTo(BACKOFF_MAX) < 0; i++) {
            delay = longer(delay);
        }
        return delay;
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(BACKOFF_MAX) > 0 ? BACKOFF_MAX : doubled;
    }

    /** Stops relaying and deletes what was published, as far as the store lets it. */
    @Override
    public void close() {
        closed = true;
        wake.release();
        try {
            if (worker.isAlive() && !worker.join(STOP_WITHIN)) {
                LOG.warn("the outbox relay did not stop within {}", STOP_WITHIN);
                return;
            }
            deletePublished();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            // They are published once more after the next start.
            LOG.warn("published changes stay in the outbox: {}", failure.getMessage());
        }
    }

    private static final class PublicationFailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        PublicationFailedException(RuntimeException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
