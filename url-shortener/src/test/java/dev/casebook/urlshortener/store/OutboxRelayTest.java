package dev.casebook.urlshortener.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.link.LinkChange;
import dev.casebook.urlshortener.link.LinkChangePublisher;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The relay's decisions, a round at a time. */
class OutboxRelayTest {
    private final FakeOutbox outbox = new FakeOutbox();
    private final FakeTier tier = new FakeTier();
    private final OutboxRelay relay = new OutboxRelay(outbox, tier, new SimpleMeterRegistry());

    @Test
    void deletesWhatTheWriterPublishedWithoutPublishingItAgain() {
        outbox.add(1);

        relay.publish(change(1));
        outbox.leasable.clear();
        relay.round();

        assertThat(tier.published).containsExactly(1L);
        assertThat(outbox.entries).isEmpty();
    }

    @Test
    void publishesWhatTheWriterCouldNot() {
        outbox.add(1);
        tier.down = true;
        relay.publish(change(1));
        tier.down = false;

        assertThat(relay.round()).isTrue();

        assertThat(tier.published).containsExactly(1L);
        assertThat(outbox.entries).isEmpty();
    }

    @Test
    void keepsEverythingWhileTheSharedTierIsDownAndAsksItOncePerRound() {
        for (int i = 1; i <= 10; i++) {
            outbox.add(i);
        }
        tier.down = true;

        assertThat(relay.round()).isFalse();

        assertThat(outbox.entries).hasSize(10);
        assertThat(tier.calls).as("the batch, then its first entry").isEqualTo(2);
        assertThat(outbox.postponed.get(1L)).isPositive();
        assertThat(outbox.postponed.get(2L)).isEqualTo(Duration.ZERO);
    }

    @Test
    void anEntryThatCanNeverBePublishedDoesNotHoldUpTheOthers() {
        for (int i = 1; i <= 5; i++) {
            outbox.add(i);
        }
        tier.poison.add(3L);

        while (!relay.round()) {
            outbox.leaseAgainExcept(3L);
        }

        assertThat(outbox.entries.keySet()).containsExactly(3L);
        assertThat(tier.published).contains(1L, 2L, 4L, 5L);
    }

    @Test
    void anEntryThatKeepsFailingWaitsLongerEachTimeUpToALimit() {
        outbox.add(7);
        tier.poison.add(7L);
        List<Duration> waits = new ArrayList<>();

        for (int i = 0; i < 12; i++) {
            relay.round();
            waits.add(outbox.postponed.get(7L));
            outbox.leasable.add(7L);
        }

        assertThat(waits).isSorted().startsWith(OutboxRelay.BACKOFF_MIN).endsWith(OutboxRelay.BACKOFF_MAX);
    }

    @Test
    void drainsABacklogInBatches() {
        for (int i = 1; i <= OutboxRelay.BATCH_MAX * 3; i++) {
            outbox.add(i);
        }

        relay.round();

        assertThat(outbox.entries).isEmpty();
        assertThat(tier.calls).isEqualTo(3);
    }

    @Test
    void survivesAStoreThatIsDown() {
        outbox.add(1);
        outbox.down = true;
        assertThat(relay.round()).isFalse();

        outbox.down = false;
        assertThat(relay.round()).isTrue();
        assertThat(outbox.entries).isEmpty();
    }

    @Test
    void replaysEntriesThatAnotherRelayHasLeasedOrPostponed() {
        for (int i = 1; i <= OutboxRelay.BATCH_MAX + 1; i++) {
            outbox.add(i);
        }
        outbox.leasable.clear();

        relay.replayPending();

        assertThat(tier.published).hasSize(OutboxRelay.BATCH_MAX + 1).isSorted();
    }

    private static LinkChange change(long version) {
        return new LinkChange(LinkKey.ofSlug("s" + version), version, null);
    }

    private static final class FakeTier implements LinkChangePublisher {
        final List<Long> published = new ArrayList<>();
        final Set<Long> poison = new HashSet<>();
        boolean down;
        int calls;

        @Override
        public void publish(LinkChange change) {
            publishAll(List.of(change));
        }

        @Override
        public void publishAll(List<LinkChange> changes) {
            calls++;
            for (LinkChange change : changes) {
                if (down || poison.contains(change.version())) {
                    throw new IllegalStateException("cannot publish " + change.version());
                }
            }
            changes.forEach(change -> published.add(change.version()));
        }
    }

    private static final class FakeOutbox implements Outbox {
        final Map<Long, Integer> entries = new TreeMap<>();
        final Set<Long> leasable = new HashSet<>();
        final Map<Long, Duration> postponed = new HashMap<>();
        boolean down;

        void add(long version) {
            entries.put(version, 0);
            leasable.add(version);
        }

        void leaseAgainExcept(long version) {
            leasable.addAll(entries.keySet());
            leasable.remove(version);
        }

        @Override
        public List<Entry> lease(int entriesMax, Duration lease) {
            requireUp();
            List<Entry> leased = new ArrayList<>();
            for (long version : List.copyOf(entries.keySet())) {
                if (leased.size() < entriesMax && leasable.remove(version)) {
                    int attempts = entries.merge(version, 1, Integer::sum);
                    leased.add(new Entry(version, attempts, change(version)));
                }
            }
            return leased;
        }

        @Override
        public List<Entry> pending(long afterVersion, int entriesMax) {
            requireUp();
            return entries.entrySet().stream()
                    .filter(entry -> entry.getKey() > afterVersion)
                    .limit(entriesMax)
                    .map(entry -> new Entry(entry.getKey(), entry.getValue(), change(entry.getKey())))
                    .toList();
        }

        @Override
        public void delete(Collection<Long> versions) {
            requireUp();
            entries.keySet().removeAll(versions);
        }

        @Override
        public void postpone(Collection<Long> versions, Duration delay) {
            versions.forEach(version -> postponed.put(version, delay));
        }

        private void requireUp() {
            if (down) {
                throw new LinkStoreUnavailableException("down", new IllegalStateException());
            }
        }
    }
}
