package dev.casebook.common.id;

/**
 * The right to issue ids under a worker id. Two processes with one worker id issue duplicates sooner or later, so the right is
 * leased: it ends by itself unless renewed (Gray and Cheriton, Leases, 1989).
 *
 * <p>A lease that is checked against a clock alone isn't safe: between the check and the use of an id a process may be paused, and two machines'
 * clocks differ. Here the right is a window of id TIMESTAMPS. Windows of one worker id never overlap, because the store
 * grants each successor only timestamps above all that its predecessor was ever granted ({@link Grant#issueThroughMillis}).
 * So an id is unique whenever it is used and whatever the clocks do; expiry decides only when the next holder may
 * start. The check costs one comparison per id and no second clock.
 *
 * @see WorkerIdLeaseHolder
 */
@FunctionalInterface
public interface WorkerIdLease {
    /**
     * What is granted at this moment; cheap, never blocks, thread-safe. When nothing is, a grant whose window is empty.
     */
    Grant grant();

    /**
     * A worker id with the window of timestamps in which it may be used.
     *
     * @param workerId at least 0
     * @param fencingToken grows with each new holder of this worker id; a store that is given it with every write can
     *     refuse those of a former holder. 0 for none
     * @param issueAfterMillis timestamps must be greater, Unix time in milliseconds; at least -1
     * @param issueThroughMillis timestamps must not be greater, Unix time in milliseconds; at least -1
     */
    record Grant(int workerId, long fencingToken, long issueAfterMillis, long issueThroughMillis) {
        /** No right to any timestamp. */
        public static final Grant NONE = new Grant(0, 0, -1, -1);

        /** A grant with checked bounds. */
        public Grant {
            if (workerId < 0 || fencingToken < 0 || issueAfterMillis < -1 || issueThroughMillis < -1) {
                throw new IllegalArgumentException("must be >= 0 (times >= -1): workerId=" + workerId + " fencingToken="
                        + fencingToken + " issueAfterMillis=" + issueAfterMillis + " issueThroughMillis="
                        + issueThroughMillis);
            }
        }
    }

    /**
     * A worker id that an operator assigned for good. Nothing but the operator's care keeps two processes from having it, and
     * nothing but the time a restart takes keeps a restarted one from repeating ids after the clock was set back.
     */
    static WorkerIdLease permanent(int workerId) {
        Grant grant = new Grant(workerId, 0, -1, Long.MAX_VALUE);
        return () -> grant;
    }
}
