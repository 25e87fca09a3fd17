package dev.casebook.benchmarks.load;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * What happened on one lane. Written by the lane's thread only; {@link #interval} and the counters may be read by another
 * while it runs, the rest after the lane has ended.
 *
 * <p>Requests due before {@code measureFromNanos} are warm-up: they show in the intervals and in nothing else.
 */
final class LaneRecorder {
    /** Latencies are kept with three digits up to this bound; a longer one is recorded as the bound. */
    static final long LATENCY_NANOS_MAX = TimeUnit.HOURS.toNanos(1);

    static final int DIGITS = 3;

    private final long measureFromNanos;
    private final long measureToNanos;
    private final SingleWriterRecorder interval = new SingleWriterRecorder(1, LATENCY_NANOS_MAX, DIGITS);
    private final List<Histogram> latencies = new ArrayList<>();
    private final Histogram lateness = new Histogram(1, LATENCY_NANOS_MAX, DIGITS);
    private final Histogram connectionWait = new Histogram(1, LATENCY_NANOS_MAX, DIGITS);
    private final List<Map<Integer, long[]>> statuses = new ArrayList<>();
    private final Map<LoadLane.Failure, long[]> failures = new EnumMap<>(LoadLane.Failure.class);
    private final AtomicLong answersInWindow = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();
    private final ExpectedStatus expected;

    /** See {@link LoadTarget#isExpected}. */
    @FunctionalInterface
    interface ExpectedStatus {
        boolean test(int operation, int status);
    }

    LaneRecorder(int operations, long measureFromNanos, long measureToNanos, ExpectedStatus expected) {
        this.measureFromNanos = measureFromNanos;
        this.measureToNanos = measureToNanos;
        this.expected = expected;
        for (int i = 0; i < operations; i++) {
            latencies.add(new Histogram(1, LATENCY_NANOS_MAX, DIGITS));
            statuses.add(new TreeMap<>());
        }
    }

    /** A request is noticed as due, so much after its due time. */
    void late(long dueNanos, long latenessNanos) {
        if (dueNanos - measureFromNanos >= 0) {
            lateness.recordValue(clamped(latenessNanos));
        }
    }

    /** A request is sent, so much after it was noticed. */
    void sent(long dueNanos, long waitNanos) {
        if (dueNanos - measureFromNanos >= 0) {
            connectionWait.recordValue(clamped(waitNanos));
        }
    }

    void answered(int operation, int status, long intendedNanos, long nowNanos) {
        long latency = clamped(nowNanos - intendedNanos);
        interval.recordValue(latency);
        boolean good = expected.test(operation, status);
        if (!good) {
            errors.lazySet(errors.get() + 1);
        }
        if (nowNanos - measureFromNanos >= 0 && nowNanos - measureToNanos < 0) {
            answersInWindow.lazySet(answersInWindow.get() + 1);
        }
        if (intendedNanos - measureFromNanos >= 0) {
            latencies.get(operation).recordValue(latency);
            statuses.get(operation).computeIfAbsent(status, key -> new long[1])[0]++;
        }
    }

    /**
     * A request without an answer. One that was given up after a wait counts with that wait, a lower bound of what a
     * client would have seen; one whose connection broke has no latency.
     */
    void failed(int operation, LoadLane.Failure failure, long intendedNanos, long nowNanos) {
        errors.lazySet(errors.get() + 1);
        boolean waited = failure != LoadLane.Failure.DISCONNECTED;
        long latency = clamped(nowNanos - intendedNanos);
        if (waited) {
            interval.recordValue(latency);
        }
        if (intendedNanos - measureFromNanos >= 0) {
            failures.computeIfAbsent(failure, key -> new long[1])[0]++;
            if (waited) {
                latencies.get(operation).recordValue(latency);
            }
        }
    }

    /** Latencies since the last call. */
    Histogram interval() {
        return interval.getIntervalHistogram();
    }

    /** Answers that came inside the measured time. */
    long answersInWindow() {
        return answersInWindow.get();
    }

    /** Failures and unexpected answers so far, warm-up included. */
    long errors() {
        return errors.get();
    }

    Histogram latency(int operation) {
        return latencies.get(operation);
    }

    Histogram lateness() {
        return lateness;
    }

    Histogram connectionWait() {
        return connectionWait;
    }

    Map<Integer, long[]> statuses(int operation) {
        return statuses.get(operation);
    }

    Map<LoadLane.Failure, long[]> failures() {
        return failures;
    }

    private static long clamped(long nanos) {
        return Math.clamp(nanos, 1, LATENCY_NANOS_MAX);
    }
}
