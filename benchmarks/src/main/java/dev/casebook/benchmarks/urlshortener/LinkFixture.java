package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.load.LoadSetup;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Links to redirect to, made through the service's Shlink API. Asks with {@code findIfExists}, so that a second run finds
 * those of the first instead of making more.
 */
final class LinkFixture {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int CONCURRENT_MAX = 32;

    private LinkFixture() {}

    /** Makes or finds links for a load scenario. */
    static List<String> slugs(LoadSetup setup, int count) throws IOException, InterruptedException {
        return slugs(setup.uri(), setup.apiKey(), count, setup.timeout(), setup.progress());
    }

    /**
     * Makes or finds {@code count} links.
     *
     * @return their slugs, in the order of their numbers
     * @throws IOException when the service refuses one, with its answer
     */
    static List<String> slugs(URI service, String apiKey, int count, Duration timeout, Consumer<String> progress)
            throws IOException, InterruptedException {
        List<Future<String>> made = new ArrayList<>();
        Semaphore permits = new Semaphore(CONCURRENT_MAX);
        try (HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(timeout)
                        .build();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                permits.acquire();
                int number = i;
                made.add(threads.submit(() -> {
                    try {
                        return slug(client, service, apiKey, number, timeout);
                    } finally {
                        permits.release();
                    }
                }));
                if (i % 500 == 0) {
                    progress.accept("making links: " + i + " of " + count);
                    failFast(made.getFirst());
                }
            }
            List<String> slugs = new ArrayList<>(count);
            for (Future<String> one : made) {
                slugs.add(result(one));
            }
            return slugs;
        }
    }

    /** The body that asks for the link of that number. */
    static String body(int number, boolean findIfExists) {
        return JSON.writeValueAsString(
                Map.of("longUrl", "https://example.com/casebook/load/" + number, "findIfExists", findIfExists));
    }

    private static String slug(HttpClient client, URI service, String apiKey, int number, Duration timeout)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(service.resolve("/rest/v3/short-urls"))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .header("X-Api-Key", apiKey)
                .POST(HttpRequest.BodyPublishers.ofString(body(number, true)))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() == 401) {
            throw new IOException("the service wants an API key for making links: give --api-key, or set"
                    + " CASEBOOK_INITIAL_API_KEY for both `run` and `load`");
        }
        if (response.statusCode() >= 300) {
            throw new IOException(
                    "the service refused to make a link with " + response.statusCode() + ": " + response.body());
        }
        JsonNode code = JSON.readTree(response.body()).path("shortCode");
        if (!code.isString()) {
            throw new IOException("the service's answer has no shortCode: " + response.body());
        }
        return code.asString();
    }

    private static void failFast(Future<String> first) throws IOException, InterruptedException {
        if (first.state() == Future.State.FAILED) {
            result(first);
        }
    }

    private static String result(Future<String> future) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof IOException refused) {
                throw refused;
            }
            throw new IOException(failure.getCause());
        }
    }
}
