package dev.casebook.urlshortener.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.backing.RedisService;
import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes and a real Redis that is flushed, hung up on and killed. What a tier does shows in {@code Server-Timing}. */
class RedisCoherenceIT {
    private static final Duration BACK_MAX = Duration.ofSeconds(10);

    @TempDir
    static Path folder;

    private static RedisService redis;
    private static TestNodes nodes;
    private static List<UrlShortenerNode> all;

    @BeforeAll
    static void start() throws Exception {
        redis = RedisService.open("embedded", folder);
        nodes = new TestNodes(folder, redis);
        all = List.of(nodes.start(), nodes.start(), nodes.start());
    }

    @AfterAll
    static void stop() {
        nodes.close();
        redis.close();
    }

    @Test
    void namesTheTiersThatALookupTouched() throws Exception {
        String slug = create("https://example.com/tiers");

        assertThat(timing(all.get(0), slug))
                .as("cold everywhere, and nobody else loads it")
                .matches("l1, l2;dur=[0-9.]+;desc=\"3 operations\", db;dur=[0-9.]+");
        assertThat(timing(all.get(1), slug)).as("in Redis").matches("l1, l2;dur=[0-9.]+");
        assertThat(timing(all.get(1), slug)).as("in memory").isEqualTo("l1");
    }

    @Test
    void flushingRedisEmptiesEveryNodesMemory() throws Exception {
        String slug = create("https://example.com/flushed");
        for (UrlShortenerNode node : all) {
            warm(node, slug);
        }

        inRedis(connection -> connection.sync().flushall());

        for (UrlShortenerNode node : all) {
            awaitThat(() -> assertThat(timing(node, slug)).contains("l2"));
        }
    }

    @Test
    void losingTheTrackingConnectionsEmptiesMemoryAndLaterEditsAreHeardAgain() throws Exception {
        String slug = create("https://example.com/0");
        for (UrlShortenerNode node : all) {
            warm(node, slug);
        }

        inRedis(connection -> connection.sync().clientKill(KillArgs.Builder.skipme()));

        for (UrlShortenerNode node : all) {
            awaitThat(() -> assertThat(timing(node, slug)).isNotEqualTo("l1"));
        }
        for (int edit = 1; edit <= 3; edit++) {
            String destination = "https://example.com/" + edit;
            edit(all.get(edit % all.size()), slug, destination);
            awaitOnAllNodes(slug, destination);
        }
    }

    @Test
    void everyEditMadeWhileRedisIsKilledAndRestartedIsInForceOnAllNodesAfterwards() throws Exception {
        List<String> slugs = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            slugs.add(create("https://example.com/before/" + i));
            for (UrlShortenerNode node : all) {
                warm(node, slugs.get(i));
            }
        }

        for (int i = 0; i < slugs.size(); i++) {
            if (i == slugs.size() / 3) {
                redis.process().kill();
            }
            if (i == slugs.size() * 2 / 3) {
                redis.process().restart();
            }
            edit(all.get(i % all.size()), slugs.get(i), "https://example.com/after/" + i);
        }

        for (int i = 0; i < slugs.size(); i++) {
            awaitOnAllNodes(slugs.get(i), "https://example.com/after/" + i);
        }
        for (UrlShortenerNode node : all) {
            awaitThat(() -> {
                nodes.visit(node, slugs.getFirst());
                assertThat(timing(node, slugs.getFirst())).isEqualTo("l1");
            });
        }
    }

    @Test
    void anAbsenceThatEveryNodeRemembersEndsWithTheCreate() throws Exception {
        for (UrlShortenerNode node : all) {
            assertThat(nodes.visit(node, "not-made-yet").statusCode()).isEqualTo(404);
            assertThat(nodes.visit(node, "not-made-yet").statusCode()).isEqualTo(404);
        }

        nodes.create(all.getFirst(), "{\"longUrl\":\"https://example.com/made\",\"customSlug\":\"not-made-yet\"}");

        awaitOnAllNodes("not-made-yet", "https://example.com/made");
    }

    private static String create(String destination) throws Exception {
        return nodes.create(all.getFirst(), "{\"longUrl\":\"" + destination + "\"}");
    }

    private static void edit(UrlShortenerNode node, String slug, String destination) throws Exception {
        HttpResponse<String> edited =
                nodes.send(node, "PATCH", "/rest/v3/short-urls/" + slug, "{\"longUrl\":\"" + destination + "\"}");
        assertThat(edited.statusCode()).as(edited.body()).isEqualTo(200);
    }

    private static void warm(UrlShortenerNode node, String slug) {
        awaitThat(() -> assertThat(timing(node, slug)).isEqualTo("l1"));
    }

    private static void awaitOnAllNodes(String slug, String destination) {
        for (UrlShortenerNode node : all) {
            awaitThat(() -> assertThat(nodes.visit(node, slug).headers().firstValue("location"))
                    .contains(destination));
        }
    }

    private static void awaitThat(ThrowingRunnable assertion) {
        await().atMost(BACK_MAX).pollInterval(Duration.ofMillis(10)).untilAsserted(assertion);
    }

    private static String timing(UrlShortenerNode node, String slug) throws Exception {
        return nodes.visit(node, slug).headers().firstValue("server-timing").orElse("");
    }

    private static void inRedis(Consumer<StatefulRedisConnection<String, String>> work) {
        RedisClient client = RedisClient.create(redis.uri());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            work.accept(connection);
        } finally {
            client.shutdown();
        }
    }
}
