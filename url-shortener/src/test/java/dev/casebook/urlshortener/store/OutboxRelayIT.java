package dev.casebook.urlshortener.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.link.InsertOutcome;
import dev.casebook.urlshortener.link.InsertTerms;
import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkChange;
import dev.casebook.urlshortener.link.LinkChangePublisher;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkRepository;
import dev.casebook.urlshortener.link.Links;
import dev.casebook.urlshortener.link.Visibility;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutboxRelayIT {
    private Database database;
    private PostgresLinkRepository links;
    private PostgresOutbox outbox;

    @BeforeAll
    void open() {
        database = TestDatabase.open();
        links = new PostgresLinkRepository(database, InstantSource.system());
        outbox = new PostgresOutbox(database);
    }

    @AfterAll
    void close() {
        database.close();
    }

    /** Keeps the newest version of each key, as the shared tier does. */
    private static final class NewestWins implements LinkChangePublisher {
        final Map<LinkKey, LinkChange> newest = new ConcurrentHashMap<>();
        final AtomicBoolean down = new AtomicBoolean();

        @Override
        public void publish(LinkChange change) {
            if (down.get()) {
                throw new IllegalStateException("down");
            }
            newest.merge(change.key(), change, (a, b) -> a.version() >= b.version() ? a : b);
        }

        LinkChange published(LinkKey key) {
            return Objects.requireNonNull(newest.get(key), () -> "never published: " + key);
        }
    }

    @Test
    void publishesChangesWhoseWriterDiedWithinASecondAndAHalf() {
        NewestWins tier = new NewestWins();
        Link link = ((InsertOutcome.Inserted)
                        links.insert(Links.draft("orphan", "https://example.com/"), InsertTerms.NONE))
                .link();

        try (OutboxRelay relay = new OutboxRelay(outbox, tier, new SimpleMeterRegistry()).start()) {
            assertThat(relay).isNotNull();
            await().atMost(Duration.ofSeconds(20)).until(() -> tier.newest.containsKey(link.key()));
            await().atMost(Duration.ofSeconds(20)).until(() -> outbox.size() == 0);
        }

        assertThat(tier.published(link.key()).link()).isEqualTo(link);
    }

    @Test
    void afterAnOutageTheSharedTierHasTheNewestStateOfEveryKey() {
        NewestWins tier = new NewestWins();
        try (OutboxRelay relay = new OutboxRelay(outbox, tier, new SimpleMeterRegistry()).start()) {
            tier.down.set(true);
            for (int i = 0; i < 20; i++) {
                LinkKey key = LinkKey.ofSlug("outage" + i);
                InsertOutcome.Inserted made = (InsertOutcome.Inserted)
                        links.insert(Links.draft(key.slug(), "https://example.com/"), InsertTerms.NONE);
                relay.publish(new LinkChange(key, made.link().version(), made.link()));
                if (i % 2 == 0) {
                    relay.publish(links.delete(key, Visibility.ALL).orElseThrow());
                }
            }
            assertThat(tier.newest).isEmpty();

            tier.down.set(false);

            await().atMost(Duration.ofSeconds(30)).until(() -> outbox.size() == 0);
        }
        for (int i = 0; i < 20; i++) {
            LinkKey key = LinkKey.ofSlug("outage" + i);
            assertThat(tier.published(key).link()).isEqualTo(links.find(key).orElse(null));
        }
    }

    @Test
    void relaysOfTwoNodesShareTheWork() {
        NewestWins first = new NewestWins();
        NewestWins second = new NewestWins();
        int rows = OutboxRelay.BATCH_MAX * 6;
        links.insertAll(
                IntStream.range(0, rows)
                        .mapToObj(i -> Links.draft("shared" + i, "https://example.com/"))
                        .toList(),
                LinkRepository.NextKey.NONE);

        try (OutboxRelay one = new OutboxRelay(outbox, first, new SimpleMeterRegistry()).start();
                OutboxRelay two = new OutboxRelay(outbox, second, new SimpleMeterRegistry()).start()) {
            assertThat(List.of(one, two)).doesNotContainNull();
            await().atMost(Duration.ofSeconds(30)).until(() -> outbox.size() == 0);
        }

        assertThat(first.newest.size() + second.newest.size()).isEqualTo(rows);
        assertThat(first.newest).doesNotContainKeys(second.newest.keySet().toArray(new LinkKey[0]));
    }

    @Test
    void whatTheWriterPublishedIsNotLeasedByARelay() {
        NewestWins tier = new NewestWins();
        InsertOutcome.Inserted made =
                (InsertOutcome.Inserted) links.insert(Links.draft("prompt", "https://example.com/"), InsertTerms.NONE);

        assertThat(outbox.lease(10, Duration.ofSeconds(1))).isEmpty();
        OutboxRelay relay = new OutboxRelay(outbox, tier, new SimpleMeterRegistry());
        relay.publish(new LinkChange(made.link().key(), made.link().version(), made.link()));
        relay.round();

        assertThat(outbox.size()).isZero();
    }
}
