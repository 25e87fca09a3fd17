package dev.casebook.urlshortener.api;

import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.StreamSupport;

/** {@code /api/v1/system}: this node's own meters, the same as at {@code /metrics}, in the order a person reads them. */
final class SystemEndpoint {
    private final String nodeId;
    private final MeterRegistry meters;
    private final Map<String, BooleanSupplier> backing;
    private final long startedNanos = System.nanoTime();

    /** @param backing whether each backing service answers, by name; must be quick, as a page asks every second */
    SystemEndpoint(String nodeId, MeterRegistry meters, Map<String, BooleanSupplier> backing) {
        this.nodeId = nodeId;
        this.meters = meters;
        this.backing = new LinkedHashMap<>(backing);
    }

    Reply show(Request request) {
        Caller.of(request);
        Map<String, Object> system = new LinkedHashMap<>();
        system.put("nodeId", nodeId);
        system.put("uptimeSeconds", (System.nanoTime() - startedNanos) / 1_000_000_000L);
        system.put("lookups", sum("urlshortener.lookups"));
        system.put(
                "tiers",
                Map.of(
                        "l1",
                        Map.of(
                                "hits", sum("urlshortener.lookups", "tier", "l1"),
                                "entries", sum("urlshortener.near.links"),
                                "degraded", sum("urlshortener.near.degraded") > 0),
                        "l2",
                        Map.of(
                                "hits", sum("urlshortener.lookups", "tier", "l2"),
                                "operations", sum("urlshortener.redis.operations"),
                                "errors", sum("urlshortener.redis.failures")),
                        "database",
                        Map.of(
                                "hits", sum("urlshortener.lookups", "tier", "db"),
                                "loads", sum("urlshortener.source.reads"),
                                "refusals", sum("urlshortener.source.refusals"))));
        system.put("leaseWaits", sum("urlshortener.lease.waits"));
        system.put("invalidations", sum("urlshortener.invalidations"));
        system.put("epochDrops", sum("urlshortener.epoch.drops"));
        system.put(
                "clicks",
                Map.of(
                        "recorded", sum("urlshortener.clicks.recorded"),
                        "queuedBytes", sum("urlshortener.clicks.queue.bytes"),
                        "published", sum("urlshortener.clicks.published") + sum("urlshortener.clicks.replayed"),
                        "spooledBytes", sum("urlshortener.clicks.spool.bytes"),
                        "dropped", sum("urlshortener.clicks.dropped"),
                        "aggregated", sum("urlshortener.aggregator.clicks")));
        Map<String, String> states = new LinkedHashMap<>();
        backing.forEach((name, up) -> states.put(name, up.getAsBoolean() ? "up" : "down"));
        system.put("backing", states);
        return Reply.json(200, system).withHeader("cache-control", "no-store");
    }

    /** The sum over all meters of the name that carry the tags; 0 when there is none yet. */
    private long sum(String name, String... tags) {
        return Math.round(meters.find(name).tags(tags).meters().stream()
                .mapToDouble(SystemEndpoint::count)
                .filter(Double::isFinite)
                .sum());
    }

    private static double count(Meter meter) {
        return StreamSupport.stream(meter.measure().spliterator(), false)
                .filter(measurement ->
                        measurement.getStatistic() == Statistic.COUNT || measurement.getStatistic() == Statistic.VALUE)
                .mapToDouble(measurement -> measurement.getValue())
                .findFirst()
                .orElse(0);
    }
}
