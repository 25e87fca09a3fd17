package dev.casebook.urlshortener.cache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * What the tiers do, as counters. A lookup is an answer that somebody asked for: it counts once, under the tier that its answer came from, also when it waited
 * for a load that another had begun. A refresh behind a visitor's back is no lookup, but what it asks of Redis and PostgreSQL counts. So a tier's hit ratio is its
 * {@code urlshortener_lookups_total} by that of all tiers, and read amplification is {@code urlshortener_redis_operations_total} or
 * {@code urlshortener_source_reads_total} by it. Thread-safe.
 */
final class CacheMetrics {
    private final MeterRegistry registry;
    private final Map<Lookup.Tier, Counter> lookups = new EnumMap<>(Lookup.Tier.class);
    private final Map<SharedSession.Fill, Counter> fills = new EnumMap<>(SharedSession.Fill.class);
    private final Counter stale;
    private final Counter joined;
    private final Counter sharedOperations;
    private final Counter sharedFailures;
    private final Counter sourceReads;
    private final Counter sourceRefusals;
    private final Counter invalidations;
    private final Counter clearings;
    private final Counter dropped;
    private final Timer leaseWaits;
    private final Counter leaseTimeouts;

    CacheMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (Lookup.Tier tier : Lookup.Tier.values()) {
            lookups.put(
                    tier,
                    Counter.builder("urlshortener.lookups")
                            .description("Answered lookups by the tier that the answer came from")
                            .tag("tier", tier.label())
                            .register(registry));
        }
        for (SharedSession.Fill fill : SharedSession.Fill.values()) {
            fills.put(
                    fill,
                    Counter.builder("urlshortener.fills")
                            .description("Attempts to fill Redis by outcome")
                            .tag("outcome", fill.name())
                            .register(registry));
        }
        stale = counter("urlshortener.lookups.stale", "Lookups answered with what was past its time");
        joined = counter(
                "urlshortener.lookups.joined", "Lookups that began no load because one of their key was under way");
        sharedOperations = counter("urlshortener.redis.operations", "Commands and scripts sent to Redis for lookups");
        sharedFailures = counter("urlshortener.redis.failures", "Lookups that Redis failed to answer");
        sourceReads = counter("urlshortener.source.reads", "Queries sent to PostgreSQL for lookups");
        sourceRefusals = counter("urlshortener.source.refusals", "Loads refused by the bulkhead");
        invalidations = counter("urlshortener.invalidations", "Keys invalidated by a publication");
        clearings = counter("urlshortener.clearings", "Times the near cache was emptied");
        dropped = counter("urlshortener.epoch.drops", "Load results not kept because an invalidation came meanwhile");
        leaseWaits = Timer.builder("urlshortener.lease.waits")
                .description("Time waited for another node's load")
                .register(registry);
        leaseTimeouts = counter("urlshortener.lease.timeouts", "Waits that ended without the other node's result");
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    <T> void gauge(String name, String description, T subject, ToDoubleFunction<T> value) {
        Gauge.builder(name, subject, value).description(description).register(registry);
    }

    void answered(Lookup.Tier tier) {
        Counter counter = lookups.get(tier);
        if (counter != null) {
            counter.increment();
        }
    }

    void answeredStale() {
        stale.increment();
    }

    void joined() {
        joined.increment();
    }

    void sharedOperation() {
        sharedOperations.increment();
    }

    void sharedFailure() {
        sharedFailures.increment();
    }

    void sourceRead() {
        sourceReads.increment();
    }

    void sourceRefused() {
        sourceRefusals.increment();
    }

    void invalidated() {
        invalidations.increment();
    }

    void cleared() {
        clearings.increment();
    }

    void dropped() {
        dropped.increment();
    }

    void filled(SharedSession.Fill fill) {
        Counter counter = fills.get(fill);
        if (counter != null) {
            counter.increment();
        }
    }

    void leaseWaited(long nanos) {
        leaseWaits.record(nanos, TimeUnit.NANOSECONDS);
    }

    void leaseTimedOut() {
        leaseTimeouts.increment();
    }
}
