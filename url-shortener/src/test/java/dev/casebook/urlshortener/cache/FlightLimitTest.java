package dev.casebook.urlshortener.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** No more keys than {@code flightsMax} are looked up below L1 at a time: a scan of codes costs a bounded heap. */
class FlightLimitTest {
    private static final LinkKey FIRST = LinkKey.ofSlug("first");
    private static final LinkKey SECOND = LinkKey.ofSlug("second");
    private static final LinkKey THIRD = LinkKey.ofSlug("third");
    private static final TierSettings SETTINGS =
            TierSettings.defaults().withLoads(new TierSettings.Loads(16, 512, Duration.ofSeconds(1), 2));

    private final SteppedTiers tiers = new SteppedTiers(SETTINGS);

    @Test
    void oneKeyTooManyIsRefusedAtOnceAndOnlyUntilAnotherHasLanded() {
        TieredLinkCache node = tiers.node();
        CompletableFuture<Lookup> first = node.find(FIRST).toCompletableFuture();
        CompletableFuture<Lookup> second = node.find(SECOND).toCompletableFuture();

        assertRefused(node.find(THIRD).toCompletableFuture());
        assertThat(tiers.loadsUnderWay()).isEqualTo(2);
        assertThat(tiers.gauge("urlshortener.flights")).isEqualTo(2);
        tiers.runLoads();

        assertThat(first.join().link()).isNotNull();
        assertThat(second.join().link()).isNotNull();
        assertThat(tiers.gauge("urlshortener.flights")).isZero();
        assertThat(tiers.ask(node, THIRD).link()).isNotNull();
    }

    @Test
    void whoAsksForAKeyThatIsBeingLookedUpIsNotOneTooMany() {
        TieredLinkCache node = tiers.node();
        node.find(FIRST);
        node.find(SECOND);

        CompletableFuture<Lookup> again = node.find(FIRST).toCompletableFuture();
        tiers.runLoads();

        assertThat(again.join().link()).isNotNull();
        assertThat(tiers.count("urlshortener.source.reads")).isEqualTo(2);
    }

    @Test
    void aLookupThatFailsMakesRoomAsWell() {
        TieredLinkCache node = tiers.node();
        tiers.takeSourceAway(true);
        node.find(FIRST);
        node.find(SECOND);
        tiers.runLoads();
        tiers.takeSourceAway(false);

        assertThat(tiers.gauge("urlshortener.flights")).isZero();
        assertThat(tiers.ask(node, THIRD).link()).isNotNull();
    }

    @Test
    void aStaleLinkIsServedThoughNoRefreshMayBegin() {
        TieredLinkCache node = tiers.node();
        tiers.ask(node, THIRD);
        tiers.pass(SETTINGS.near().ttl().plus(SETTINGS.near().grace().dividedBy(2)));
        node.find(FIRST);
        node.find(SECOND);

        CompletableFuture<Lookup> answer = node.find(THIRD).toCompletableFuture();

        assertThat(answer).isCompletedWithValueMatching(Lookup::stale);
        assertThat(tiers.loadsUnderWay()).isEqualTo(2);
    }

    @Test
    void whatStandsInForASourceThatFailsStandsInForOneThatMayNotBeAsked() {
        SteppedTiers.Node node = tiers.new Node();
        tiers.ask(node.cache, THIRD);
        node.loseRedis();
        tiers.pass(SETTINGS.near().degradedTtl());
        node.cache.find(FIRST);
        node.cache.find(SECOND);

        CompletableFuture<Lookup> answer = node.cache.find(THIRD).toCompletableFuture();

        assertThat(answer).isCompletedWithValueMatching(Lookup::stale);
        assertThat(tiers.count("urlshortener.lookups.stale")).isEqualTo(1);

        tiers.pass(SETTINGS.near().ttl().plus(SETTINGS.near().grace()));
        assertRefused(node.cache.find(THIRD).toCompletableFuture());
    }

    private static void assertRefused(CompletableFuture<Lookup> answer) {
        assertThat(answer)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(LinkStoreUnavailableException.class)
                .withMessageContaining("more than 2 keys are being looked up");
    }
}
