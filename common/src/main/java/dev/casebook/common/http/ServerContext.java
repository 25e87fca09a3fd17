package dev.casebook.common.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What all connections of a server share. Thread-safe. */
final class ServerContext {
    private final HttpLimits limits;
    private final TrustedProxies proxies;
    private final @Nullable Cors cors;
    private final RouteDispatcher dispatcher;
    private final HttpMetrics metrics;
    private final Set<SseStream> streams = ConcurrentHashMap.newKeySet();
    private final Set<WebSocket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    ServerContext(
            HttpLimits limits,
            TrustedProxies proxies,
            @Nullable Cors cors,
            RouteDispatcher dispatcher,
            HttpMetrics metrics) {
        this.limits = limits;
        this.proxies = proxies;
        this.cors = cors;
        this.dispatcher = dispatcher;
        this.metrics = metrics;
    }

    HttpLimits limits() {
        return limits;
    }

    TrustedProxies proxies() {
        return proxies;
    }

    @Nullable
    Cors cors() {
        return cors;
    }

    RouteDispatcher dispatcher() {
        return dispatcher;
    }

    HttpMetrics metrics() {
        return metrics;
    }

    /** Event streams that are open. */
    Set<SseStream> streams() {
        return streams;
    }

    /** WebSockets that are open. */
    Set<WebSocket> sockets() {
        return sockets;
    }

    boolean isDraining() {
        return draining;
    }

    void startDraining() {
        draining = true;
    }
}
