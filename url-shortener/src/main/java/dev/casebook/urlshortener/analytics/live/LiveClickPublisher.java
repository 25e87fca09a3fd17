package dev.casebook.urlshortener.analytics.live;

import dev.casebook.urlshortener.analytics.LinkCount;
import dev.casebook.urlshortener.analytics.rollup.CommitListener;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells all nodes of new totals after each commit, by Redis publish/subscribe.
 *
 * <p>Why not let every node read the topic: each would receive every click to show a few, and would still have to know what
 * was counted before. The aggregator has the new totals at hand and sends them once: absolute, so that a message lost or
 * repeated does no harm, and with a revision, so that an older one is recognised. At most 16 channels times
 * {@link LiveChannels#COUNTS_PER_MESSAGE_MAX} counts a message go out per commit.
 *
 * <p>Never blocks and never throws: while Redis is away, or {@link #PENDING_MAX} messages are unanswered, counts are not
 * announced (a metric says how many), and the next commit's totals bring the listeners up to date.
 */
public final class LiveClickPublisher implements CommitListener, AutoCloseable {
    /** Messages sent to Redis and not answered. */
    static final int PENDING_MAX = 256;

    private static final Logger log = LoggerFactory.getLogger(LiveClickPublisher.class);

    private static final long CONNECT_PAUSE_NANOS = 1_000_000_000;

    private final RedisClient client;
    private final RedisURI uri;
    private final LiveChannels channels;
    private final LongSupplier nanoTime;
    private final Counter announced;
    private final Counter unannounced;
    private final AtomicInteger pending = new AtomicInteger();
    private CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connection;
    private long connectNotBefore;

    /**
     * A publisher that begins to connect and does not wait for it.
     *
     * @param prefix of the channels' names, ends in a colon
     */
    public LiveClickPublisher(
            RedisClient client, RedisURI uri, String prefix, LongSupplier nanoTime, MeterRegistry metrics) {
        this.client = client;
        this.uri = uri;
        this.nanoTime = nanoTime;
        channels = new LiveChannels(prefix);
        announced = counter(metrics, "announced");
        unannounced = counter(metrics, "skipped");
        connection = connect();
    }

    private static Counter counter(MeterRegistry metrics, String outcome) {
        return Counter.builder("urlshortener.live.counts")
                .tag("outcome", outcome)
                .description("New totals offered to live listeners")
                .register(metrics);
    }

    private CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connect() {
        connectNotBefore = nanoTime.getAsLong() + CONNECT_PAUSE_NANOS;
        return client.connectAsync(ByteArrayCodec.INSTANCE, uri).toCompletableFuture();
    }

    @Override
    public void committed(List<LinkCount> totals) {
        StatefulRedisConnection<byte[], byte[]> redis = connected();
        if (redis == null) {
            unannounced.increment(totals.size());
            return;
        }
        List<List<LinkCount>> byChannel = Stream.<List<LinkCount>>generate(ArrayList::new)
                .limit(LiveChannels.CHANNELS)
                .toList();
        for (LinkCount total : totals) {
            byChannel.get(LiveChannels.channelOf(total.linkId())).add(total);
        }
        for (int channel = 0; channel < LiveChannels.CHANNELS; channel++) {
            List<LinkCount> counts = byChannel.get(channel);
            for (int from = 0; from < counts.size(); from += LiveChannels.COUNTS_PER_MESSAGE_MAX) {
                int to = Math.min(from + LiveChannels.COUNTS_PER_MESSAGE_MAX, counts.size());
                announce(redis, channel, counts.subList(from, to));
            }
        }
    }

    private @Nullable StatefulRedisConnection<byte[], byte[]> connected() {
        if (connection.isCompletedExceptionally() && nanoTime.getAsLong() - connectNotBefore >= 0) {
            log.debug("no connection for live counts, trying again", connection.exceptionNow());
            connection = connect();
        }
        return connection.isDone() && !connection.isCompletedExceptionally() ? connection.resultNow() : null;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the outcome is counted
    private void announce(StatefulRedisConnection<byte[], byte[]> redis, int channel, List<LinkCount> counts) {
        if (pending.get() >= PENDING_MAX) {
            unannounced.increment(counts.size());
            return;
        }
        pending.incrementAndGet();
        redis.async()
                .publish(channels.name(channel).getBytes(StandardCharsets.UTF_8), LiveChannels.encode(counts))
                .whenComplete((receivers, failure) -> {
                    pending.decrementAndGet();
                    (failure == null ? announced : unannounced).increment(counts.size());
                });
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // without a connection there is nothing to close
    public void close() {
        connection.thenAccept(StatefulRedisConnection::close);
    }
}
