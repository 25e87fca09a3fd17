package dev.casebook.backing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A Redis that answers: an embedded one or somebody's.
 *
 * <p>Thread-safe. {@link #close()} ends an embedded server and leaves an external one alone.
 */
public final class RedisService implements AutoCloseable {
    private static final String OPTION = "--redis";
    private static final Duration EXTERNAL_TIMEOUT = Duration.ofSeconds(10);

    private final String uri;
    private final @Nullable ServerProcess process;
    private final long openedInNanos;

    private RedisService(String uri, @Nullable ServerProcess process, long beginNanos) {
        this.uri = uri;
        this.process = process;
        this.openedInNanos = System.nanoTime() - beginNanos;
    }

    /**
     * Returns when the server answers PING.
     *
     * @param setting {@code embedded}, {@code embedded:PORT} or {@code redis://[:PASSWORD@]HOST:PORT[/DATABASE]} ({@code rediss:} for TLS)
     * @param dataDir where an embedded server keeps its data, in the folder {@code redis}
     * @throws BackingServiceException if it can't be started or reached, with the reason and what to do
     */
    public static RedisService open(String setting, Path dataDir) {
        long beginNanos = System.nanoTime();
        return switch (Setting.parse(OPTION, setting)) {
            case Setting.Embedded embedded -> {
                Started<RedisServer> started = Started.in(dataDir, "redis", embedded.port(), RedisServer::in);
                yield new RedisService(
                        "redis://" + ServiceFolder.HOST + ":"
                                + started.process().port(),
                        started.process(),
                        beginNanos);
            }
            case Setting.External external -> reach(external.address(), beginNanos);
        };
    }

    /** As Lettuce's {@code RedisURI} and other clients read it. */
    public String uri() {
        return uri;
    }

    public boolean embedded() {
        return process != null;
    }

    /**
     * The process of an embedded server, to be hurt.
     *
     * @throws IllegalStateException if the server is not {@link #embedded()}
     */
    public ServerProcess process() {
        if (process == null) {
            throw new IllegalStateException("Redis is external: its process is not ours to touch");
        }
        return process;
    }

    /** How long it took from the call of {@code open} until the server answered. */
    public Duration openedIn() {
        return Duration.ofNanos(openedInNanos);
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }

    /** The address with {@code ***} in place of a password. */
    @Override
    public String toString() {
        // What stands alone before the @ is a password too (RedisURI); one that is not encoded as it should be may
        // contain an @ itself.
        return uri.replaceAll("(?<=://)([^:@/]*:)?[^/]*(?=@)", "$1***");
    }

    private static RedisService reach(String uri, long beginNanos) {
        RedisService service = new RedisService(uri, null, beginNanos);
        RedisURI parsed;
        try {
            parsed = RedisURI.create(uri);
        } catch (IllegalArgumentException e) {
            throw new BackingServiceException(
                    OPTION + " " + service + ": neither \"embedded\" nor an address like redis://HOST:6379 ("
                            + e.getMessage() + ").",
                    e);
        }
        parsed.setTimeout(EXTERNAL_TIMEOUT);
        try (RedisClient client = RedisClient.create(parsed);
                StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().ping();
        } catch (RedisException e) {
            String reason = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            throw new BackingServiceException(
                    "Redis at " + service + " can't be used: " + reason + ". Check the address given to " + OPTION
                            + ", or leave it out to start an embedded server.",
                    e);
        }
        return service;
    }
}
