package dev.casebook.urlshortener.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Hit ratios are made of these counts: every answer once, under the tier that gave it, and nothing that nobody asked for. */
class LookupCountsTest {
    private static final LinkKey KEY = LinkKey.ofSlug("k");
    private static final TierSettings SETTINGS = TierSettings.defaults();

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private long nowNanos = 1;
    private final ModelRedis redis =
            new ModelRedis(() -> nowNanos, SETTINGS.shared().leaseTtl().toNanos());
    /** What a virtual thread would do, done when the test says so. */
    private final Deque<Runnable> loads = new ArrayDeque<>();

    private boolean sourceIsAway;

    @Test
    void everyoneWhoWaitsForALoadIsCountedUnderTheTierThatAnsweredIt() {
        TieredLinkCache node = node();
        List<CompletableFuture<Lookup>> answers = new ArrayList<>();
        for (int visitor = 0; visitor < 5; visitor++) {
            answers.add(node.find(KEY).toCompletableFuture());
        }
        assertThat(counts()).as("before anybody was answered").isEqualTo("l1=0 l2=0 db=0");

        runLoads();

        assertThat(answers).allMatch(answer -> answer.join().link() != null);
        assertThat(counts()).isEqualTo("l1=0 l2=0 db=5");
        assertThat(count("urlshortener.lookups.joined")).isEqualTo(4);
        assertThat(count("urlshortener.source.reads")).isEqualTo(1);
    }

    @Test
    void eachTierIsCountedWhenItAnswers() {
        TieredLinkCache first = node();
        ask(first);
        ask(first);
        ask(first);
        TieredLinkCache second = node();
        ask(second);

        assertThat(counts()).isEqualTo("l1=2 l2=1 db=1");
    }

    @Test
    void aRefreshBehindTheVisitorsBackIsNoLookup() {
        TieredLinkCache node = node();
        ask(node);
        pass(SETTINGS.near().ttl().plus(SETTINGS.near().grace().dividedBy(3)));

        assertThat(node.find(KEY).toCompletableFuture().join().stale()).isTrue();
        runLoads();

        assertThat(counts()).isEqualTo("l1=1 l2=0 db=1");
        assertThat(count("urlshortener.lookups.stale")).isEqualTo(1);
        assertThat(count("urlshortener.redis.operations"))
                .as("read, lease and fill of the first, read of the refresh")
                .isEqualTo(4);
    }

    @Test
    void anEntryOfRedisPastItsTimeIsOneLookupThoughItIsReloaded() {
        ask(node());
        pass(SETTINGS.shared().fresh().plusSeconds(1));
        TieredLinkCache other = node();

        assertThat(other.find(KEY).toCompletableFuture().join().stale()).isTrue();
        runLoads();

        assertThat(counts()).isEqualTo("l1=0 l2=1 db=1");
        assertThat(count("urlshortener.source.reads")).as("with the reload").isEqualTo(2);
    }

    @Test
    void whoGotNoAnswerIsNotCounted() {
        TieredLinkCache node = node();
        sourceIsAway = true;

        CompletableFuture<Lookup> answer = node.find(KEY).toCompletableFuture();
        runLoads();

        assertThat(answer).isCompletedExceptionally();
        assertThat(counts()).isEqualTo("l1=0 l2=0 db=0");
    }

    @Test
    void aLookIntoTheCachesAloneCountsWhenTheyKnow() {
        TieredLinkCache node = node();
        assertThat(node.findCached(KEY).toCompletableFuture().join()).isEmpty();
        assertThat(counts()).isEqualTo("l1=0 l2=0 db=0");
        ask(node);

        assertThat(node().findCached(KEY).toCompletableFuture().join()).isPresent();
        assertThat(node.findCached(KEY).toCompletableFuture().join()).isPresent();

        assertThat(counts()).isEqualTo("l1=1 l2=1 db=1");
    }

    private TieredLinkCache node() {
        ModelRedis.Session session = redis.connect();
        TieredLinkCache cache = new TieredLinkCache(
                SETTINGS,
                session,
                this::read,
                link -> null,
                KeyObserver.NONE,
                meters,
                loads::add,
                () -> nowNanos,
                () -> Instant.ofEpochMilli(nowNanos / 1_000_000),
                nanos -> nowNanos += nanos,
                1);
        cache.coherence().armed(session);
        return cache;
    }

    private Optional<Link> read(LinkKey key) {
        if (sourceIsAway) {
            throw new LinkStoreUnavailableException("away", new IllegalStateException("test"));
        }
        return Optional.of(Links.link(key, 1));
    }

    private void ask(TieredLinkCache node) {
        CompletableFuture<Lookup> answer = node.find(KEY).toCompletableFuture();
        runLoads();
        assertThat(answer.join().link()).isNotNull();
    }

    private void runLoads() {
        while (!loads.isEmpty()) {
            loads.remove().run();
        }
    }

    private void pass(Duration time) {
        nowNanos += time.toNanos();
    }

    private String counts() {
        return "l1=" + tier("l1") + " l2=" + tier("l2") + " db=" + tier("db");
    }

    private long tier(String tier) {
        return Math.round(
                meters.get("urlshortener.lookups").tag("tier", tier).counter().count());
    }

    private long count(String name) {
        return Math.round(meters.get(name).counter().count());
    }
}
