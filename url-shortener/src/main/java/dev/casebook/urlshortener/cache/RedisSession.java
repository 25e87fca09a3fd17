package dev.casebook.urlshortener.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.casebook.urlshortener.link.LinkChange;
import dev.casebook.urlshortener.link.LinkKey;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to one incarnation of Redis: one for commands, one (RESP3) that tracks the fences, and a
 * {@link RedisLane} for each thread that serves requests. They are opened together, none reconnects by itself, and when one
 * dies or falls silent all are closed. That is the whole circuit breaker: no session means that nobody asks Redis, and a
 * session only comes into being by a complete handshake.
 *
 * <p>There is no timer per command. The server answers a connection's commands in order, so a heartbeat behind them that
 * is not answered in time convicts them all, and closing the connection fails them all at once.
 *
 * <p>A refusal is an answer. A load that is refused (no memory left, a key of another type) goes without L2 and leaves the
 * session alone: the load is right by its own epoch, and closing would empty L1 for nothing, at every cold key. What does
 * end a session is a publication that was refused, and a server that takes no writes at all (a replica, one whose disk is
 * full): nobody can publish there, so L1 must not live on hearing of it. The handshake and every heartbeat ask for a write.
 *
 * <p>Thread-safe, except {@link #beat}, which belongs to the keeper thread.
 */
final class RedisSession implements SharedSession {
    private static final Logger LOG = LoggerFactory.getLogger(RedisSession.class);

    /** A beat that comes so much later than due means that this process stood still, not the server. */
    private static final int OWN_PAUSE_BEATS = 4;

    private static final int RUN_ID_HEX_DIGITS = Long.BYTES * 2;
    private static final byte[] TRUE = {'1'};
    private static final byte[] FALSE = {'0'};

    private final StatefulRedisConnection<byte[], byte[]> commands;
    private final StatefulRedisConnection<byte[], byte[]> tracking;
    private final Map<Thread, RedisLane> lanes;
    private final long incarnation;
    private final byte[] incarnationBytes;
    private final byte[] pulseKey;
    private final Scripts scripts;
    private final RedisSettings settings;
    private final TierSettings.Shared limits;

    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicBoolean refusalLogged = new AtomicBoolean();

    private long lastBeatNanos;
    private long askedNanos;
    private @Nullable CompletableFuture<Void> signOfLife;

    private record Scripts(String acquire, String fill, String release, String publish) {}

    private RedisSession(
            StatefulRedisConnection<byte[], byte[]> commands,
            StatefulRedisConnection<byte[], byte[]> tracking,
            Map<Thread, RedisLane> lanes,
            long incarnation,
            Scripts scripts,
            RedisSettings settings,
            TierSettings.Shared limits,
            long nowNanos) {
        this.commands = commands;
        this.tracking = tracking;
        this.lanes = lanes;
        this.incarnation = incarnation;
        this.incarnationBytes =
                ByteBuffer.allocate(Long.BYTES).putLong(incarnation).array();
        this.pulseKey = pulseKey(settings);
        this.scripts = scripts;
        this.settings = settings;
        this.limits = limits;
        this.lastBeatNanos = nowNanos;
    }

    /**
     * Connects, and returns when tracking is armed: every fence written from now on reaches {@code listener}.
     *
     * @throws SharedTierException when the server does not answer the whole handshake within the connect timeout, or takes
     *     no writes
     */
    static RedisSession open(
            RedisClient client,
            List<RedisLinkStore.Lane> lanes,
            RedisURI uri,
            RedisSettings settings,
            TierSettings.Shared limits,
            InvalidationListener listener,
            LongSupplier nanoTime) {
        List<StatefulRedisConnection<byte[], byte[]>> opened = new ArrayList<>();
        try {
            var commands = connect(client, uri, settings, opened);
            var tracking = connect(client, uri, settings, opened);
            tracking.addListener(listener);
            await(
                    tracking.async()
                            .clientTracking(
                                    TrackingArgs.Builder.enabled().bcast().prefixes(settings.fencePrefix())),
                    settings.connectTimeout());
            Map<Thread, RedisLane> byThread = new HashMap<>();
            for (RedisLinkStore.Lane lane : lanes) {
                Executor thread = lane.thread().executor();
                var connection = connect(lane.client(), lane.uri(), settings, opened);
                byThread.put(
                        await(CompletableFuture.supplyAsync(Thread::currentThread, thread), settings.connectTimeout()),
                        new RedisLane(
                                thread, connection, settings.commandTimeout().toNanos(), nanoTime));
            }
            Set<Long> incarnations = new HashSet<>();
            for (var connection : opened) {
                incarnations.add(incarnation(await(connection.async().info("server"), settings.connectTimeout())));
            }
            if (incarnations.size() > 1) {
                throw new SharedTierException("the connections lead to different servers");
            }
            Scripts scripts = new Scripts(
                    await(commands.async().scriptLoad(RedisScripts.ACQUIRE), settings.connectTimeout()),
                    await(commands.async().scriptLoad(RedisScripts.FILL), settings.connectTimeout()),
                    await(commands.async().scriptLoad(RedisScripts.RELEASE), settings.connectTimeout()),
                    await(commands.async().scriptLoad(RedisScripts.PUBLISH), settings.connectTimeout()));
            await(commands.async().unlink(pulseKey(settings)), settings.connectTimeout());
            return new RedisSession(
                    commands,
                    tracking,
                    byThread,
                    incarnations.iterator().next(),
                    scripts,
                    settings,
                    limits,
                    nanoTime.getAsLong());
        } catch (RuntimeException failure) {
            opened.forEach(RedisSession::hangUp);
            throw failure;
        }
    }

    private static StatefulRedisConnection<byte[], byte[]> connect(
            RedisClient client,
            RedisURI uri,
            RedisSettings settings,
            List<StatefulRedisConnection<byte[], byte[]>> opened) {
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connecting =
                client.connectAsync(ByteArrayCodec.INSTANCE, uri).toCompletableFuture();
        try {
            StatefulRedisConnection<byte[], byte[]> connection = await(connecting, settings.connectTimeout());
            opened.add(connection);
            return connection;
        } catch (SharedTierException late) {
            hangUpWhenOpen(connecting);
            throw late;
        }
    }

    private static long incarnation(String info) {
        return info.lines()
                .filter(line -> line.startsWith("run_id:"))
                .map(line -> line.substring("run_id:".length()).trim())
                .filter(id -> id.length() >= RUN_ID_HEX_DIGITS)
                .map(id -> Long.parseUnsignedLong(id.substring(0, RUN_ID_HEX_DIGITS), 16))
                .findFirst()
                .orElseThrow(() -> new SharedTierException("INFO server names no run_id; a proxy in between?"));
    }

    @Override
    public CompletionStage<Optional<SharedEntry>> get(LinkKey key) {
        RedisLane lane = lanes.get(Thread.currentThread());
        CompletionStage<byte[]> reply = lane == null ? commands.async().get(entryKey(key)) : lane.get(entryKey(key));
        return reply.thenApply(bytes -> SharedEntry.decode(key, bytes, incarnation));
    }

    @Override
    public Acquisition acquire(LinkKey key, Optional<SharedEntry> seen, LoadLease lease) {
        byte[] mark =
                seen.map(entry -> SharedEntry.fillMark(entry, incarnation)).orElse(new byte[0]);
        byte[] reply = finishLoad(commands.async()
                .<byte[]>evalsha(
                        scripts.acquire,
                        ScriptOutputType.VALUE,
                        keys(key),
                        incarnationBytes,
                        mark,
                        lease.token(),
                        number(limits.leaseTtl().toMillis())));
        if (reply.length > 1) {
            // An entry in another release's encoding cannot be used and must not be overwritten in turns: as if busy.
            return SharedEntry.decode(key, reply, incarnation)
                    .<Acquisition>map(Acquisition.Found::new)
                    .orElseGet(Acquisition.Busy::new);
        }
        return reply[0] == RedisScripts.GRANTED ? new Acquisition.Granted() : new Acquisition.Busy();
    }

    @Override
    public Fill fill(LinkKey key, LoadLease lease, SharedEntry entry) {
        Long reply = finishLoad(commands.async()
                .<Long>evalsha(
                        scripts.fill,
                        ScriptOutputType.INTEGER,
                        keys(key),
                        lease.token(),
                        entry.encode(incarnation),
                        number(timeToLive(entry).toMillis()),
                        entry.link() == null ? FALSE : TRUE));
        return switch (Math.toIntExact(reply)) {
            case 1 -> Fill.STORED;
            case 0 -> Fill.LEASE_LOST;
            default -> Fill.OLDER;
        };
    }

    @Override
    public void release(LinkKey key, LoadLease lease) {
        finishLoad(commands.async().<Long>evalsha(scripts.release, ScriptOutputType.INTEGER, keys(key), lease.token()));
    }

    /** See {@link RedisLinkStore#publishAll}. */
    void publishAll(List<LinkChange> changes, long nowEpochMillis) {
        List<RedisFuture<Long>> sent = new ArrayList<>(changes.size());
        for (LinkChange change : changes) {
            Duration fresh = change.link() == null ? limits.absenceTtl() : limits.fresh();
            SharedEntry entry = new SharedEntry(change.version(), nowEpochMillis + fresh.toMillis(), change.link());
            sent.add(commands.async()
                    .evalsha(
                            scripts.publish,
                            ScriptOutputType.INTEGER,
                            keys(change.key()),
                            entry.encode(incarnation),
                            number(timeToLive(entry).toMillis()),
                            change.link() == null ? FALSE : TRUE,
                            number(limits.fenceTtl().toMillis())));
        }
        sent.forEach(this::finishPublication);
    }

    /**
     * Takes the server's pulse; called every heartbeat.
     *
     * @return false when the session is dead: a connection is closed, or the server takes no writes, or it has kept a
     *     question waiting for longer than the command timeout
     */
    boolean beat(long nowNanos) {
        boolean ownPause = nowNanos - lastBeatNanos
                > OWN_PAUSE_BEATS * settings.heartbeat().toNanos();
        lastBeatNanos = nowNanos;
        boolean lanesLive = true;
        for (RedisLane lane : lanes.values()) {
            lanesLive &= lane.beat();
        }
        if (!lanesLive || !isOpen()) {
            return false;
        }
        CompletableFuture<Void> asked = signOfLife;
        if (asked == null || asked.isDone()) {
            if (asked != null && asked.isCompletedExceptionally()) {
                return false;
            }
            askedNanos = nowNanos;
            signOfLife = CompletableFuture.allOf(
                    commands.async().unlink(pulseKey).toCompletableFuture(),
                    tracking.async().ping().toCompletableFuture());
            return true;
        }
        if (ownPause) {
            askedNanos = nowNanos; // the answer may be lying in our socket buffer; give it another chance to be read
        }
        return nowNanos - askedNanos <= settings.commandTimeout().toNanos();
    }

    boolean isOpen() {
        return commands.isOpen() && tracking.isOpen();
    }

    /** Runs {@code action} when one of the connections closes. */
    void onDisconnect(Runnable action) {
        var listener = new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
                action.run();
            }
        };
        commands.addListener(listener);
        tracking.addListener(listener);
        lanes.values().forEach(lane -> lane.connection().addListener(listener));
    }

    /** Closes all connections; commands that wait for an answer fail. */
    void close() {
        if (closing.compareAndSet(false, true)) {
            hangUp(commands);
            hangUp(tracking);
            lanes.values().forEach(lane -> hangUp(lane.connection()));
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a close that fails leaves nothing to be done
    private static void hangUp(StatefulRedisConnection<byte[], byte[]> connection) {
        connection.closeAsync();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // as above
    private static void hangUpWhenOpen(CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connecting) {
        connecting.thenAccept(RedisSession::hangUp);
    }

    /**
     * Waits for a publication's script. One that is refused or left unanswered ends the session: what it should have removed
     * may still be there.
     */
    private <T> T finishPublication(CompletionStage<T> script) {
        try {
            return await(script, settings.commandTimeout().multipliedBy(2));
        } catch (SharedTierException failure) {
            closeUnlessInterrupted(failure);
            throw failure;
        }
    }

    /**
     * Waits for a loader's script. One that is left unanswered ends the session, one that is refused does not, except for
     * want of the script itself (SCRIPT FLUSH): only a handshake loads it again.
     */
    private <T> T finishLoad(CompletionStage<T> script) {
        try {
            return await(script, settings.commandTimeout().multipliedBy(2));
        } catch (SharedTierException failure) {
            Throwable cause = failure.getCause();
            if (cause instanceof RedisCommandExecutionException && !(cause instanceof RedisNoScriptException)) {
                if (refusalLogged.compareAndSet(false, true)) {
                    LOG.warn("Redis refuses loads, which go to the source without it: {}", cause.getMessage());
                }
            } else {
                closeUnlessInterrupted(failure);
            }
            throw failure;
        }
    }

    private void closeUnlessInterrupted(SharedTierException failure) {
        if (!(failure.getCause() instanceof InterruptedException)) {
            close();
        }
    }

    private static <T> T await(CompletionStage<T> stage, Duration timeout) {
        try {
            return stage.toCompletableFuture().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new SharedTierException("Redis failed: " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new SharedTierException("Redis did not answer within " + timeout.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SharedTierException("interrupted while waiting for Redis", e);
        }
    }

    /** How long Redis keeps an entry. A link outlives its freshness by the grace; an absence has none. */
    private Duration timeToLive(SharedEntry entry) {
        return entry.link() == null ? limits.absenceTtl() : limits.fresh().plus(limits.grace());
    }

    /** A key that never is: removing it does nothing, and is refused where a write would be; it needs no memory. */
    private static byte[] pulseKey(RedisSettings settings) {
        return (settings.keyPrefix() + "pulse").getBytes(UTF_8);
    }

    private byte[][] keys(LinkKey key) {
        return new byte[][] {entryKey(key), prefixed(settings.leasePrefix(), key), prefixed(settings.fencePrefix(), key)
        };
    }

    private byte[] entryKey(LinkKey key) {
        return prefixed(settings.entryPrefix(), key);
    }

    private static byte[] prefixed(String prefix, LinkKey key) {
        return (prefix + key.domain() + "/" + key.slug()).getBytes(UTF_8);
    }

    private static byte[] number(long value) {
        return Long.toString(value).getBytes(UTF_8);
    }
}
