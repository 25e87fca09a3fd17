package dev.casebook.common.id;

import java.time.Duration;
import java.util.Optional;

/**
 * Where worker ids are leased from, implemented over storage that all nodes share and that changes a record atomically. It keeps
 * for each worker id: the owner, the fencing token, when the lease expires (by the store's own clock, nobody else's), and the
 * highest timestamp granted. The last two survive expiry and release.
 *
 * <p>Calls may block and are not made on a hot path. Implementations are thread-safe.
 */
public interface WorkerIdLeaseStore {
    /**
     * Leases one worker id that is free: never leased, released, or expired.
     *
     * @return empty if all ids of the range are taken
     * @throws WorkerIdLeaseStoreException if the store cannot be reached; the lease may or may not have been taken, in which case it expires
     */
    Optional<Leased> acquire(Claim claim);

    /**
     * Extends a lease by its time to live from now and raises the highest timestamp granted. Succeeds after expiry too, provided that nobody else
     * has taken the worker id meanwhile.
     *
     * @param issueThroughMillis see {@link Claim#issueThroughMillis}
     * @return false if the fencing token is not the present one: another node has the worker id
     * @throws WorkerIdLeaseStoreException if the store cannot be reached; the lease may or may not have been extended
     */
    boolean renew(Leased leased, Duration timeToLive, long issueThroughMillis);

    /**
     * Gives a worker id back, if the fencing token is still the present one; otherwise does nothing.
     *
     * @param issuedThroughMillis the highest timestamp that was really used by this holder or the ones before it; takes the
     *     place of the highest timestamp granted, so that a successor need not wait until the clock has passed that
     * @throws WorkerIdLeaseStoreException if the store cannot be reached; the lease then expires
     */
    void release(Leased leased, long issuedThroughMillis);

    /**
     * What a node asks for.
     *
     * @param owner shown to operators, say host and process
     * @param workerIdMin lowest id that will do
     * @param workerIdMax highest id that will do; the same as the lowest for a node with a fixed id
     * @param timeToLive until the lease expires unless renewed
     * @param issueThroughMillis the highest timestamp, Unix time in milliseconds by the claimant's clock, that ids will carry before a renewal; a
     *     store may refuse a claimant whose clock is far ahead of its own
     */
    record Claim(String owner, int workerIdMin, int workerIdMax, Duration timeToLive, long issueThroughMillis) {
        /** A claim with checked bounds. */
        public Claim {
            if (workerIdMin < 0 || workerIdMax < workerIdMin) {
                throw new IllegalArgumentException("must be 0 <= workerIdMin <= workerIdMax: workerIdMin=" + workerIdMin
                        + " workerIdMax=" + workerIdMax);
            }
            if (!timeToLive.isPositive()) {
                throw new IllegalArgumentException("must be positive: timeToLive=" + timeToLive);
            }
        }
    }

    /**
     * What a node got.
     *
     * @param workerId within the range claimed
     * @param fencingToken greater than any given for this worker id before, at least 1
     * @param issueAfterMillis the highest timestamp that any earlier holder was granted, -1 for none; the new holder stays above it
     */
    record Leased(int workerId, long fencingToken, long issueAfterMillis) {}
}
