package dev.casebook.urlshortener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The whole service on real PostgreSQL, Redis and Kafka, from the outside. */
class UrlShortenerNodeIT {
    @TempDir
    Path folder;

    private TestNodes nodes;
    private UrlShortenerNode node;

    @BeforeEach
    void start() throws Exception {
        nodes = new TestNodes(folder);
        node = nodes.start();
    }

    @AfterEach
    void stop() {
        nodes.close();
    }

    @Test
    void redirectsToALinkThatWasJustMadeAndCountsTheClick() throws Exception {
        String slug = nodes.create(node, "{\"longUrl\":\"https://example.com/a?b=c\"}");

        HttpResponse<String> redirect = nodes.visit(node, slug);

        assertThat(slug).hasSize(7);
        assertThat(redirect.statusCode()).isEqualTo(302);
        assertThat(redirect.headers().firstValue("location")).contains("https://example.com/a?b=c");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(visits(slug)).isEqualTo(1));
    }

    @Test
    void anEditOnOneNodeIsInForceOnTheOtherWithinASecond() throws Exception {
        UrlShortenerNode other = nodes.start();
        String slug = nodes.create(node, "{\"longUrl\":\"https://example.com/old\"}");
        assertThat(nodes.visit(other, slug).headers().firstValue("location")).contains("https://example.com/old");

        nodes.send(node, "PATCH", "/rest/v3/short-urls/" + slug, "{\"longUrl\":\"https://example.com/new\"}");

        await().atMost(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(
                        () -> assertThat(nodes.visit(other, slug).headers().firstValue("location"))
                                .contains("https://example.com/new"));
    }

    @Test
    void aDeletedLinkIsGoneOnAllNodesAndItsSlugCanBeUsedAnew() throws Exception {
        UrlShortenerNode other = nodes.start();
        nodes.create(node, "{\"longUrl\":\"https://example.com/1\",\"customSlug\":\"again\"}");
        assertThat(nodes.visit(other, "again").statusCode()).isEqualTo(302);

        assertThat(nodes.send(node, "DELETE", "/rest/v3/short-urls/again", "").statusCode())
                .isEqualTo(204);
        await().atMost(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() ->
                        assertThat(nodes.visit(other, "again").statusCode()).isEqualTo(404));
        nodes.create(other, "{\"longUrl\":\"https://example.com/2\",\"customSlug\":\"again\"}");

        await().atMost(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(
                        () -> assertThat(nodes.visit(node, "again").headers().firstValue("location"))
                                .contains("https://example.com/2"));
    }

    @Test
    void aCustomSlugIsGivenOnce() throws Exception {
        nodes.create(node, "{\"longUrl\":\"https://example.com/1\",\"customSlug\":\"mine\"}");

        HttpResponse<String> second = nodes.send(
                node, "POST", "/rest/v3/short-urls", "{\"longUrl\":\"https://example.com/2\",\"customSlug\":\"mine\"}");

        assertThat(second.statusCode()).isEqualTo(400);
        assertThat(TestNodes.json(second).get("type").stringValue()).endsWith("non-unique-slug");
    }

    @Test
    void aVisitLimitHoldsExactlyAcrossNodes() throws Exception {
        UrlShortenerNode other = nodes.start();
        String slug = nodes.create(node, "{\"longUrl\":\"https://example.com/\",\"maxVisits\":5}");

        int redirects = 0;
        for (int i = 0; i < 12; i++) {
            redirects += nodes.visit(i % 2 == 0 ? node : other, slug).statusCode() == 302 ? 1 : 0;
        }

        assertThat(redirects).isEqualTo(5);
    }

    @Test
    void refusesWhatIsNoWebAddressAndWhatLeadsBackToItself() throws Exception {
        for (String longUrl : new String[] {"javascript:alert(1)", node.publicUrl() + "/abc"}) {
            HttpResponse<String> response =
                    nodes.send(node, "POST", "/rest/v3/short-urls", "{\"longUrl\":\"" + longUrl + "\"}");
            assertThat(response.statusCode()).as(longUrl).isEqualTo(422);
            assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        }
    }

    @Test
    void asksForAKey() throws Exception {
        HttpResponse<String> missing = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(node.uri() + "/rest/v3/short-urls"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(missing.statusCode()).isEqualTo(401);
        assertThat(TestNodes.json(missing).get("type").stringValue()).endsWith("missing-authentication");
    }

    @Test
    void repeatingACreateUnderItsIdempotencyKeyMakesOneLink() throws Exception {
        JsonNode first = TestNodes.json(idempotent("{\"longUrl\":\"https://example.com/\"}"));
        JsonNode second = TestNodes.json(idempotent("{\"longUrl\":\"https://example.com/\"}"));

        assertThat(second.get("shortCode")).isEqualTo(first.get("shortCode"));
        assertThat(idempotent("{\"longUrl\":\"https://example.com/other\"}").statusCode())
                .isEqualTo(422);
    }

    @Test
    void exportsAsCsvWhatItImports() throws Exception {
        HttpResponse<String> imported = nodes.send(
                node,
                "POST",
                "/api/v1/links.csv",
                "shortCode,longUrl,title,tags\r\none,https://example.com/1,\"=cmd, quoted\",a|b\r\n,https://example.com/2,,\r\none,https://example.com/3,,\r\n");

        assertThat(TestNodes.json(imported).get("created").intValue()).isEqualTo(2);
        assertThat(TestNodes.json(imported).get("failed").intValue()).isEqualTo(1);
        String exported = nodes.send(node, "GET", "/api/v1/links.csv", "").body();
        assertThat(exported).contains("\"'=cmd, quoted\"", "a|b", "https://example.com/2");
    }

    private HttpResponse<String> idempotent(String body) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(node.uri() + "/rest/v3/short-urls"))
                            .header("X-Api-Key", TestNodes.KEY)
                            .header("Idempotency-Key", "order-4711")
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private long visits(String slug) throws Exception {
        return TestNodes.json(nodes.send(node, "GET", "/rest/v3/short-urls/" + slug, ""))
                .get("visitsSummary")
                .get("nonBots")
                .longValue();
    }
}
