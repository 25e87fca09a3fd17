package dev.casebook.benchmarks.load;

import java.util.function.LongSupplier;

/**
 * Sends one lane's share of the load at fixed moments, whatever the service does.
 *
 * <p>Request {@code n} is due at {@code first + n * interval}. That schedule is fixed before the first request and never
 * moves: an answer that is late delays nothing, and a request that finds every connection busy waits in a queue with its
 * due time. Latency is counted from the due time, so that a service which stalls for a second is charged with what all
 * requests due in that second would have waited. A closed loop, which sends the next request when the last is answered,
 * would see one slow request and omit the others ("coordinated omission"; G. Tene, "How NOT to measure latency", 2013).
 *
 * <p>The driver's own lateness, from the due time to the moment this code notices, is recorded apart and is part of the
 * latency: it can make the service look worse, never better. All methods run on the lane's thread.
 */
final class LanePacer implements LoadLane.Completions {
    /** Requests due and waiting for a connection; beyond, they count as not sent. */
    static final int WAITING_MAX = 1 << 20;

    /** Requests made due in one turn, so that answers are read in between when the driver is behind. */
    private static final int BURST_MAX = 64;

    private final LoadLane lane;
    private final LaneRecorder recorder;
    private final LongSupplier nanoTime;
    private final long firstNanos;
    private final double intervalNanos;
    private final long endNanos;
    /** Due times of requests that wait, and beside each the moment when it was noticed. */
    private final LongFifo waiting = new LongFifo(WAITING_MAX);

    private final LongFifo noticed = new LongFifo(WAITING_MAX);
    private long made;
    private long inFlight;
    private boolean abandoned;

    /**
     * A pacer that begins when {@link #start} is called on the lane's thread.
     *
     * @param firstNanos when the first request is due
     * @param intervalNanos between two due times
     * @param endNanos requests due from then on are not made
     */
    LanePacer(
            LoadLane lane,
            LaneRecorder recorder,
            LongSupplier nanoTime,
            long firstNanos,
            double intervalNanos,
            long endNanos) {
        if (!(intervalNanos > 0)) {
            throw new IllegalArgumentException("intervalNanos must be > 0: " + intervalNanos);
        }
        this.lane = lane;
        this.recorder = recorder;
        this.nanoTime = nanoTime;
        this.firstNanos = firstNanos;
        this.intervalNanos = intervalNanos;
        this.endNanos = endNanos;
    }

    void start() {
        lane.attach(this);
        turn();
    }

    /** True when all requests have been made due and none waits or is in flight. */
    boolean isDone() {
        return abandoned || (dueNanos() - endNanos >= 0 && waiting.size() == 0 && inFlight == 0);
    }

    /** Gives up on requests that still wait; they count as not sent, with the time they have waited. */
    void abandon() {
        abandoned = true;
        while (waiting.size() > 0) {
            recorder.failed(0, LoadLane.Failure.NOT_SENT, waiting.remove(), nanoTime.getAsLong());
        }
    }

    @Override
    public void answered(int operation, int status, long intendedNanos) {
        inFlight--;
        recorder.answered(operation, status, intendedNanos, nanoTime.getAsLong());
        sendWaiting();
    }

    @Override
    public void failed(int operation, LoadLane.Failure failure, long intendedNanos) {
        inFlight--;
        recorder.failed(operation, failure, intendedNanos, nanoTime.getAsLong());
        sendWaiting();
    }

    @Override
    public void connected() {
        sendWaiting();
    }

    private void turn() {
        if (abandoned) {
            return;
        }
        long now = nanoTime.getAsLong();
        for (int burst = 0; burst < BURST_MAX && dueNanos() - now <= 0 && dueNanos() - endNanos < 0; burst++) {
            long due = dueNanos();
            made++;
            recorder.late(due, now - due);
            if (!waiting.offer(due) || !noticed.offer(now)) {
                recorder.failed(0, LoadLane.Failure.NOT_SENT, due, now);
            }
        }
        sendWaiting();
        if (dueNanos() - endNanos < 0) {
            lane.schedule(this::turn, Math.max(0, dueNanos() - nanoTime.getAsLong()));
        }
    }

    private void sendWaiting() {
        while (!abandoned && waiting.size() > 0 && lane.trySend(waiting.peek())) {
            recorder.sent(waiting.remove(), nanoTime.getAsLong() - noticed.remove());
            inFlight++;
        }
    }

    private long dueNanos() {
        return firstNanos + (long) (made * intervalNanos);
    }
}
