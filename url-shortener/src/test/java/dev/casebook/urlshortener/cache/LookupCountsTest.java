package dev.casebook.urlshortener.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.link.LinkKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Hit ratios are made of these counts: every answer once, under the tier that gave it, and nothing that nobody asked for. */
class LookupCountsTest {
    private static final LinkKey KEY = LinkKey.ofSlug("k");
    private static final TierSettings SETTINGS = TierSettings.defaults();

    private final SteppedTiers tiers = new SteppedTiers(SETTINGS);

    @Test
    void everyoneWhoWaitsForALoadIsCountedUnderTheTierThatAnsweredIt() {
        TieredLinkCache node = tiers.node();
        List<CompletableFuture<Lookup>> answers = new ArrayList<>();
        for (int visitor = 0; visitor < 5; visitor++) {
            answers.add(node.find(KEY).toCompletableFuture());
        }
        assertThat(counts()).as("before anybody was answered").isEqualTo("l1=0 l2=0 db=0");

        tiers.runLoads();

        assertThat(answers).allMatch(answer -> answer.join().link() != null);
        assertThat(counts()).isEqualTo("l1=0 l2=0 db=5");
        assertThat(tiers.count("urlshortener.lookups.joined")).isEqualTo(4);
        assertThat(tiers.count("urlshortener.source.reads")).isEqualTo(1);
    }

    @Test
    void eachTierIsCountedWhenItAnswers() {
        TieredLinkCache first = tiers.node();
        ask(first);
        ask(first);
        ask(first);
        TieredLinkCache second = tiers.node();
        ask(second);

        assertThat(counts()).isEqualTo("l1=2 l2=1 db=1");
    }

    @Test
    void aRefreshBehindTheVisitorsBackIsNoLookup() {
        TieredLinkCache node = tiers.node();
        ask(node);
        tiers.pass(SETTINGS.near().ttl().plus(SETTINGS.near().grace().dividedBy(3)));

        assertThat(node.find(KEY).toCompletableFuture().join().stale()).isTrue();
        tiers.runLoads();

        assertThat(counts()).isEqualTo("l1=1 l2=0 db=1");
        assertThat(tiers.count("urlshortener.lookups.stale")).isEqualTo(1);
        assertThat(tiers.count("urlshortener.redis.operations"))
                .as("read, lease and fill of the first, read of the refresh")
                .isEqualTo(4);
    }

    @Test
    void anEntryOfRedisPastItsTimeIsOneLookupThoughItIsReloaded() {
        ask(tiers.node());
        tiers.pass(SETTINGS.shared().fresh().plusSeconds(1));
        TieredLinkCache other = tiers.node();

        assertThat(other.find(KEY).toCompletableFuture().join().stale()).isTrue();
        tiers.runLoads();

        assertThat(counts()).isEqualTo("l1=0 l2=1 db=1");
        assertThat(tiers.count("urlshortener.source.reads"))
                .as("with the reload")
                .isEqualTo(2);
    }

    @Test
    void whoGotNoAnswerIsNotCounted() {
        TieredLinkCache node = tiers.node();
        tiers.takeSourceAway(true);

        CompletableFuture<Lookup> answer = node.find(KEY).toCompletableFuture();
        tiers.runLoads();

        assertThat(answer).isCompletedExceptionally();
        assertThat(counts()).isEqualTo("l1=0 l2=0 db=0");
    }

    @Test
    void aLookIntoTheCachesAloneCountsWhenTheyKnow() {
        TieredLinkCache node = tiers.node();
        assertThat(node.findCached(KEY).toCompletableFuture().join()).isEmpty();
        assertThat(counts()).isEqualTo("l1=0 l2=0 db=0");
        ask(node);

        assertThat(tiers.node().findCached(KEY).toCompletableFuture().join()).isPresent();
        assertThat(node.findCached(KEY).toCompletableFuture().join()).isPresent();

        assertThat(counts()).isEqualTo("l1=1 l2=1 db=1");
    }

    private void ask(TieredLinkCache node) {
        assertThat(tiers.ask(node, KEY).link()).isNotNull();
    }

    private String counts() {
        return "l1=" + tiers.answersFrom(Lookup.Tier.NEAR) + " l2=" + tiers.answersFrom(Lookup.Tier.SHARED) + " db="
                + tiers.answersFrom(Lookup.Tier.SOURCE);
    }
}
