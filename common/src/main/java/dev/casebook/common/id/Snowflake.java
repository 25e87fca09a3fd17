package dev.casebook.common.id;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongUnaryOperator;

/**
 * Ids of (time, node, sequence number) in 64 bits, unique without coordination but for the lease of the node's number.
 *
 * <p>All state is one {@link TimeSequence}. Each id costs a clock reading and a compare-and-set; the lease is checked by
 * comparing the id's own timestamp with the window granted, so the generator refuses as soon as the lease is no longer
 * certainly valid, however long a thread was paused. When the lease holder gets another worker id after a loss, the next id
 * carries it; no restart is needed.
 *
 * <p>The rate is capped by the layout ({@link SnowflakeLayout#sequenceMax} + 1 per tick). At the cap callers park until the next tick instead of spinning.
 * What happens when the clock is set back is {@link ClockRollbackPolicy}'s; use a {@link SteadyClock} to survive jumps forward and back.
 *
 * <p>Thread-safe and lock-free; allocates nothing. One generator per lease.
 */
public final class Snowflake {
    private final SnowflakeLayout layout;
    private final WorkerIdLease lease;
    private final TickClock clock;
    private final TimeSequence sequence;

    /**
     * A generator.
     *
     * @param clock wall-clock time; best a {@link SteadyClock}
     */
    public Snowflake(SnowflakeLayout layout, WorkerIdLease lease, ClockRollbackPolicy policy, InstantSource clock) {
        this(layout, lease, policy, clock, Waiting.parking(), tick -> 0);
    }

    Snowflake(
            SnowflakeLayout layout,
            WorkerIdLease lease,
            ClockRollbackPolicy policy,
            InstantSource clock,
            Waiting waiting,
            LongUnaryOperator firstNumber) {
        this.layout = layout;
        this.lease = lease;
        this.clock = new TickClock(clock, waiting, layout.epochMillis(), layout.tickMillis(), policy);
        this.sequence = new TimeSequence(this.clock, layout.sequenceBits(), firstNumber);
    }

    /** A generator on the system's clock with the default policy. */
    public static Snowflake create(SnowflakeLayout layout, WorkerIdLease lease) {
        return new Snowflake(layout, lease, ClockRollbackPolicy.defaults(), SteadyClock.system());
    }

    /** How the ids are divided. */
    public SnowflakeLayout layout() {
        return layout;
    }

    /**
     * Issues an id, greater than all that this generator issued before under the same worker id. May park the caller, for at
     * most about the policy's tolerance when the clock was set back and about a tick at the cap.
     *
     * @throws IdUnavailableException if the clock or the lease forbids it
     */
    public long next() {
        for (; ; ) {
            WorkerIdLease.Grant grant = lease.grant();
            long after = Math.max(-1, clock.tickOf(grant.issueAfterMillis()));
            long through = Math.min(layout.tickMax(), clock.tickOf(grant.issueThroughMillis()));
            long stamp = sequence.next(after, through);
            if (stamp != TimeSequence.BEYOND_LAST_TICK) {
                return compose(stamp, grant.workerId());
            }
            if (grant.equals(lease.grant())) {
                throw refused(grant);
            }
        }
    }

    /**
     * Ends this generator for good: no id is issued afterwards, not even by a call that is under way.
     *
     * @return the highest timestamp of any id issued, Unix time in milliseconds, to be passed to
     *     {@link WorkerIdLeaseHolder#release}; -1 if there was none
     */
    public long stop() {
        long tick = sequence.stop();
        return tick < 0 ? -1 : layout.epochMillis() + (tick + 1) * layout.tickMillis() - 1;
    }

    private long compose(long stamp, int workerId) {
        if (workerId > layout.nodeMax()) {
            throw new IllegalStateException("must be at most " + layout.nodeMax() + ": workerId=" + workerId);
        }
        return layout.compose(stamp >>> layout.sequenceBits(), workerId, (int) stamp & layout.sequenceMax());
    }

    private IdUnavailableException refused(WorkerIdLease.Grant grant) {
        if (clock.tickOf(grant.issueThroughMillis()) >= layout.tickMax()) {
            return new IdUnavailableException(
                    IdUnavailableException.Reason.CLOCK_OUT_OF_RANGE,
                    Duration.ofDays(1),
                    "the time span of the id layout has run out: " + layout.timeBits() + " bits of "
                            + layout.tickMillis() + " ms since " + Instant.ofEpochMilli(layout.epochMillis()));
        }
        return new IdUnavailableException(
                IdUnavailableException.Reason.WORKER_ID_NOT_HELD,
                Duration.ofSeconds(1),
                grant.equals(WorkerIdLease.Grant.NONE)
                        ? "no worker id is leased"
                        : "the lease of worker id " + grant.workerId() + " allows no timestamp beyond "
                                + grant.issueThroughMillis() + " (Unix ms) and was not renewed");
    }
}
