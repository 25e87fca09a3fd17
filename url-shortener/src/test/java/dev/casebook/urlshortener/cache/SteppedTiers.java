package dev.casebook.urlshortener.cache;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Real caches over the modelled Redis and a source of one version for every key, in which nothing moves by itself: time passes when the test says so, and what a
 * virtual thread would do is done when the test says so.
 */
final class SteppedTiers {
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final ModelRedis redis;
    private final TierSettings settings;
    private final Deque<Runnable> loads = new ArrayDeque<>();
    /** Even, as Caffeine rounds the time of a write down to an even nanosecond. */
    private long nowNanos = 2;
    /** What the source holds; 0 for no link. */
    private long version = 1;

    private boolean sourceIsAway;
    private Runnable whileReading = () -> {};

    SteppedTiers(TierSettings settings) {
        this.settings = settings;
        this.redis = new ModelRedis(() -> nowNanos, settings.shared().leaseTtl().toNanos());
    }

    /** A node that hears of changes. */
    TieredLinkCache node() {
        return new Node().cache;
    }

    /** A node whose Redis can be taken away. */
    final class Node {
        final TieredLinkCache cache;
        private final ModelRedis.Session session = redis.connect();

        Node() {
            cache = new TieredLinkCache(
                    settings,
                    session,
                    SteppedTiers.this::read,
                    link -> null,
                    KeyObserver.NONE,
                    meters,
                    loads::add,
                    () -> nowNanos,
                    () -> Instant.ofEpochMilli(nowNanos / 1_000_000),
                    nanos -> nowNanos += nanos,
                    1);
            cache.coherence().armed(session);
        }

        void loseRedis() {
            session.cut();
            cache.coherence().lost(session);
        }
    }

    private Optional<Link> read(LinkKey key) {
        whileReading.run();
        if (sourceIsAway) {
            throw new LinkStoreUnavailableException("away", new IllegalStateException("test"));
        }
        return version == 0 ? Optional.empty() : Optional.of(Links.link(key, version));
    }

    /** The source has it; no publication tells anybody. 0 for no link. */
    void commitUnheard(long replacement) {
        version = replacement;
    }

    void takeSourceAway(boolean away) {
        sourceIsAway = away;
    }

    /** Lets something happen inside every read of the source. */
    void whileReading(Runnable happening) {
        whileReading = happening;
    }

    /** Asks and lets the loads run that this takes. */
    Lookup ask(TieredLinkCache node, LinkKey key) {
        CompletableFuture<Lookup> answer = node.find(key).toCompletableFuture();
        runLoads();
        return answer.join();
    }

    void runLoads() {
        while (!loads.isEmpty()) {
            loads.remove().run();
        }
    }

    /** Loads that are under way and have not asked anything yet. */
    int loadsUnderWay() {
        return loads.size();
    }

    void pass(Duration time) {
        nowNanos += time.toNanos();
    }

    /** Answers so far that came from the tier. */
    long answersFrom(Lookup.Tier tier) {
        return Math.round(meters.get("urlshortener.lookups")
                .tag("tier", tier.label())
                .counter()
                .count());
    }

    long count(String name) {
        return Math.round(meters.get(name).counter().count());
    }

    long gauge(String name) {
        return Math.round(meters.get(name).gauge().value());
    }
}
