package dev.casebook.urlshortener;

import dev.casebook.backing.KafkaService;
import dev.casebook.backing.PostgresService;
import dev.casebook.backing.RedisService;
import dev.casebook.common.http.HttpServer;
import dev.casebook.common.http.Routes;
import dev.casebook.common.lifecycle.Lifecycle;
import dev.casebook.common.metrics.Metrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One running node of the service. Nodes share PostgreSQL, Redis and Kafka and nothing else, so they may be started and
 * stopped at will behind any load balancer.
 */
public final class UrlShortenerNode implements AutoCloseable {
    private final Lifecycle lifecycle;
    private final HttpServer server;
    private final URI publicUrl;
    private final Metrics metrics;
    private final List<Routes.Signature> routes;
    private final @Nullable String newApiKey;

    UrlShortenerNode(
            Lifecycle lifecycle,
            HttpServer server,
            URI publicUrl,
            Metrics metrics,
            List<Routes.Signature> routes,
            @Nullable String newApiKey) {
        this.lifecycle = lifecycle;
        this.server = server;
        this.publicUrl = publicUrl;
        this.metrics = metrics;
        this.routes = routes;
        this.newApiKey = newApiKey;
    }

    /**
     * Opens a node; what it has opened by then is closed again when this fails.
     *
     * @param lifecycle closes the node; the backing services are the caller's
     * @throws IOException when the port or the folder cannot be had
     */
    public static UrlShortenerNode start(
            NodeSettings settings,
            PostgresService postgres,
            RedisService redis,
            KafkaService kafka,
            Lifecycle lifecycle)
            throws IOException, InterruptedException {
        try {
            return new NodeWiring(settings, lifecycle).start(postgres, redis, kafka);
        } catch (IOException | InterruptedException | RuntimeException e) {
            lifecycle.close();
            throw e;
        }
    }

    /** Where this node listens. */
    public URI uri() {
        return server.uri();
    }

    /** Where its links live. */
    public URI publicUrl() {
        return publicUrl;
    }

    /** The administrator's key if this start has made one; it is nowhere else in plain text. */
    public Optional<String> newApiKey() {
        return Optional.ofNullable(newApiKey);
    }

    /** What this node answers. */
    public List<Routes.Signature> routes() {
        return routes;
    }

    /** This node's meters. */
    public MeterRegistry meters() {
        return metrics.registry();
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
