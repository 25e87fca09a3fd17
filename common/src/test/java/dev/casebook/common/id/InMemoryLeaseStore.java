package dev.casebook.common.id;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The contract of {@link WorkerIdLeaseStore} over a map, with its own clock and an outage that a test switches on. */
final class InMemoryLeaseStore implements WorkerIdLeaseStore {
    enum Outage {
        NONE,
        /** The request does not arrive. */
        BEFORE,
        /** The request takes effect but the answer is lost. */
        AFTER
    }

    private record Row(String owner, long fencingToken, long expiresAtNanos, long issuedThroughMillis) {}

    private final LongSupplier nanoTime;
    private final Map<Integer, Row> rows = new HashMap<>();
    private Outage outage = Outage.NONE;

    InMemoryLeaseStore(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void outage(Outage outage) {
        this.outage = outage;
    }

    @Override
    public synchronized Optional<Leased> acquire(Claim claim) {
        failIf(Outage.BEFORE);
        long now = nanoTime.getAsLong();
        for (int workerId = claim.workerIdMin(); workerId <= claim.workerIdMax(); workerId++) {
            Row row = rows.getOrDefault(workerId, new Row("", 0, now, -1));
            if (row.expiresAtNanos() - now <= 0) {
                Leased leased = new Leased(workerId, row.fencingToken() + 1, row.issuedThroughMillis());
                rows.put(
                        workerId,
                        new Row(
                                claim.owner(),
                                leased.fencingToken(),
                                now + claim.timeToLive().toNanos(),
                                Math.max(row.issuedThroughMillis(), claim.issueThroughMillis())));
                failIf(Outage.AFTER);
                return Optional.of(leased);
            }
        }
        return Optional.empty();
    }

    @Override
    public synchronized boolean renew(Leased leased, Duration timeToLive, long issueThroughMillis) {
        failIf(Outage.BEFORE);
        Row row = rows.get(leased.workerId());
        if (row == null || row.fencingToken() != leased.fencingToken()) {
            return false;
        }
        rows.put(
                leased.workerId(),
                new Row(
                        row.owner(),
                        row.fencingToken(),
                        nanoTime.getAsLong() + timeToLive.toNanos(),
                        Math.max(row.issuedThroughMillis(), issueThroughMillis)));
        failIf(Outage.AFTER);
        return true;
    }

    @Override
    public synchronized void release(Leased leased, long issuedThroughMillis) {
        failIf(Outage.BEFORE);
        Row row = rows.get(leased.workerId());
        if (row != null && row.fencingToken() == leased.fencingToken()) {
            rows.put(leased.workerId(), new Row("", row.fencingToken(), nanoTime.getAsLong(), issuedThroughMillis));
        }
    }

    private void failIf(Outage when) {
        if (outage == when) {
            throw new WorkerIdLeaseStoreException("store is down", new IllegalStateException(outage.name()));
        }
    }
}
