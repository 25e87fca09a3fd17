package dev.casebook.urlshortener.fault;

import dev.casebook.common.http.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** An HTTP client of any node. Every request ends within {@link #PATIENCE}, or the test fails: nothing may hang. */
final class Api implements AutoCloseable {
    static final String KEY = "fault-administrator-key-0123456789";
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    /** Follows a link one step, as a browser would. */
    HttpResponse<String> visit(URI node, String slug) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(node.resolve("/" + slug))
                        .timeout(PATIENCE)
                        .header("User-Agent", FIREFOX)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Where a link leads, or the status when it does not. */
    String destination(URI node, String slug) throws IOException, InterruptedException {
        HttpResponse<String> response = visit(node, slug);
        return response.headers().firstValue("location").orElse("status " + response.statusCode());
    }

    /** Asks for a link; repeating it with the same {@code idempotencyKey} is safe. */
    HttpResponse<String> create(URI node, String longUrl, String idempotencyKey)
            throws IOException, InterruptedException {
        return client.send(
                request(node, "/rest/v3/short-urls")
                        .header("Idempotency-Key", idempotencyKey)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"longUrl\":\"" + longUrl + "\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Makes a link and gives its slug. */
    String slug(URI node, String longUrl) throws IOException, InterruptedException {
        return slug(create(node, longUrl, longUrl));
    }

    static String slug(HttpResponse<String> created) {
        if (created.statusCode() != 200) {
            throw new AssertionError(created.statusCode() + " " + created.body());
        }
        return Json.MAPPER.readTree(created.body()).get("shortCode").stringValue();
    }

    /** Lets a link lead elsewhere. */
    HttpResponse<String> edit(URI node, String slug, String longUrl) throws IOException, InterruptedException {
        return client.send(
                request(node, "/rest/v3/short-urls/" + slug)
                        .method("PATCH", HttpRequest.BodyPublishers.ofString("{\"longUrl\":\"" + longUrl + "\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(URI node, String path) throws IOException, InterruptedException {
        return client.send(request(node, path).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** A stream of events that is being read. */
    interface Events extends AutoCloseable {
        int status();

        boolean isOpen();

        @Override
        void close();
    }

    /** Reads a stream of events line by line, on a thread of its own, until either side ends it. */
    Events follow(URI node, String path, Consumer<String> line) throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                client.send(request(node, path).build(), HttpResponse.BodyHandlers.ofInputStream());
        Thread reader = Thread.ofVirtual().start(() -> {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                for (String next = lines.readLine(); next != null; next = lines.readLine()) {
                    line.accept(next);
                }
            } catch (IOException ended) {
                // by the server, or by close
            }
        });
        return new Events() {
            @Override
            public int status() {
                return response.statusCode();
            }

            @Override
            public boolean isOpen() {
                return reader.isAlive();
            }

            @Override
            public void close() {
                try {
                    response.body().close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    /** The sum of a metric over all of its labels that contain {@code label}. */
    double metric(URI node, String name, String label) throws IOException, InterruptedException {
        return get(node, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static HttpRequest.Builder request(URI node, String path) {
        return HttpRequest.newBuilder(node.resolve(path))
                .timeout(PATIENCE)
                .header("X-Api-Key", KEY)
                .header("Content-Type", "application/json");
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
