package dev.casebook.urlshortener.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is answered when an entry is past its time: at once and with one refresh behind it, or for want of better, and never for longer than was said. */
class StaleAnswersTest {
    private static final LinkKey KEY = LinkKey.ofSlug("k");
    private static final Duration TTL = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration ABSENCE_TTL = Duration.ofSeconds(5);
    private static final Duration DEGRADED_TTL = Duration.ofSeconds(1);
    private static final Duration TICK = Duration.ofNanos(1);
    private static final TierSettings SETTINGS = TierSettings.defaults()
            .withNear(new TierSettings.Near(1L << 20, 1_000, TTL, 0, GRACE, ABSENCE_TTL, DEGRADED_TTL));

    private final SteppedTiers tiers = new SteppedTiers(SETTINGS);

    @Test
    void anEntryPastItsTimeIsServedAtOnceWithOneRefreshForAllWhoAsk() {
        TieredLinkCache node = tiers.node();
        tiers.ask(node, KEY);
        tiers.commitUnheard(2);
        tiers.redis.evict(KEY);

        tiers.pass(TTL.minus(TICK));
        assertAnsweredAtOnce(node, 1, false);
        assertThat(tiers.loadsUnderWay()).as("a moment before its time").isZero();

        tiers.pass(TICK);
        assertAnsweredAtOnce(node, 1, true);
        assertThat(tiers.loadsUnderWay()).isEqualTo(1);
        assertAnsweredAtOnce(node, 1, true);
        assertAnsweredAtOnce(node, 1, true);
        assertThat(tiers.loadsUnderWay()).as("for three who asked").isEqualTo(1);
        tiers.whileReading(() -> assertAnsweredAtOnce(node, 1, true));
        tiers.runLoads();

        assertThat(tiers.count("urlshortener.source.reads")).isEqualTo(2);
        assertAnsweredAtOnce(node, 2, false);
        assertThat(tiers.loadsUnderWay()).isZero();
        assertThat(tiers.count("urlshortener.lookups.stale")).isEqualTo(4);
    }

    @Test
    void aSourceThatFailsLeavesTheStaleAnswerForTheGraceAndNotALongerTime() {
        TieredLinkCache node = tiers.node();
        tiers.ask(node, KEY);
        tiers.redis.evict(KEY);
        tiers.takeSourceAway(true);

        tiers.pass(TTL);
        assertAnsweredAtOnce(node, 1, true);
        tiers.runLoads();
        assertThat(tiers.count("urlshortener.source.reads")).isEqualTo(2);
        assertAnsweredAtOnce(node, 1, true);
        assertThat(tiers.loadsUnderWay())
                .as("who asks after a failed refresh begins the next")
                .isEqualTo(1);
        tiers.runLoads();
        tiers.pass(GRACE.minus(TICK));
        assertAnsweredAtOnce(node, 1, true);
        tiers.runLoads();
        assertThat(tiers.count("urlshortener.lookups.stale"))
                .as("three answers; nobody asked for the refreshes")
                .isEqualTo(3);

        tiers.pass(TICK);
        assertFails(node);
        assertThat(tiers.count("urlshortener.lookups.stale")).isEqualTo(3);

        tiers.takeSourceAway(false);
        assertThat(tiers.ask(node, KEY).stale()).isFalse();
    }

    @Test
    void anAbsencePastItsTimeIsAskedForAgainAndStandsInOnlyForASourceThatFails() {
        TieredLinkCache node = tiers.node();
        tiers.commitUnheard(0);
        assertThat(tiers.ask(node, KEY).link()).isNull();
        tiers.redis.evict(KEY);
        tiers.takeSourceAway(true);

        tiers.pass(ABSENCE_TTL);
        CompletableFuture<Lookup> answer = node.find(KEY).toCompletableFuture();
        assertThat(answer)
                .as("a visitor may wait for a link to come into being")
                .isNotDone();
        tiers.runLoads();
        assertThat(answer.join()).matches(lookup -> lookup.link() == null && lookup.stale());
        assertThat(tiers.count("urlshortener.lookups.stale")).isEqualTo(1);

        tiers.takeSourceAway(false);
        tiers.commitUnheard(1);
        assertThat(tiers.ask(node, KEY).link()).isNotNull();
    }

    @Test
    void anAbsenceStandsInForTheGraceAndNotALongerTime() {
        TieredLinkCache node = tiers.node();
        tiers.commitUnheard(0);
        tiers.ask(node, KEY);
        tiers.redis.evict(KEY);
        tiers.takeSourceAway(true);

        tiers.pass(ABSENCE_TTL.plus(GRACE).minus(TICK));
        assertThat(tiers.ask(node, KEY).stale()).isTrue();
        tiers.pass(TICK);
        assertFails(node);
    }

    @Test
    void whileChangesMayBeMissedAnEntryIsServedForASecondAndThenOnlyIfTheSourceFails() {
        SteppedTiers.Node node = tiers.new Node();
        tiers.ask(node.cache, KEY);
        node.loseRedis();
        tiers.takeSourceAway(true);

        tiers.pass(DEGRADED_TTL.minus(TICK));
        assertAnsweredAtOnce(node.cache, 1, false);
        assertThat(tiers.loadsUnderWay()).isZero();

        tiers.pass(TICK);
        CompletableFuture<Lookup> answer = node.cache.find(KEY).toCompletableFuture();
        assertThat(answer).isNotDone();
        tiers.runLoads();
        assertThat(answer.join()).matches(lookup -> isVersion(lookup.link(), 1) && lookup.stale());

        tiers.pass(TTL.plus(GRACE).minus(DEGRADED_TTL));
        assertFails(node.cache);
        assertThat(tiers.count("urlshortener.lookups.stale")).isEqualTo(1);
    }

    @Test
    void whileChangesMayBeMissedASourceThatAnswersIsBelievedAfterASecond() {
        SteppedTiers.Node node = tiers.new Node();
        tiers.ask(node.cache, KEY);
        node.loseRedis();
        tiers.commitUnheard(2);

        tiers.pass(DEGRADED_TTL);
        Lookup answer = tiers.ask(node.cache, KEY);

        assertThat(answer.link()).matches(link -> isVersion(link, 2));
        assertThat(answer.stale()).isFalse();
    }

    @Test
    void anEntryOfRedisPastItsTimeIsServedByAllNodesAndReloadedByOne() {
        tiers.ask(tiers.node(), KEY);
        tiers.commitUnheard(2);
        tiers.pass(SETTINGS.shared().fresh());
        TieredLinkCache one = tiers.node();
        TieredLinkCache other = tiers.node();

        assertAnsweredAtOnce(one, 1, true);
        assertAnsweredAtOnce(other, 1, true);
        assertThat(tiers.loadsUnderWay()).isEqualTo(2);
        tiers.whileReading(tiers::runLoads); // the other asks for the lease while the one reads
        tiers.runLoads();

        assertThat(tiers.count("urlshortener.source.reads"))
                .as("the first load and one reload")
                .isEqualTo(2);
        assertThat(tiers.redis.read(KEY).orElseThrow().link()).matches(link -> isVersion(link, 2));
    }

    @Test
    void anEntryOfRedisPastItsTimeIsKeptNoLongerThanASecondInCaseItsReloadFails() {
        tiers.ask(tiers.node(), KEY);
        tiers.pass(SETTINGS.shared().fresh());
        tiers.takeSourceAway(true);
        TieredLinkCache node = tiers.node();

        assertAnsweredAtOnce(node, 1, true);
        tiers.runLoads();
        tiers.pass(DEGRADED_TTL.minus(TICK));
        assertAnsweredAtOnce(node, 1, false);
        assertThat(tiers.loadsUnderWay()).isZero();

        tiers.takeSourceAway(false);
        tiers.commitUnheard(2);
        tiers.pass(TICK);
        assertAnsweredAtOnce(node, 1, true);
        tiers.runLoads();

        assertThat(tiers.redis.read(KEY).orElseThrow().link()).matches(link -> isVersion(link, 2));
    }

    private void assertAnsweredAtOnce(TieredLinkCache node, long version, boolean stale) {
        CompletableFuture<Lookup> answer = node.find(KEY).toCompletableFuture();

        assertThat(answer).isDone();
        assertThat(answer.join().link()).matches(link -> isVersion(link, version));
        assertThat(answer.join().stale()).isEqualTo(stale);
    }

    private void assertFails(TieredLinkCache node) {
        CompletableFuture<Lookup> answer = node.find(KEY).toCompletableFuture();
        tiers.runLoads();

        assertThat(answer)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(LinkStoreUnavailableException.class);
    }

    private static boolean isVersion(@Nullable Link link, long version) {
        return Objects.requireNonNull(link).version() == version;
    }
}
