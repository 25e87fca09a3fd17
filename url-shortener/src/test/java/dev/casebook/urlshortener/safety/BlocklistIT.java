package dev.casebook.urlshortener.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that comes onto the blocklist after its links were made, as visitors of two nodes meet it. */
class BlocklistIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private TestNodes nodes;
    private Path file;
    private List<UrlShortenerNode> both;

    @BeforeEach
    void start() throws Exception {
        file = Files.writeString(folder.resolve("blocklist.txt"), "# nothing yet\n");
        BlocklistSettings blocklist = new BlocklistSettings(file, Duration.ofMillis(100));
        nodes = new TestNodes(folder.resolve("nodes"));
        both = List.of(
                nodes.start(settings -> settings.withBlocklist(blocklist)),
                nodes.start(settings -> settings.withBlocklist(blocklist)));
    }

    @AfterEach
    void stop() {
        nodes.close();
    }

    @Test
    void aHostInTheFileBlocksItsLinksOnBothNodesUntilItIsTakenOut() throws Exception {
        nodes.create(both.getFirst(), "{\"longUrl\":\"https://www.bait.example/a\",\"customSlug\":\"bait\"}");
        nodes.create(both.getFirst(), "{\"longUrl\":\"https://fine.example/a\",\"customSlug\":\"fine\"}");
        awaitRedirectsFromBytes("bait", "https://www.bait.example/a");

        Files.writeString(file, "other.example\nBait.example # since today\n");

        awaitBlocked("bait");
        awaitRedirectsFromBytes("fine", "https://fine.example/a");
        await().atMost(SOON).until(() -> create("https://bait.example/new") == 422);
        assertThat(create("https://www.other.example/new")).isEqualTo(422);

        Files.writeString(file, "other.example\n");

        awaitRedirectsFromBytes("bait", "https://www.bait.example/a");
        await().atMost(SOON).until(() -> create("https://bait.example/new") == 200);
        assertThat(create("https://www.other.example/new")).isEqualTo(422);
    }

    @Test
    void aHostInTheDatabaseBlocksItsLinksWhateverBecomesOfTheFileAndWhoeverMadeALinkOnItsName() throws Exception {
        nodes.create(both.getFirst(), "{\"longUrl\":\"https://bait.example/a\",\"customSlug\":\"bait\"}");
        nodes.create(both.getFirst(), "{\"longUrl\":\"https://fine.example/\",\"domain\":\"bait.example\"}");
        awaitRedirectsFromBytes("bait", "https://bait.example/a");
        Files.writeString(file, "not a host\n");

        nodes.execute("INSERT INTO blocked_hosts (host) VALUES ('bait.example')");

        awaitBlocked("bait");

        nodes.execute("DELETE FROM blocked_hosts");

        awaitRedirectsFromBytes("bait", "https://bait.example/a");
    }

    /** On each node, and the second visit without the routes: by the server's own count. */
    private void awaitRedirectsFromBytes(String slug, String destination) {
        for (UrlShortenerNode node : both) {
            await().atMost(SOON).untilAsserted(() -> {
                nodes.visit(node, slug);
                double before = fast(node);
                assertThat(nodes.visit(node, slug).headers().firstValue("location"))
                        .contains(destination);
                assertThat(fast(node)).isEqualTo(before + 1);
            });
        }
    }

    private void awaitBlocked(String slug) throws Exception {
        for (UrlShortenerNode node : both) {
            await().atMost(SOON).until(() -> nodes.visit(node, slug).statusCode() == 404);
            HttpResponse<String> again = nodes.visit(node, slug);
            assertThat(again.statusCode()).isEqualTo(404);
            assertThat(again.headers().firstValue("location")).isEmpty();
            assertThat(again.body()).contains("Blocked for your safety");
            assertThat(TestNodes.json(askAsAProgram(node, slug)).get("type").stringValue())
                    .endsWith("link-blocked");
        }
    }

    private static HttpResponse<String> askAsAProgram(UrlShortenerNode node, String slug) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(node.uri() + "/" + slug))
                            .header("Accept", "application/json")
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private int create(String longUrl) throws Exception {
        return nodes.send(both.getLast(), "POST", "/rest/v3/short-urls", "{\"longUrl\":\"" + longUrl + "\"}")
                .statusCode();
    }

    private static double fast(UrlShortenerNode node) {
        return node.meters().get("http.server.fast.requests").functionCounter().count();
    }
}
