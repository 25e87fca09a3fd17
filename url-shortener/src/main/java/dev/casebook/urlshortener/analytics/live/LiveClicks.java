package dev.casebook.urlshortener.analytics.live;

import dev.casebook.urlshortener.analytics.LinkCount;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The totals of links as they grow anywhere in the installation, for this node's live pages.
 *
 * <p>Listens to a channel of {@link LiveClickPublisher} only while someone here watches a link of it. Messages that are
 * older than what a link's listeners have heard (two aggregators may overtake one another on the way) are left out. A listener
 * that comes later reads where the count stands from the statistics, before or after subscribing: the larger revision
 * is right.
 *
 * <p>Thread-safe. Connects when the first listener comes; the driver reconnects and subscribes again by itself.
 */
public final class LiveClicks implements AutoCloseable {
    /** Listeners of this node; more are refused. */
    public static final int LISTENERS_MAX = 10_000;

    /** How long a listener waits for the first connection. */
    private static final Duration CONNECT_MAX = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(LiveClicks.class);

    private final RedisClient client;
    private final RedisURI uri;
    private final LiveChannels channels;
    private final ConcurrentHashMap<Long, Watched> watched = new ConcurrentHashMap<>();
    /** Listeners by channel; guarded by this. */
    private final Map<Integer, Integer> listenersOfChannel = new HashMap<>();
    /** Guarded by this. */
    private @Nullable StatefulRedisPubSubConnection<byte[], byte[]> connection;
    /** Guarded by this. */
    private int listeners;

    /** A link with listeners. */
    private static final class Watched {
        final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();
        /** Written by the driver's one thread for this connection. */
        volatile long revision;
    }

    private record Listener(Consumer<LinkCount> counts, Runnable missed) {}

    /** Ends with {@link #close}. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        /** Ends the subscription; a call under way may still finish. Idempotent. */
        @Override
        void close();
    }

    /**
     * A source without listeners and without a connection.
     *
     * @param prefix the one that the publishers use
     */
    public LiveClicks(RedisClient client, RedisURI uri, String prefix) {
        this.client = client;
        this.uri = uri;
        channels = new LiveChannels(prefix);
    }

    /**
     * Calls {@code counts} with each new total of a link, on the driver's thread: it must not block, and should keep only
     * the latest when its own reader is slow.
     *
     * @param missed called on the driver's thread when the connection was away and is back: totals may have been missed, so
     *     the caller should read where the count stands (on another thread, as that blocks)
     * @throws LiveClicksUnavailableException when this node has {@link #LISTENERS_MAX} listeners already, or when Redis
     *     cannot be reached; once it has been reached, the driver connects again by itself
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the driver subscribes again by itself until it succeeds
    public Subscription subscribe(long linkId, Consumer<LinkCount> counts, Runnable missed) {
        Listener listener = new Listener(counts, missed);
        int channel = LiveChannels.channelOf(linkId);
        synchronized (this) {
            if (listeners == LISTENERS_MAX) {
                throw new LiveClicksUnavailableException(
                        "this node has " + LISTENERS_MAX + " live listeners already", new RejectedExecutionException());
            }
            StatefulRedisPubSubConnection<byte[], byte[]> redis = connection();
            if (listenersOfChannel.merge(channel, 1, Integer::sum) == 1) {
                redis.async().subscribe(nameOf(channel));
            }
            listeners++;
            watched.computeIfAbsent(linkId, id -> new Watched()).listeners.add(listener);
        }
        return new Subscription() {
            private boolean closed;

            @Override
            public void close() {
                synchronized (LiveClicks.this) {
                    if (!closed) {
                        closed = true;
                        unsubscribe(linkId, channel, listener);
                    }
                }
            }
        };
    }

    @SuppressWarnings("FutureReturnValueIgnored") // should it fail, messages for nobody are ignored
    private void unsubscribe(long linkId, int channel, Listener listener) {
        listeners--;
        watched.computeIfPresent(linkId, (id, link) -> {
            link.listeners.remove(listener);
            return link.listeners.isEmpty() ? null : link;
        });
        if (listenersOfChannel.merge(channel, -1, Integer::sum) == 0 && connection != null) {
            connection.async().unsubscribe(nameOf(channel));
        }
    }

    private byte[] nameOf(int channel) {
        return channels.name(channel).getBytes(StandardCharsets.UTF_8);
    }

    private StatefulRedisPubSubConnection<byte[], byte[]> connection() {
        if (connection == null) {
            connection = connect();
            connection.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(byte[] channel, byte[] message) {
                    LiveChannels.decode(message).forEach(LiveClicks.this::deliver);
                }

                @Override
                public void subscribed(byte[] channel, long count) {
                    resume(channel);
                }
            });
        }
        return connection;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // how closing a connection that came too late ends changes nothing
    private StatefulRedisPubSubConnection<byte[], byte[]> connect() {
        CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>> opening =
                client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri).toCompletableFuture();
        try {
            return opening.get(CONNECT_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // Should it open later after all, nobody would close it.
            opening.whenComplete((late, failure) -> {
                if (late != null) {
                    late.closeAsync();
                }
            });
            throw new LiveClicksUnavailableException("Redis cannot be reached: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LiveClicksUnavailableException("interrupted while connecting to Redis", e);
        }
    }

    /** The first subscription and every one after a lost connection: what came in between was not heard. */
    private void resume(byte[] channel) {
        String name = new String(channel, StandardCharsets.UTF_8);
        watched.forEach((linkId, link) -> {
            if (channels.name(LiveChannels.channelOf(linkId)).equals(name)) {
                link.listeners.forEach(listener -> listener.missed().run());
            }
        });
    }

    private void deliver(LinkCount count) {
        Watched link = watched.get(count.linkId());
        if (link == null || count.revision() <= link.revision) {
            return;
        }
        link.revision = count.revision();
        for (Listener listener : link.listeners) {
            try {
                listener.counts().accept(count);
            } catch (RuntimeException e) {
                log.warn("a live listener of link {} failed; it hears of the next count", count.linkId(), e);
            }
        }
    }

    /** How many listeners this node has. */
    public synchronized int listeners() {
        return listeners;
    }

    @Override
    public synchronized void close() {
        watched.clear();
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
