package dev.casebook.urlshortener.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.link.IdempotencyClaim;
import dev.casebook.urlshortener.link.InsertTerms;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkRepository;
import dev.casebook.urlshortener.link.LinkRepositoryContract;
import dev.casebook.urlshortener.link.Links;
import dev.casebook.urlshortener.link.Visibility;
import io.micrometer.core.instrument.Timer;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The contract on PostgreSQL, and what only it can get wrong. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresLinkRepositoryIT extends LinkRepositoryContract {
    private Database database;
    private PostgresLinkRepository links;
    private PostgresOutbox outbox;

    @BeforeAll
    void open() {
        database = TestDatabase.open();
        links = new PostgresLinkRepository(database, InstantSource.fixed(NOW));
        outbox = new PostgresOutbox(database);
    }

    @AfterAll
    void close() {
        database.close();
    }

    @Override
    protected LinkRepository repository() {
        return links;
    }

    @Test
    void everyChangeStandsInTheOutboxAndFailedOnesDoNot() {
        long before = outbox.size();
        LinkKey key = LinkKey.ofSlug("outboxed");

        links.insert(Links.draft("outboxed", "https://example.com/"), InsertTerms.NONE);
        links.insert(Links.draft("outboxed", "https://example.com/"), InsertTerms.NONE);
        links.update(key, Visibility.ALL, link -> link.withBlocked(true));
        links.update(key, Visibility.ALL, link -> link);
        links.delete(key, Visibility.ALL);
        links.delete(key, Visibility.ALL);

        assertThat(outbox.size() - before).isEqualTo(3);
    }

    @Test
    void forgetsExpiredIdempotencyKeysABatchAtATime() {
        for (int i = 0; i < 3; i++) {
            IdempotencyClaim claim =
                    new IdempotencyClaim("", "old" + i, "f", NOW.minusSeconds(60), NOW.minusSeconds(i));
            links.insert(Links.draft("claimed" + i, "https://example.com/"), new InsertTerms(claim, null));
        }

        assertThat(links.deleteExpiredClaims(2)).isEqualTo(2);
        assertThat(links.deleteExpiredClaims(2)).isEqualTo(1);
        assertThat(links.deleteExpiredClaims(2)).isZero();
    }

    @Test
    void housekeepingForgetsThemInTheBackground() {
        IdempotencyClaim claim = new IdempotencyClaim("", "swept", "f", NOW.minusSeconds(60), NOW.minusSeconds(1));
        IdempotencyClaim kept = new IdempotencyClaim("", "kept", "f", NOW, NOW.plusSeconds(1));
        links.insert(Links.draft("swept", "https://example.com/"), new InsertTerms(claim, null));
        links.insert(Links.draft("kept", "https://example.com/"), new InsertTerms(kept, null));

        try (ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
                Housekeeping housekeeping = new Housekeeping(links, scheduler)) {
            assertThat(housekeeping).isNotNull();
            await().until(() -> links.findClaim(claim).isEmpty());
        }

        assertThat(links.findClaim(kept)).isPresent();
    }

    @Test
    void singleInsertIsOneStatementInOneRoundTrip() {
        double before = statements();

        links.insert(Links.draft("once", "https://example.com/"), InsertTerms.NONE);

        assertThat(statements() - before).isEqualTo(1);
    }

    private double statements() {
        return database.metrics().find("urlshortener.db.operations").timers().stream()
                .mapToDouble(Timer::count)
                .sum();
    }
}
