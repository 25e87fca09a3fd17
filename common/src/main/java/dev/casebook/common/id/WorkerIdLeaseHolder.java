package dev.casebook.common.id;

import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a worker id leased from a {@link WorkerIdLeaseStore}: renews it in time, gives it up before it expires, gets another after a loss.
 *
 * <p>What the holder knows for certain is that the store's time to live started no earlier than the request. So everything
 * is counted from readings taken before the request: the lease is good for {@code timeToLive - safetyMargin} from there, both as
 * the window of timestamps that is asked for (which makes ids unique, see {@link WorkerIdLease}) and as elapsed time, after which the grant is
 * dropped (which makes a node whose clock stands still stop too, at the next attempt to renew).
 *
 * <ul>
 *   <li>Renewed: the window is longer.
 *   <li>The store does not answer: the grant stays until it ends by itself; the next attempt may still be in time.
 *   <li>Another node has the worker id: the grant ends at once and a new one, with another worker id where the terms allow it, is
 *       acquired.
 * </ul>
 *
 * <p>Thread-safe. {@link #grant} is one volatile read. Attempts run one at a time on the scheduler, whose thread they may block for as
 * long as the store takes.
 */
public final class WorkerIdLeaseHolder implements WorkerIdLease, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerIdLeaseHolder.class);

    private final WorkerIdLeaseStore store;
    private final LeaseTerms terms;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final ScheduledFuture<?> renewals;

    private volatile Grant grant = Grant.NONE;
    private volatile boolean closed;
    private WorkerIdLeaseStore.@Nullable Leased leased;
    private long grantedThroughMillis;
    private long goodUntilNanos;

    private WorkerIdLeaseHolder(
            WorkerIdLeaseStore store,
            LeaseTerms terms,
            InstantSource clock,
            LongSupplier nanoTime,
            ScheduledExecutorService scheduler) {
        this.store = store;
        this.terms = terms;
        this.clock = clock;
        this.nanoTime = nanoTime;
        acquire();
        long periodNanos = terms.renewEvery().toNanos();
        renewals = scheduler.scheduleWithFixedDelay(this::renew, periodNanos, periodNanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Leases a worker id and keeps renewing it until {@link #close} or {@link #release}.
     *
     * @param clock the clock of the generator that will use the lease
     * @param nanoTime elapsed nanoseconds, such as {@link System#nanoTime}
     * @param scheduler stays the caller's
     * @throws IdUnavailableException if all worker ids that the terms allow are taken
     * @throws WorkerIdLeaseStoreException if the store cannot be reached
     */
    public static WorkerIdLeaseHolder acquire(
            WorkerIdLeaseStore store,
            LeaseTerms terms,
            InstantSource clock,
            LongSupplier nanoTime,
            ScheduledExecutorService scheduler) {
        return new WorkerIdLeaseHolder(store, terms, clock, nanoTime, scheduler);
    }

    @Override
    public Grant grant() {
        return grant;
    }

    /** One attempt to renew, or to acquire when nothing is held. Called by the scheduler. */
    synchronized void renew() {
        if (closed) {
            return;
        }
        try {
            if (leased == null || !extended(leased)) {
                acquire();
            }
        } catch (WorkerIdLeaseStoreException e) {
            LOG.warn("could not renew worker id {}: {}", grant.workerId(), e.getMessage());
        } catch (IdUnavailableException e) {
            LOG.warn("{}", e.getMessage());
        } catch (RuntimeException e) { // thrown on, it would end the renewals without a word
            LOG.error("could not renew worker id {}", grant.workerId(), e);
        }
        if (nanoTime.getAsLong() - goodUntilNanos >= 0) {
            lose("it could not be renewed in time");
        }
    }

    private boolean extended(WorkerIdLeaseStore.Leased held) {
        long beforeNanos = nanoTime.getAsLong();
        long throughMillis = throughMillis();
        if (!store.renew(held, terms.timeToLive(), throughMillis)) {
            leased = null;
            lose("another node has it");
            return false;
        }
        grant(held, Math.max(grantedThroughMillis, throughMillis), beforeNanos);
        return true;
    }

    private synchronized void acquire() {
        long beforeNanos = nanoTime.getAsLong();
        long throughMillis = throughMillis();
        WorkerIdLeaseStore.Claim claim = new WorkerIdLeaseStore.Claim(
                terms.owner(), terms.workerIdMin(), terms.workerIdMax(), terms.timeToLive(), throughMillis);
        Optional<WorkerIdLeaseStore.Leased> acquired = store.acquire(claim);
        if (acquired.isEmpty()) {
            throw new IdUnavailableException(
                    IdUnavailableException.Reason.WORKER_ID_NOT_HELD,
                    terms.renewEvery(),
                    "every worker id from " + terms.workerIdMin() + " to " + terms.workerIdMax()
                            + " is leased by another node; leases of dead nodes expire within "
                            + terms.timeToLive().toSeconds() + " s");
        }
        WorkerIdLeaseStore.Leased held = acquired.get();
        grant(held, throughMillis, beforeNanos);
        LOG.info("leased worker id {} with fencing token {}", held.workerId(), held.fencingToken());
    }

    private void grant(WorkerIdLeaseStore.Leased held, long throughMillis, long beforeNanos) {
        leased = held;
        grantedThroughMillis = throughMillis;
        goodUntilNanos = beforeNanos + terms.usable().toNanos();
        grant = new Grant(held.workerId(), held.fencingToken(), held.issueAfterMillis(), throughMillis);
    }

    private long throughMillis() {
        return clock.millis() + terms.usable().toMillis();
    }

    private void lose(String why) {
        if (!grant.equals(Grant.NONE)) {
            LOG.warn("gave up worker id {}: {}", grant.workerId(), why);
            grant = Grant.NONE;
        }
    }

    /**
     * Ends the renewals and gives the worker id back with the timestamp its successor may go on from.
     *
     * @param issuedThroughMillis what {@link Snowflake#stop} of the one generator on this lease returned
     * @throws WorkerIdLeaseStoreException if the store cannot be reached; the lease then expires by itself
     */
    public void release(long issuedThroughMillis) {
        end(issuedThroughMillis);
    }

    /**
     * Like {@link #release} for a generator that was not stopped: the successor must stay above all that was granted.
     *
     * @throws WorkerIdLeaseStoreException if the store cannot be reached; the lease then expires by itself
     */
    @Override
    public void close() {
        end(Long.MAX_VALUE);
    }

    private synchronized void end(long issuedThroughMillis) {
        if (closed) {
            return;
        }
        closed = true;
        renewals.cancel(false);
        WorkerIdLeaseStore.Leased held = leased;
        grant = Grant.NONE;
        if (held != null) {
            long usedMillis = Math.min(issuedThroughMillis, grantedThroughMillis);
            store.release(held, Math.max(usedMillis, held.issueAfterMillis()));
        }
    }
}
