package dev.casebook.common.http;

import dev.casebook.common.lifecycle.Readiness;
import dev.casebook.common.metrics.Metrics;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What operators and their tools ask every service: {@code /health/live}, {@code /health/ready}, {@code /metrics}. */
public final class OperationalRoutes {
    private OperationalRoutes() {}

    /**
     * Live: 200 as long as the process answers. Ready: 200, or 503, with each condition's value. Metrics: Prometheus' text format.
     */
    public static void add(Routes routes, Metrics metrics, Readiness readiness) {
        routes.onLoop(HttpMethod.GET, "/health/live", request -> noStore(Reply.json(200, Map.of("status", "live"))));
        routes.blocking(HttpMethod.GET, "/health/ready", request -> {
            boolean ready = readiness.isReady();
            return noStore(Reply.json(
                    ready ? 200 : 503,
                    Map.of("status", ready ? "ready" : "not ready", "conditions", readiness.report())));
        });
        routes.blocking(
                HttpMethod.GET,
                "/metrics",
                request -> noStore(
                        Reply.bytes(Metrics.CONTENT_TYPE, metrics.scrape().getBytes(StandardCharsets.UTF_8))));
    }

    private static Reply noStore(Reply reply) {
        return reply.withHeader("cache-control", "no-store");
    }
}
