package dev.casebook.urlshortener.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.backing.RedisService;
import dev.casebook.backing.testing.SharedBacking;
import dev.casebook.common.http.Json;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pages that show clicks as they come, while Redis, which carries the counts to them, goes and comes back. */
class LiveClicksFaultIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private final Api api = new Api();
    private RedisService redis;
    private Installation installation;
    private URI one;
    private URI two;

    @BeforeEach
    void open() throws Exception {
        redis = RedisService.open("embedded", folder.resolve("servers"));
        installation =
                new Installation(folder.resolve("nodes"), SharedBacking.freshDatabase(), redis, SharedBacking.kafka());
        one = installation.node("one").uri();
        two = installation.node("two").uri();
    }

    @AfterEach
    void close() {
        redis.process().resume();
        installation.close();
        redis.close();
        api.close();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void aPageStaysOpenAndShowsWhatCameMeanwhileWithoutAnotherClick(Fault fault) throws Exception {
        String slug = api.slug(one, "https://example.com/live");
        try (Page page = new Page(two, slug)) {
            visit(slug, 3);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(page.clicks()).isEqualTo(3));

            fault.begin(redis.process());
            visit(slug, 4);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(counted(slug)).isEqualTo(7));
            // Counted without a message, as when the sender is killed; a server that hangs keeps its connections and
            // loses none.
            long unannounced = fault == Fault.KILLED ? 10 : 0;
            installation.execute(
                    "UPDATE click_totals SET clicks = clicks + " + unannounced + ", revision = revision + 1"
                            + " WHERE link_id = (SELECT id FROM links WHERE slug = '" + slug + "')");
            assertThat(page.isOpen()).isTrue();
            assertThat(page.clicks()).isEqualTo(3);

            fault.end(redis.process());

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(page.clicks()).isEqualTo(7 + unannounced));
            visit(slug, 1);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(page.clicks()).isEqualTo(8 + unannounced));
            assertThat(page.isOpen()).as("the same stream all the time").isTrue();
        }
    }

    @Test
    void aPageOpenedWhileRedisIsAwayShowsTheCountSoFarOrIsToldToComeBack() throws Exception {
        String slug = api.slug(one, "https://example.com/live");
        visit(slug, 2);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(counted(slug)).isEqualTo(2));
        try (Page first = new Page(two, slug)) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(first.clicks()).isEqualTo(2));
            Fault.KILLED.begin(redis.process());

            try (Page second = new Page(two, slug);
                    Page elsewhere = new Page(one, slug)) {
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(second.clicks()).isEqualTo(2));
                assertThat(elsewhere.status())
                        .as("a node that has never had a connection for this")
                        .isEqualTo(503);

                Fault.KILLED.end(redis.process());
                visit(slug, 1);

                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(second.clicks()).isEqualTo(3));
            }
            await().atMost(PATIENCE).untilAsserted(() -> {
                try (Page again = new Page(one, slug)) {
                    assertThat(again.status()).isEqualTo(200);
                }
            });
        }
    }

    private void visit(String slug, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            assertThat(api.visit(one, slug).statusCode()).isEqualTo(302);
        }
    }

    private long counted(String slug) throws Exception {
        return installation.number("SELECT coalesce(sum(clicks + bots), 0) FROM click_totals JOIN links ON id = link_id"
                + " WHERE slug = '" + slug + "'");
    }

    /** A page's stream: its newest count and whether it is still the one that was opened. */
    private final class Page implements AutoCloseable {
        private final Api.Events events;
        private final AtomicLong clicks = new AtomicLong(-1);

        Page(URI node, String slug) throws Exception {
            events = api.follow(node, "/api/v1/links/" + slug + "/live", line -> {
                if (line.startsWith("data: ")) {
                    clicks.set(Json.MAPPER
                            .readTree(line.substring("data: ".length()))
                            .get("clicks")
                            .asLong());
                }
            });
        }

        int status() {
            return events.status();
        }

        long clicks() {
            return clicks.get();
        }

        boolean isOpen() {
            return events.isOpen();
        }

        @Override
        public void close() {
            events.close();
        }
    }
}
