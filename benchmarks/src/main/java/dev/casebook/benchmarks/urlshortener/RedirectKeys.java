package dev.casebook.benchmarks.urlshortener;

import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The links that all contenders of a redirect lab know: slugs of seven characters as generated ones have, but without capitals, because nginx's {@code map} takes
 * {@code /Ab} and {@code /aB} for the same.
 */
final class RedirectKeys {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final int SLUG_CHARS = 7;
    private static final int BULK_ROWS = 10_000;

    private final List<String> slugs;

    private RedirectKeys(List<String> slugs) {
        this.slugs = slugs;
    }

    static RedirectKeys draw(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Set<String> drawn = new LinkedHashSet<>();
        while (drawn.size() < count) {
            StringBuilder slug = new StringBuilder(SLUG_CHARS);
            for (int i = 0; i < SLUG_CHARS; i++) {
                slug.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }
            drawn.add(slug.toString());
        }
        return new RedirectKeys(List.copyOf(drawn));
    }

    List<String> slugs() {
        return slugs;
    }

    String destination(int number) {
        return "https://example.com/casebook/redirect/" + number;
    }

    /**
     * Writes a line per link.
     *
     * @param line a format of slug and destination
     */
    void write(Path file, String line) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < slugs.size(); i++) {
                out.write(String.format(Locale.ROOT, line, slugs.get(i), destination(i)));
                out.newLine();
            }
        }
    }

    /** Makes the links through the bulk API. */
    void createAll(URI service, String apiKey) throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int from = 0; from < slugs.size(); from += BULK_ROWS) {
                List<Map<String, String>> rows = new ArrayList<>();
                for (int i = from; i < Math.min(slugs.size(), from + BULK_ROWS); i++) {
                    rows.add(Map.of("longUrl", destination(i), "customSlug", slugs.get(i)));
                }
                HttpResponse<String> response = client.send(
                        HttpRequest.newBuilder(service.resolve("/api/v1/links:bulk"))
                                .header("X-Api-Key", apiKey)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(rows)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                JsonNode answer = response.statusCode() == 200 ? JSON.readTree(response.body()) : null;
                if (answer == null || answer.path("created").asInt() != rows.size()) {
                    throw new IOException("the links were not made: " + response.statusCode() + " "
                            + response.body()
                                    .substring(0, Math.min(500, response.body().length())));
                }
            }
        }
    }
}
