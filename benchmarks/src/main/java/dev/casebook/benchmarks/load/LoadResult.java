package dev.casebook.benchmarks.load;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.HdrHistogram.Histogram;

/**
 * What one step of load showed. Latencies are nanoseconds from the moment a request was due.
 *
 * @param answeredPerSecond answers that came inside the measured time
 * @param requests due inside the measured time
 * @param expected of those, answered as the scenario wants
 * @param outcomes of those, by status or kind of failure
 * @param latency of all operations together
 * @param operations latency by operation
 * @param lateness how late the driver itself was; part of {@code latency}
 * @param connectionWait from noticing a request as due until a connection was free; part of {@code latency}
 * @param timeline a point per second, warm-up included
 * @param serverCpuMicros CPU time of the server per answer, empty when its process is not known
 */
public record LoadResult(
        LoadPlan plan,
        double answeredPerSecond,
        long requests,
        long expected,
        Map<String, Long> outcomes,
        Histogram latency,
        Map<String, Histogram> operations,
        Histogram lateness,
        Histogram connectionWait,
        List<Second> timeline,
        OptionalDouble serverCpuMicros) {
    /** The driver was late itself when one request in a hundred was noticed later than this. */
    static final long LATENESS_NANOS_MAX = 5_000_000;

    /** Below this share of the asked rate the service (or the driver) has not kept up. */
    private static final double KEPT_UP = 0.99;

    private static final double MOST = 99;

    /** Whether the driver itself noticed due requests in time. */
    public boolean isDriverInTime() {
        return lateness.getValueAtPercentile(MOST) <= LATENESS_NANOS_MAX;
    }

    /** Whether answers came at the rate that was asked for. */
    public boolean isRateKept() {
        return answeredPerSecond >= plan.ratePerSecond() * KEPT_UP;
    }

    /**
     * One second of the run.
     *
     * @param second its end, from the start of the warm-up
     * @param perSecond answers
     * @param errors failures and unexpected answers
     */
    public record Second(double second, double perSecond, long p50Nanos, long p99Nanos, long maxNanos, long errors) {}
}
