package dev.casebook.urlshortener.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What {@code .../lookup} says beside what the tiers must have been asked, on two nodes and a real Redis. */
class LookupIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static TestNodes nodes;
    private static UrlShortenerNode first;
    private static UrlShortenerNode second;

    @BeforeAll
    static void start() throws Exception {
        nodes = new TestNodes(folder);
        first = nodes.start();
        second = nodes.start();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Test
    void goesDownTheTiersAsARedirectDoesAndLeavesThemWarm() throws Exception {
        String slug = create("tiers");

        assertThat(lookup(first, slug)).as("a cold link: read, lease and fill").isEqualTo("db redis=3 postgres=1");
        assertThat(lookup(first, slug)).as("again on the same node").isEqualTo("l1 redis=0 postgres=0");
        assertThat(lookup(second, slug)).as("on another node").isEqualTo("l2 redis=1 postgres=0");
        assertThat(serverTiming(second, slug)).as("a redirect after it").isEqualTo("l1");
    }

    @Test
    void asksAgainAfterAnEdit() throws Exception {
        String slug = create("edited");
        lookup(first, slug);
        lookup(second, slug);

        nodes.send(first, "PATCH", "/rest/v3/short-urls/" + slug, "{\"longUrl\":\"https://example.com/new\"}");

        assertThat(lookup(first, slug)).isNotEqualTo("l1 redis=0 postgres=0");
        assertThat(serverTiming(first, slug)).isEqualTo("l1");
    }

    @Test
    void aRedirectSaysTheSameInItsHeader() throws Exception {
        String slug = create("header");

        assertThat(serverTiming(first, slug)).matches("l1, l2;dur=[0-9.]+;desc=\"3 operations\", db;dur=[0-9.]+");
        assertThat(serverTiming(second, slug)).matches("l1, l2;dur=[0-9.]+");
    }

    @Test
    void countsNoClickAndTakesNoVisit() throws Exception {
        String slug = nodes.create(
                first, "{\"longUrl\":\"https://example.com/\",\"customSlug\":\"limited\",\"maxVisits\":1}");
        lookup(first, slug);
        lookup(second, slug);

        assertThat(nodes.visit(first, slug).statusCode()).isEqualTo(302);
        assertThat(nodes.visit(first, slug).statusCode()).isEqualTo(404);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(clicks(slug)).isPositive());
        assertThat(clicks(slug)).isEqualTo(1);
    }

    @Test
    void isForThoseWhoMaySeeTheLink() throws Exception {
        assertThat(nodes.send(first, "GET", path("no-such-link"), "").statusCode())
                .isEqualTo(404);
        assertThat(nodes.visit(first, path(create("seen")).substring(1)).statusCode())
                .isEqualTo(401);
    }

    private static String create(String slug) throws Exception {
        return nodes.create(
                first, "{\"longUrl\":\"https://example.com/" + slug + "\",\"customSlug\":\"" + slug + "\"}");
    }

    private static String path(String slug) {
        return "/api/v1/links/" + slug + "/lookup";
    }

    private static String lookup(UrlShortenerNode node, String slug) throws Exception {
        JsonNode answer = TestNodes.json(nodes.send(node, "GET", path(slug), ""));
        return answer.get("tier").stringValue()
                + " redis=" + answer.get("redis").get("operations")
                + " postgres=" + answer.get("postgres").get("operations");
    }

    private static String serverTiming(UrlShortenerNode node, String slug) throws Exception {
        return nodes.visit(node, slug).headers().firstValue("server-timing").orElse("");
    }

    private static long clicks(String slug) throws Exception {
        JsonNode link = TestNodes.json(nodes.send(first, "GET", "/rest/v3/short-urls/" + slug, ""));
        return link.get("visitsSummary").get("total").longValue();
    }
}
