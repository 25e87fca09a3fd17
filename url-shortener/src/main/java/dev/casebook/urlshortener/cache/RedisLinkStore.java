package dev.casebook.urlshortener.cache;

import dev.casebook.urlshortener.link.LinkChange;
import dev.casebook.urlshortener.link.LinkChangePublisher;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.SocketAddressResolver;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * L2's end in this process: keeps one {@link RedisSession} alive as long as Redis does, and publishes changes through it.
 *
 * <p>One keeper thread does all of it, so that "lost" and "armed" have an order: it takes the session's pulse every
 * heartbeat, drops a dead one, and tries for a new one with growing pauses. Coming back is invariant 3 of the package:
 * open and arm, replay what was committed but not published while Redis was away, then {@link CoherenceEvents#armed},
 * which empties L1 and only then lets L2 be read.
 *
 * <p>When the replay fails because the source is away, the session is used all the same: cached links are then all there
 * is, and the outbox publishes the rest when the source is back. When it fails because Redis does not take it, the session
 * is not used.
 *
 * <p>Thread-safe.
 */
public final class RedisLinkStore implements LinkChangePublisher, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLinkStore.class);

    /** Commands waiting on one connection; beyond it they fail at once. */
    private static final int COMMANDS_MAX = 10_000;

    /** What {@code CLIENT LIST} calls the connections of serving threads. */
    static final String LOOKUPS_CLIENT_NAME = "url-shortener-lookups";

    /** Publications under way at a time for one caller: few enough to be done within the command timeout. */
    private static final int PIPELINE_MAX = 256;

    private final RedisSettings settings;
    private final TierSettings.Shared limits;
    private final RedisURI uri;
    private final RedisURI lookupUri;
    private final ClientResources resources;
    private final RedisClient client;
    private final List<Lane> lanes;
    private final ScheduledExecutorService keeper;
    private final LongSupplier nanoTime;
    private final InstantSource wallClock;

    private volatile @Nullable RedisSession session;
    private volatile @Nullable ScheduledFuture<?> beats;

    // Keeper thread only.
    private long nextAttemptNanos;
    private Duration reconnectPause;
    private boolean outageLogged;

    /** A serving thread and the driver that works on it alone. */
    record Lane(ServingThread thread, ClientResources resources, RedisClient client, RedisURI uri) {}

    /**
     * Prepares the connections and does nothing yet.
     *
     * @param uri {@code redis://host:port[/database]}
     * @param servingThreads get a connection each, so that lookups on them stay on them; closed after this
     * @throws IllegalArgumentException when the URI is none
     */
    public RedisLinkStore(
            String uri, RedisSettings settings, TierSettings.Shared limits, List<ServingThread> servingThreads) {
        this.settings = settings;
        this.limits = limits;
        this.nanoTime = System::nanoTime;
        this.wallClock = InstantSource.system();
        this.reconnectPause = settings.reconnectMin();
        this.nextAttemptNanos = nanoTime.getAsLong();
        this.uri = RedisURI.create(uri);
        this.uri.setTimeout(settings.connectTimeout());
        this.lookupUri =
                RedisURI.builder(this.uri).withClientName(LOOKUPS_CLIENT_NAME).build();
        this.resources = DefaultClientResources.builder()
                .ioThreadPoolSize(settings.ioThreads())
                .computationThreadPoolSize(2)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .build();
        this.client = client(resources);
        this.lanes = servingThreads.stream().map(this::lane).toList();
        this.keeper = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("redis-keeper").factory());
    }

    private Lane lane(ServingThread thread) {
        ClientResources own = DefaultClientResources.builder()
                .eventLoopGroupProvider(thread.io())
                .eventExecutorGroup(resources.eventExecutorGroup())
                .timer(resources.timer())
                .eventBus(resources.eventBus())
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                // By the driver's default the name would be looked up on the connection's thread, which must not block.
                .socketAddressResolver(SocketAddressResolver.create(InetAddress::getAllByName))
                .build();
        return new Lane(thread, own, client(own), lookupUri);
    }

    private RedisClient client(ClientResources with) {
        RedisClient made = RedisClient.create(with);
        made.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .protocolVersion(ProtocolVersion.RESP3)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .requestQueueSize(COMMANDS_MAX)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(settings.connectTimeout())
                        .build())
                .build());
        return made;
    }

    /**
     * Connects and keeps connected. Returns after the first attempt, whether it succeeded or not.
     *
     * @param events hears what the server says
     * @param replayPending see {@link TieredLinkCache#open}
     */
    void start(CoherenceEvents events, Runnable replayPending) {
        Runnable keep = () -> keep(events, replayPending);
        try {
            keeper.submit(keep).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("keeper failed", e.getCause());
        }
        long beatNanos = settings.heartbeat().toNanos();
        beats = keeper.scheduleWithFixedDelay(keep, beatNanos, beatNanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Publishes one change and returns when Redis has taken it; blocks for at most twice the command timeout.
     *
     * @throws SharedTierException when there is no session or it broke on the way; the change may or may not be published,
     *     publishing it again does no harm
     */
    @Override
    public void publish(LinkChange change) {
        publishAll(List.of(change));
    }

    /** As {@link #publish} for many changes, in pipelines of {@link #PIPELINE_MAX}. */
    @Override
    public void publishAll(List<LinkChange> changes) {
        for (int from = 0; from < changes.size(); from += PIPELINE_MAX) {
            session()
                    .publishAll(
                            changes.subList(from, Math.min(from + PIPELINE_MAX, changes.size())), wallClock.millis());
        }
    }

    private RedisSession session() {
        RedisSession current = session;
        if (current == null) {
            throw new SharedTierException("Redis is away");
        }
        return current;
    }

    /** True when a session is up. */
    public boolean isConnected() {
        return session != null;
    }

    @Override
    public void close() {
        ScheduledFuture<?> running = beats;
        if (running != null) {
            running.cancel(false);
        }
        keeper.shutdownNow();
        for (Lane lane : lanes) {
            lane.client().shutdown(Duration.ZERO, settings.connectTimeout());
            lane.resources()
                    .shutdown(0, settings.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                    .awaitUninterruptibly(settings.connectTimeout().toMillis());
        }
        client.shutdown(Duration.ZERO, settings.connectTimeout());
        if (!resources
                .shutdown(0, settings.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(settings.connectTimeout().toMillis())) {
            LOG.warn("Redis I/O threads did not end within {}", settings.connectTimeout());
        }
    }

    private void keep(CoherenceEvents events, Runnable replayPending) {
        try {
            beatOrConnect(events, replayPending);
        } catch (RuntimeException bug) { // a periodic task that throws is never run again
            LOG.error("the keeper failed; going on without the session", bug);
            RedisSession current = session;
            if (current != null) {
                lose(current, events);
            }
        }
    }

    private void beatOrConnect(CoherenceEvents events, Runnable replayPending) {
        long now = nanoTime.getAsLong();
        RedisSession current = session;
        if (current != null && !current.beat(now)) {
            lose(current, events);
            return;
        }
        if (current == null && now - nextAttemptNanos >= 0) {
            tryToConnect(events, replayPending);
        }
    }

    private void lose(RedisSession lost, CoherenceEvents events) {
        session = null;
        events.lost(lost);
        lost.close();
        nextAttemptNanos = nanoTime.getAsLong();
        logOutage("it is silent or takes no writes");
    }

    private void tryToConnect(CoherenceEvents events, Runnable replayPending) {
        RedisSession opened = null;
        try {
            opened = RedisSession.open(
                    client,
                    lanes,
                    uri,
                    settings,
                    limits,
                    new InvalidationListener(settings.fencePrefix(), events),
                    nanoTime);
            session = opened;
            replay(replayPending);
            events.armed(opened);
            opened.onDisconnect(() -> wake(events, replayPending));
            reconnectPause = settings.reconnectMin();
            if (outageLogged) {
                LOG.info("Redis is back; L1 was emptied");
                outageLogged = false;
            }
        } catch (SharedTierException failure) {
            session = null;
            if (opened != null) {
                opened.close();
            }
            nextAttemptNanos = nanoTime.getAsLong() + reconnectPause.toNanos();
            Duration doubled = reconnectPause.multipliedBy(2);
            reconnectPause = doubled.compareTo(settings.reconnectMax()) < 0 ? doubled : settings.reconnectMax();
            logOutage(String.valueOf(failure.getMessage()));
        }
    }

    private void replay(Runnable replayPending) {
        try {
            replayPending.run();
        } catch (SharedTierException redis) {
            throw redis;
        } catch (RuntimeException sourceAway) {
            LOG.warn("changes committed while Redis was away stay in the outbox for now", sourceAway);
        }
    }

    private void wake(CoherenceEvents events, Runnable replayPending) {
        try {
            keeper.execute(() -> keep(events, replayPending));
        } catch (RejectedExecutionException closing) {
            LOG.debug("the keeper has stopped");
        }
    }

    private void logOutage(String why) {
        if (!outageLogged) {
            outageLogged = true;
            LOG.warn("Redis is away ({}): L1 entries live one second, misses go to the source", why);
        }
    }
}
