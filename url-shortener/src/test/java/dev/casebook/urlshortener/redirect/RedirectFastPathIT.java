package dev.casebook.urlshortener.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Which redirects are answered from bytes, by the server's own count, and that both ways answer alike. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedirectFastPathIT {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private TestNodes nodes;
    private UrlShortenerNode node;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        nodes = new TestNodes(folder);
        node = nodes.start();
    }

    @AfterAll
    void stop() {
        nodes.close();
        client.close();
    }

    @Test
    void answersALinkThatForwardsQueriesFromBytesWhenThereIsNoQuery() throws Exception {
        String slug = nodes.create(node, "{\"longUrl\":\"https://example.com/a?b=c#d\"}");
        HttpResponse<String> first = get("/" + slug);
        double before = fast();

        HttpResponse<String> second = get("/" + slug);

        assertThat(fast()).isEqualTo(before + 1);
        assertThat(second.statusCode()).isEqualTo(first.statusCode()).isEqualTo(302);
        assertThat(location(second)).isEqualTo(location(first)).isEqualTo("https://example.com/a?b=c#d");
        assertThat(second.headers().firstValue("server-timing")).contains("l1");
    }

    @Test
    void leavesAQueryThatIsToBeForwardedToTheRoutes() throws Exception {
        String slug = nodes.create(node, "{\"longUrl\":\"https://example.com/a?b=c#d\"}");
        get("/" + slug);
        double before = fast();

        HttpResponse<String> response = get("/" + slug + "?e=f");

        assertThat(fast()).isEqualTo(before);
        assertThat(location(response)).isEqualTo("https://example.com/a?b=c&e=f#d");
        assertThat(location(get("/" + slug + "?"))).isEqualTo("https://example.com/a?b=c#d");
    }

    @Test
    void answersFromBytesWithAQueryThatGoesNowhere() throws Exception {
        String slug = nodes.create(node, "{\"longUrl\":\"https://example.com/a\",\"forwardQuery\":false}");
        get("/" + slug);
        double before = fast();

        HttpResponse<String> response = get("/" + slug + "?e=f");

        assertThat(fast()).isEqualTo(before + 1);
        assertThat(location(response)).isEqualTo("https://example.com/a");
    }

    @Test
    void followsAnEditAndAnExpiryAtOnce() throws Exception {
        String slug = nodes.create(node, "{\"longUrl\":\"https://example.com/old\"}");
        get("/" + slug);
        get("/" + slug);

        nodes.send(node, "PATCH", "/rest/v3/short-urls/" + slug, "{\"longUrl\":\"https://example.com/new\"}");
        assertThat(location(get("/" + slug))).isEqualTo("https://example.com/new");
        assertThat(location(get("/" + slug))).isEqualTo("https://example.com/new");

        Instant end = Instant.now().plusMillis(700);
        nodes.send(node, "PATCH", "/rest/v3/short-urls/" + slug, "{\"validUntil\":\"" + end + "\"}");
        await().atMost(Duration.ofSeconds(5)).until(() -> get("/" + slug).statusCode() == 404);
        assertThat(Instant.now()).isAfterOrEqualTo(end.minusMillis(1_000));
    }

    @Test
    void countsPrefetchesApartFromClicksOnBothWays() throws Exception {
        String slug = nodes.create(node, "{\"longUrl\":\"https://example.com/a\"}");
        get("/" + slug, "Sec-Purpose", "prefetch;prerender"); // the first goes through the routes
        double before = fast();
        get("/" + slug, "Purpose", "Prefetch");
        get("/" + slug, "Sec-Purpose", "preview");
        get("/" + slug);
        assertThat(fast()).isEqualTo(before + 3);

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            JsonNode visits = TestNodes.json(nodes.send(node, "GET", "/rest/v3/short-urls/" + slug, ""))
                    .get("visitsSummary");
            assertThat(visits.get("total").asLong()).isEqualTo(4);
            assertThat(visits.get("nonBots").asLong()).isEqualTo(2);
        });
    }

    private double fast() {
        return node.meters().get("http.server.fast.requests").functionCounter().count();
    }

    private HttpResponse<String> get(String target, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.uri() + target))
                .header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String location(HttpResponse<String> response) {
        return response.headers().firstValue("location").orElse("");
    }
}
