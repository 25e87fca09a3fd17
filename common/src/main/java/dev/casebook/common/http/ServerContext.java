package dev.casebook.common.http;

import org.jspecify.annotations.Nullable;

/** What all connections of a server share. Thread-safe. */
final class ServerContext {
    private final HttpLimits limits;
    private final TrustedProxies proxies;
    private final @Nullable Cors cors;
    private final RouteDispatcher dispatcher;
    private final HttpMetrics metrics;
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

    boolean isDraining() {
        return draining;
    }

    void startDraining() {
        draining = true;
    }
}
