package dev.casebook.urlshortener.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The service and a server that redirects by a map say the same of the same links. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RedirectParity {
    /** Destinations by slug; in small letters, because nginx's map does not tell them from capitals. */
    private static final Map<String, String> LINKS = Map.of(
            "plain", "https://example.com/a/long/address",
            "query", "https://example.com/search?q=a+b&lang=en#top",
            "encoded", "https://example.com/%C3%BC/%E2%82%AC",
            "with-dash_1.0~x", "http://example.org:8080/");

    private final Map<String, String> links;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private TestNodes nodes;
    private UrlShortenerNode node;
    private @Nullable Process peer;
    private int port;

    /** @param moreLinks destinations by slug that this server can be compared by as well */
    RedirectParity(Map<String, String> moreLinks) {
        links = new HashMap<>(LINKS);
        links.putAll(moreLinks);
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path peerFolder = Files.createDirectories(folder.resolve("peer"));
        List<String> command = configure(peerFolder, port, links);
        nodes = new TestNodes(folder.resolve("nodes"));
        node = nodes.start();
        for (Map.Entry<String, String> link : links.entrySet()) {
            nodes.create(node, "{\"longUrl\":\"" + link.getValue() + "\",\"customSlug\":\"" + link.getKey() + "\"}");
        }
        Instant end = Instant.now().plusMillis(500);
        nodes.create(
                node,
                "{\"longUrl\":\"https://example.com/gone\",\"customSlug\":\"expired\",\"validUntil\":\"" + end + "\"}");
        startPeer(command, peerFolder.resolve("output.log"));
        await().atMost(Duration.ofSeconds(10)).until(() -> Instant.now().isAfter(end));
    }

    @AfterAll
    void stop() throws InterruptedException {
        if (peer != null) {
            peer.destroy();
            if (!peer.waitFor(10, TimeUnit.SECONDS)) {
                peer.destroyForcibly();
            }
        }
        if (nodes != null) {
            nodes.close();
        }
        client.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, plain, 302",
        "HEAD, plain, 302",
        "GET, query, 302",
        "HEAD, query, 302",
        "GET, encoded, 302",
        "HEAD, encoded, 302",
        "GET, with-dash_1.0~x, 302",
        "HEAD, with-dash_1.0~x, 302",
        "GET, expired, 404",
        "HEAD, expired, 404",
        "GET, unknown, 404",
        "HEAD, unknown, 404"
    })
    void bothAgreeInStatusAndLocation(String method, String slug, int status) throws Exception {
        requireAgreement(method, slug, status);
    }

    final void requireAgreement(String method, String slug, int status) throws IOException, InterruptedException {
        HttpResponse<String> theirs = ask("http://127.0.0.1:" + port, method, slug);
        HttpResponse<String> throughTheRoutes = ask(node.uri().toString(), method, slug);
        HttpResponse<String> fromBytes = ask(node.uri().toString(), method, slug);

        assertThat(theirs.statusCode()).isEqualTo(status);
        for (HttpResponse<String> ours : List.of(throughTheRoutes, fromBytes)) {
            assertThat(ours.statusCode()).isEqualTo(theirs.statusCode());
            assertThat(ours.headers().firstValue("location"))
                    .isEqualTo(theirs.headers().firstValue("location"));
            assertThat(method.equals("HEAD") && !ours.body().isEmpty()).isFalse();
        }
    }

    private HttpResponse<String> ask(String server, String method, String slug)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(server + "/" + slug))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Writes the server's files and gives its command, which stays in the foreground. Ends the test where it is not installed. */
    abstract List<String> configure(Path folder, int freePort, Map<String, String> destinations) throws IOException;

    private void startPeer(List<String> command, Path log) throws IOException {
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        peer = started;
        await().atMost(Duration.ofSeconds(10))
                .failFast(() -> {
                    if (!started.isAlive()) {
                        throw new AssertionError("it ended: " + Files.readString(log));
                    }
                })
                .ignoreExceptionsMatching(IOException.class::isInstance)
                .until(() -> {
                    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                        return socket.isConnected();
                    }
                });
    }
}
