package dev.casebook.urlshortener.cache;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkChange;
import dev.casebook.urlshortener.link.LinkKey;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Nodes made of the real {@link TieredLinkCache} over the modelled tiers and a clock that moves when someone waits, with
 * one key whose history is known, so that every answer can be judged:
 *
 * <ul>
 *   <li>an answer is a state that was committed before it was given;
 *   <li>it is not older than what the node had heard, or published itself, before the question;
 *   <li>once everything is published and heard, every tier of every node has the last commit.
 * </ul>
 */
final class ModelCluster {
    static final LinkKey KEY = LinkKey.ofSlug("k");
    private static final long LEASE_NANOS = Duration.ofMillis(10).toNanos();
    private static final long NOTHING_YET = 0;

    private static final TierSettings LIMITS = TierSettings.defaults()
            .withShared(new TierSettings.Shared(
                    Duration.ofMinutes(10),
                    Duration.ofHours(24),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofNanos(LEASE_NANOS),
                    Duration.ofMillis(6),
                    Duration.ofMillis(6)));
    private final TierSettings settings;
    final ModelRedis redis;
    final List<Node> nodes = new ArrayList<>();
    private final Schedule schedule;
    private long nowNanos = 1;
    /** Every committed version, and whether there was a link. */
    private final TreeMap<Long, Boolean> history = new TreeMap<>(Map.of(NOTHING_YET, false));

    private @Nullable Link row;
    private int sourceReads;
    private OptionalInt sourceReadsExpected = OptionalInt.empty();
    private boolean patient;

    ModelCluster(Schedule schedule, int nodeCount, UnaryOperator<TierSettings> tiers, ModelRedis.Flaw... flaws) {
        this.schedule = schedule;
        this.settings = tiers.apply(LIMITS);
        this.redis = new ModelRedis(() -> nowNanos, LEASE_NANOS, flaws);
        for (int i = 0; i < nodeCount; i++) {
            nodes.add(new Node(i));
        }
    }

    /** Commits a version of the link. */
    LinkChange commit(long version) {
        history.put(version, true);
        row = Links.link(KEY, version);
        return Links.change(KEY, version);
    }

    /** Commits the link's deletion. */
    LinkChange commitDeletion(long version) {
        history.put(version, false);
        row = null;
        return Links.deletion(KEY, version);
    }

    /** Makes {@link #requireCoherent} look at the number of source reads, too. */
    void expectSourceReads(int exactly) {
        sourceReadsExpected = OptionalInt.of(exactly);
    }

    /** From now on who waits for a lease waits until it is free, however long that takes; else time passes. */
    void waitForLeases() {
        patient = true;
    }

    /** Everything is published and heard: the last commit must stand in every tier. */
    void requireCoherent() {
        if (sourceReadsExpected.isPresent() && sourceReadsExpected.getAsInt() != sourceReads) {
            throw new AssertionError("the source was read " + sourceReads + " times");
        }
        redis.read(KEY).ifPresent(entry -> require(entry.link(), "L2 holds"));
        for (Node node : nodes) {
            require(node.answer().link(), "node " + node.number + " answers");
            require(node.answer().link(), "node " + node.number + " answers again");
        }
        redis.read(KEY).ifPresent(entry -> require(entry.link(), "L2 holds after all"));
    }

    private void require(@Nullable Link link, String where) {
        Link current = row;
        boolean same = current == null ? link == null : link != null && link.version() == current.version();
        if (!same) {
            throw new AssertionError(where + " " + describe(link) + ", committed is " + describe(current));
        }
    }

    private static String describe(@Nullable Link link) {
        return link == null ? "nothing" : "version " + link.version();
    }

    /** One node. */
    final class Node {
        private final int number;
        private final TieredLinkCache cache;
        private final CoherenceEvents events;
        private ModelRedis.Session session;
        private long heard = NOTHING_YET;

        Node(int number) {
            this.number = number;
            this.cache = new TieredLinkCache(
                    settings,
                    change -> session.publish(change),
                    this::read,
                    link -> null,
                    KeyObserver.NONE,
                    new CompositeMeterRegistry(),
                    Runnable::run,
                    () -> nowNanos,
                    () -> Instant.ofEpochMilli(nowNanos / 1_000_000),
                    this::pause,
                    number);
            this.events = cache.coherence();
            this.session = redis.connect();
            events.armed(session);
            schedule.daemon(
                    "pushes to " + number,
                    () -> session.hasPush(),
                    () -> heard = Math.max(heard, session.deliver(events)));
        }

        private Optional<Link> read(LinkKey key) {
            Schedule.step();
            sourceReads++;
            Optional<Link> found = Optional.ofNullable(row);
            Schedule.step();
            return found;
        }

        private void pause(long nanos) {
            if (patient) {
                Schedule.await(() -> !redis.isLeased(KEY));
            } else {
                Schedule.step();
                nowNanos += nanos;
            }
        }

        /** Asks and judges the answer. */
        void ask() {
            long known = heard;
            Link link = answer().link();
            boolean committedSince = link == null
                    ? history.tailMap(known, true).containsValue(false)
                    : link.version() >= known && history.getOrDefault(link.version(), false);
            if (!committedSince) {
                throw new AssertionError("node " + number + " answered " + describe(link) + " although it had heard of "
                        + known + "; history is " + history);
            }
        }

        private Lookup answer() {
            CompletableFuture<Lookup> answer = cache.find(KEY).toCompletableFuture();
            Schedule.await(answer::isDone);
            return answer.join();
        }

        /** Publishes from this node, which from then on knows. */
        void publish(LinkChange change) {
            cache.publish(change);
            heard = Math.max(heard, change.version());
        }

        /** The connections break, unnoticed. */
        void cut() {
            session.cut();
        }

        /** The keeper notices. */
        void notice() {
            events.lost(session);
        }

        /** The keeper's way back, step by step: arm, replay, empty L1, use. */
        void reconnect(Runnable replay) {
            session = redis.connect();
            Schedule.step();
            replay.run();
            Schedule.step();
            long published = redis.published();
            events.armed(session);
            heard = Math.max(heard, published);
        }
    }
}
