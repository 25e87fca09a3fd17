package dev.casebook.urlshortener;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The node's client of Redis for everything but the cache's tier, which keeps its connections itself ({@code RedisLinkStore}). Connections come back by
 * themselves, at most about {@link #RECONNECT_MAX} after Redis does; the driver's own choice doubles its pause up to half a minute, for which live pages would stand still and
 * codes could not be drawn. Thread-safe; closing ends the driver's threads at once instead of after its two quiet seconds.
 */
final class RedisDriver implements AutoCloseable {
    static final Duration RECONNECT_MIN = Duration.ofMillis(10);
    static final Duration RECONNECT_MAX = Duration.ofSeconds(1);

    private static final long CLOSE_MILLIS_MAX = 2_000;

    private final ClientResources resources = ClientResources.builder()
            .reconnectDelay(Delay.exponential(RECONNECT_MIN, RECONNECT_MAX, 2, TimeUnit.MILLISECONDS))
            .build();
    private final RedisClient client;

    /** A driver that has not connected yet. */
    RedisDriver(RedisURI uri) {
        client = RedisClient.create(resources, uri);
    }

    RedisClient client() {
        return client;
    }

    @Override
    public void close() {
        client.shutdown(0, CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS);
        resources.shutdown(0, CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_MILLIS_MAX);
    }
}
