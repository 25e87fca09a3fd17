package dev.casebook.urlshortener.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.SystemTool;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** nginx's {@code map} with {@code return 302} (Debian package {@code nginx}) and the service say the same of the same links. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NginxParityIT {
    /** Destinations by slug; in small letters, because nginx's map does not tell them from capitals. */
    private static final Map<String, String> LINKS = Map.of(
            "plain", "https://example.com/a/long/address",
            "query", "https://example.com/search?q=a+b&lang=en#top",
            "encoded", "https://example.com/%C3%BC/%E2%82%AC",
            "with-dash_1.0~x", "http://example.org:8080/");

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private TestNodes nodes;
    private UrlShortenerNode node;
    private Process nginx;
    private int port;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        Path command = SystemTool.NGINX.require();
        nodes = new TestNodes(folder.resolve("nodes"));
        node = nodes.start();
        Map<String, String> map = new LinkedHashMap<>();
        for (Map.Entry<String, String> link : LINKS.entrySet()) {
            nodes.create(node, "{\"longUrl\":\"" + link.getValue() + "\",\"customSlug\":\"" + link.getKey() + "\"}");
            map.put(link.getKey(), link.getValue());
        }
        Instant end = Instant.now().plusMillis(500);
        nodes.create(
                node,
                "{\"longUrl\":\"https://example.com/gone\",\"customSlug\":\"expired\",\"validUntil\":\"" + end + "\"}");
        startNginx(command, Files.createDirectories(folder.resolve("nginx")), map);
        await().atMost(Duration.ofSeconds(10)).until(() -> Instant.now().isAfter(end));
    }

    @AfterAll
    void stop() throws InterruptedException {
        if (nginx != null) {
            nginx.destroy();
            if (!nginx.waitFor(10, TimeUnit.SECONDS)) {
                nginx.destroyForcibly();
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

    private void startNginx(Path command, Path folder, Map<String, String> links) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        StringBuilder map = new StringBuilder();
        links.forEach((slug, destination) ->
                map.append('/').append(slug).append(" \"").append(destination).append("\";\n"));
        Files.writeString(folder.resolve("links.map"), map);
        Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                worker_processes 1;
                pid nginx.pid;
                events { worker_connections 64; }
                http {
                  map $uri $target { include links.map; }
                  access_log off;
                  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                  server {
                    listen 127.0.0.1:%d;
                    if ($target = "") { return 404; }
                    return 302 $target;
                  }
                }
                """.formatted(port));
        nginx = new ProcessBuilder(
                        command.toString(),
                        "-p",
                        folder.toString(),
                        "-c",
                        folder.resolve("nginx.conf").toString(),
                        "-e",
                        folder.resolve("error.log").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nginx.log").toFile())
                .start();
        await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            }
        });
    }
}
