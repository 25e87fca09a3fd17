package dev.casebook.urlshortener.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.backing.RedisService;
import dev.casebook.urlshortener.NodeSettings;
import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The switches that {@code --chaos} gives to administrators, on a Redis of its own. */
class ChaosIT {
    @TempDir
    static Path folder;

    private static RedisService redis;
    private static TestNodes nodes;
    private static UrlShortenerNode node;
    private static UrlShortenerNode without;

    @BeforeAll
    static void start() throws Exception {
        redis = RedisService.open("embedded", folder);
        nodes = new TestNodes(folder, redis);
        node = nodes.start(NodeSettings::withChaos);
        without = nodes.start();
    }

    @AfterAll
    static void stop() {
        nodes.close();
        redis.close();
    }

    @Test
    void redirectsGoOnWhileRedisIsPaused() throws Exception {
        String slug = nodes.create(node, "{\"longUrl\":\"https://example.org/chaos\"}");

        HttpResponse<String> paused = nodes.send(node, "PUT", "/api/v1/chaos/redis?fault=pause&seconds=600", "");

        assertThat(paused.statusCode()).as(paused.body()).isEqualTo(200);
        assertThat(TestNodes.json(paused).get("fault").stringValue()).isEqualTo("pause");
        assertThat(nodes.visit(node, slug).statusCode()).isEqualTo(302);
        assertThat(nodes.send(node, "PUT", "/api/v1/chaos/redis?fault=kill", "").statusCode())
                .isEqualTo(409);
        assertThat(nodes.send(node, "DELETE", "/api/v1/chaos/redis", "").statusCode())
                .isEqualTo(200);
        assertThat(nodes.visit(node, slug).statusCode()).isEqualTo(302);
    }

    @Test
    void aFaultEndsByItself() throws Exception {
        assertThat(nodes.send(node, "PUT", "/api/v1/chaos/redis?fault=kill&seconds=1", "")
                        .statusCode())
                .isEqualTo(200);

        await().atMost(Duration.ofSeconds(60))
                .until(() -> redisOf(node).get("fault").isNull());
        assertThat(redis.process().isAlive()).isTrue();
    }

    @Test
    void aKilledRedisIsHealedByDelete() throws Exception {
        assertThat(nodes.send(node, "PUT", "/api/v1/chaos/redis?fault=kill&seconds=600", "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(redis.process().isAlive()).isFalse();

        HttpResponse<String> healed = nodes.send(node, "DELETE", "/api/v1/chaos/redis", "");

        assertThat(healed.statusCode()).as(healed.body()).isEqualTo(200);
        assertThat(redis.process().isAlive()).isTrue();
        assertThat(redisOf(node).get("fault").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/chaos/redis, 400",
        "/api/v1/chaos/redis?fault=melt, 400",
        "/api/v1/chaos/redis?fault=pause&seconds=0, 400",
        "/api/v1/chaos/redis?fault=pause&seconds=601, 400",
        "/api/v1/chaos/redis?fault=pause&seconds=soon, 400",
        "/api/v1/chaos/oracle?fault=pause, 404"
    })
    void refusesWhatItCannotDo(String path, int status) throws Exception {
        HttpResponse<String> answer = nodes.send(node, "PUT", path, "");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(redisOf(node).get("fault").isNull()).isTrue();
    }

    @Test
    void aNodeWithoutTheOptionHurtsNobodyAndSaysHowToGetIt() throws Exception {
        HttpResponse<String> refused = nodes.send(without, "PUT", "/api/v1/chaos/redis?fault=pause", "");

        assertThat(refused.statusCode()).isEqualTo(404);
        assertThat(refused.body()).contains("--chaos");
        JsonNode list = TestNodes.json(nodes.send(without, "GET", "/api/v1/chaos", ""));
        assertThat(list.get("enabled").booleanValue()).isFalse();
        assertThat(list.get("data")).isEmpty();
    }

    @Test
    void onlyAdministratorsMayHurt() throws Exception {
        String key = TestNodes.json(
                        nodes.send(node, "POST", "/api/v1/keys", "{\"name\":\"author\",\"scopes\":[\"author\"]}"))
                .get("key")
                .stringValue();

        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create(node.uri() + "/api/v1/chaos/redis?fault=pause");
            HttpRequest.Builder put = HttpRequest.newBuilder(uri).PUT(HttpRequest.BodyPublishers.noBody());
            assertThat(client.send(put.build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(401);
            assertThat(client.send(put.header("X-Api-Key", key).build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(403);
        }
        assertThat(redisOf(node).get("fault").isNull()).isTrue();
    }

    private static JsonNode redisOf(UrlShortenerNode asked) throws Exception {
        for (JsonNode state :
                TestNodes.json(nodes.send(asked, "GET", "/api/v1/chaos", "")).get("data")) {
            if (state.get("server").stringValue().equals("redis")) {
                return state;
            }
        }
        throw new AssertionError("no switch for redis");
    }
}
