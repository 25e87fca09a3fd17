package dev.casebook.common.lifecycle;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Whether a service wants traffic: it has started, is not stopping, and every condition it named holds. Load balancers read it through
 * {@code /health/ready}. Thread-safe.
 */
public final class Readiness {
    private final Map<String, BooleanSupplier> conditions = new ConcurrentHashMap<>();
    private volatile Phase phase = Phase.STARTING;

    private enum Phase {
        STARTING,
        STARTED,
        STOPPING
    }

    /**
     * Adds a condition that has to hold for the service to be ready.
     *
     * @param condition asked at every probe, from any thread: it must be cheap and must not block
     * @throws IllegalArgumentException if a condition of this name is there already
     */
    public void require(String name, BooleanSupplier condition) {
        if (conditions.putIfAbsent(name, condition) != null) {
            throw new IllegalArgumentException("readiness condition is already there: " + name);
        }
    }

    /** Everything is open and serves. Without effect once {@link #stop} was called. */
    public synchronized void started() {
        if (phase == Phase.STARTING) {
            phase = Phase.STARTED;
        }
    }

    /** The service goes away: not ready from here on, for good. */
    public synchronized void stop() {
        phase = Phase.STOPPING;
    }

    public boolean isReady() {
        return phase == Phase.STARTED && conditions.values().stream().allMatch(BooleanSupplier::getAsBoolean);
    }

    /** Each condition with its present value, {@code started} and {@code not stopping} among them, in the order of their names. */
    public Map<String, Boolean> report() {
        Phase now = phase;
        Map<String, Boolean> report = new TreeMap<>();
        report.put("started", now != Phase.STARTING);
        report.put("not stopping", now != Phase.STOPPING);
        conditions.forEach((name, condition) -> report.put(name, condition.getAsBoolean()));
        return report;
    }
}
