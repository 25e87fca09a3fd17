package dev.casebook.common.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * The server's meters. Label values are bounded by construction: a route is its template, a method one of those with a meaning here or {@code other}, a status its class.
 * Thread-safe.
 */
final class HttpMetrics {
    static final String UNMATCHED = "unmatched";
    private static final HttpMethod OTHER = HttpMethod.valueOf("other");
    private static final Set<HttpMethod> METHODS = Set.of(
            HttpMethod.GET,
            HttpMethod.HEAD,
            HttpMethod.POST,
            HttpMethod.PUT,
            HttpMethod.PATCH,
            HttpMethod.DELETE,
            HttpMethod.OPTIONS);

    private static final Duration[] BUCKETS = IntStream.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final Map<Labels, Timer> timers = new ConcurrentHashMap<>();
    private final Counter refusedConnections;
    private final Counter timeouts;
    private final Counter brokenOff;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger streams = new AtomicInteger();
    private volatile List<LoopState> loops = List.of();

    private record Labels(String route, HttpMethod method, int statusClass) {}

    HttpMetrics(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("http.server.connections", connections, AtomicInteger::get)
                .description("open connections")
                .register(registry);
        Gauge.builder("http.server.streams", streams, AtomicInteger::get)
                .description("open event streams and WebSockets")
                .register(registry);
        refusedConnections = Counter.builder("http.server.connections.refused")
                .description("connections closed on arrival because of the limit")
                .register(registry);
        timeouts = Counter.builder("http.server.timeouts")
                .description("connections closed because a request did not arrive in time")
                .register(registry);
        brokenOff = Counter.builder("http.server.replies.broken.off")
                .description("streamed replies that did not get to their end")
                .register(registry);
    }

    void countFastPath(List<LoopState> loops) {
        this.loops = loops;
        // The registry holds what it reads from weakly, and nobody else holds the list: it read 0 after a collection.
        FunctionCounter.builder("http.server.fast.requests", this, HttpMetrics::fastRequests)
                .description("requests answered from their bytes, before the codec")
                .register(registry);
    }

    private long fastRequests() {
        return loops.stream().mapToLong(LoopState::fastRequests).sum();
    }

    long now() {
        return registry.config().clock().monotonicTime();
    }

    void record(String route, HttpMethod method, int status, long nanos) {
        HttpMethod known = METHODS.contains(method) ? method : OTHER;
        timers.computeIfAbsent(new Labels(route, known, status / 100), this::timer)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Labels labels) {
        return Timer.builder("http.server.requests")
                .description("from the request's last byte to the answer's first")
                .tag("route", labels.route())
                .tag("method", labels.method().name())
                .tag("status", labels.statusClass() + "xx")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    AtomicInteger connections() {
        return connections;
    }

    AtomicInteger streams() {
        return streams;
    }

    void refusedConnection() {
        refusedConnections.increment();
    }

    void brokenOff() {
        brokenOff.increment();
    }

    void timedOut() {
        timeouts.increment();
    }
}
