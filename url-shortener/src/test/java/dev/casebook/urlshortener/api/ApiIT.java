package dev.casebook.urlshortener.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.common.http.Json;
import dev.casebook.common.http.Routes;
import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import dev.casebook.urlshortener.link.LinkService;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The API of two nodes of one installation: bad input, many callers at once, an export of many rows, and its own document. */
class ApiIT {
    private static final int CALLERS = 50;
    private static final int MANY_ROWS = Boolean.getBoolean("casebook.soak") ? 200_000 : 20_000;
    private static final Pattern EXPORTED = Pattern.compile("https://export\\.example/(\\d+)");
    private static final String CREATE = "/rest/v3/short-urls";

    @TempDir
    static Path folder;

    private static final URI PUBLIC_URL = URI.create("https://short.example");
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static TestNodes nodes;
    private static UrlShortenerNode first;
    private static UrlShortenerNode second;

    @BeforeAll
    static void start() throws Exception {
        nodes = new TestNodes(folder);
        first = nodes.start(settings -> settings.withPublicUrl(PUBLIC_URL));
        second = nodes.start(settings -> settings.withPublicUrl(PUBLIC_URL));
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'{\"longUrl\":\"javascript:alert(1)\"}'                         | 422 | invalid-data",
                "'{\"longUrl\":\"data:text/html,x\"}'                            | 422 | invalid-data",
                "'{\"longUrl\":\"https://a.example/\\r\\nSet-Cookie: a=b\"}'     | 400 | invalid-data",
                "'{\"longUrl\":\"https://a.example/\\u0000\"}'                   | 400 | invalid-data",
                "'{\"longUrl\":\"https://user@a.example\\\\@b.example/\"}'       | 400 | invalid-data",
                "'{\"longUrl\":7}'                                               | 400 | invalid-data",
                "'{}'                                                            | 400 | invalid-data",
                "'[]'                                                            | 400 | invalid-data",
                "'{\"longUrl\":\"https://a.example\",\"customSlug\":\"metrics\"}' | 400 | invalid-data",
                "'{\"longUrl\":\"https://a.example\",\"customSlug\":\"ROBOTS.txt\"}' | 400 | invalid-data",
                "'{\"longUrl\":\"https://a.example\",\"customSlug\":\"a/b\"}'    | 400 | invalid-data",
                "'{\"longUrl\":\"https://a.example\",\"maxVisits\":0}'           | 400 | invalid-data",
                "'{\"longUrl\":\"https://a.example\",\"validSince\":\"soon\"}'   | 400 | invalid-data",
                "'{\"longUrl\":'                                                 | 400 | malformed-json",
                "'null'                                                          | 400 | invalid-data"
            })
    void refusesWhatIsNoLinkAndSaysWhy(String body, int status, String type) throws Exception {
        HttpResponse<String> refused = nodes.send(first, "POST", CREATE, body);

        assertProblem(refused, status, type);
    }

    @Test
    void saysWhereJsonIsMalformed() throws Exception {
        HttpResponse<String> refused = nodes.send(first, "POST", CREATE, "{\"longUrl\":\n  oops}");

        assertThat(TestNodes.json(refused).get("detail").stringValue()).contains("line 2");
    }

    @Test
    void refusesAUrlOf64KibibytesAndARequestLineOfThatLength() throws Exception {
        String url = "https://a.example/" + "a".repeat(64 << 10);

        assertProblem(nodes.send(first, "POST", CREATE, "{\"longUrl\":\"" + url + "\"}"), 400, "invalid-data");
        assertProblem(nodes.send(first, "GET", "/" + "a".repeat(64 << 10), ""), 414, "uri-too-long");
    }

    @Test
    void refusesOtherMediaTypesAndBodiesBeyondTheLimit() throws Exception {
        HttpRequest.Builder request =
                request(first, CREATE).header("X-Api-Key", TestNodes.KEY).header("Content-Type", "text/plain");

        assertProblem(
                send(request.POST(HttpRequest.BodyPublishers.ofString("{\"longUrl\":\"https://a.example\"}"))),
                415,
                "unsupported-media-type");
        assertProblem(
                nodes.send(first, "POST", "/api/v1/links:bulk", "[" + "{},".repeat(LinkService.BULK_ROWS_MAX) + "{}]"),
                413,
                "too-many-rows");
        assertProblem(
                nodes.send(
                        first,
                        "POST",
                        "/api/v1/links.csv",
                        "longUrl\n" + "https://a.example\n".repeat(LinkService.BULK_ROWS_MAX + 1)),
                413,
                "too-many-rows");
    }

    @Test
    void showsHostsThatPassForOthersInTheirRealSpelling() throws Exception {
        JsonNode link = TestNodes.json(nodes.send(first, "POST", CREATE, "{\"longUrl\":\"https://\\u0430pple.com/\"}"));

        assertThat(link.get("longUrl").stringValue()).isEqualTo("https://xn--pple-43d.com/");
        assertThat(link.get("displayUrl").stringValue()).isEqualTo("https://xn--pple-43d.com/");
    }

    @Test
    void slugsThatUnicodeCallsEqualAreOne() throws Exception {
        nodes.create(first, "{\"longUrl\":\"https://a.example\",\"customSlug\":\"caf\\u00e9\"}");

        assertProblem(
                nodes.send(
                        second, "POST", CREATE, "{\"longUrl\":\"https://b.example\",\"customSlug\":\"cafe\\u0301\"}"),
                400,
                "non-unique-slug");
    }

    @Test
    void aKeyThatMayOnlyReadIsForbiddenToWriteAndAStrangerIsNobody() throws Exception {
        JsonNode key = TestNodes.json(
                nodes.send(first, "POST", "/api/v1/keys", "{\"name\":\"reader\",\"scopes\":[\"read\"]}"));
        String secret = key.get("key").stringValue();
        String body = "{\"longUrl\":\"https://a.example\"}";

        assertProblem(post(first, CREATE, Map.of("X-Api-Key", secret), body), 403, "forbidden-operation");
        assertProblem(post(first, CREATE, Map.of("X-Api-Key", "no-such-key-at-all"), body), 401, "invalid-api-key");
        assertProblem(post(first, CREATE, Map.of(), body), 401, "missing-authentication");
    }

    @Test
    void aBulkReportsEachRowByItself() throws Exception {
        JsonNode rows = TestNodes.json(
                nodes.send(
                        first,
                        "POST",
                        "/api/v1/links:bulk",
                        "[{\"longUrl\":\"https://a.example\",\"customSlug\":\"bulk-1\"},{\"longUrl\":\"javascript:x\"},7,"
                                + "{\"longUrl\":\"https://a.example\",\"customSlug\":\"bulk-1\"},{\"longUrl\":\"https://b.example\"}]"));

        assertThat(rows.get("created").intValue()).isEqualTo(2);
        assertThat(rows.get("failed").intValue()).isEqualTo(3);
        assertThat(IntStream.range(0, 5)
                        .mapToObj(
                                row -> rows.get("results").get(row).get("error").isNull() ? "made" : "refused"))
                .containsExactly("made", "refused", "refused", "refused", "made");
    }

    /** Bytes from a JSON grammar's neighbourhood and from nowhere; the seed is in the failure's message. */
    @Test
    void noBytesAsABodyMakeTheServerFail() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] paths = {
            "POST " + CREATE,
            "PATCH " + CREATE + "/fuzz",
            "POST " + CREATE + "/fuzz/redirect-rules",
            "PUT /rest/v3/tags",
            "PATCH /rest/v3/domains/redirects",
            "POST /api/v1/links:bulk",
            "POST /api/v1/links.csv",
            "POST /api/v1/keys"
        };
        nodes.create(first, "{\"longUrl\":\"https://a.example\",\"customSlug\":\"fuzz\"}");
        for (int i = 0; i < 400; i++) {
            String[] route = paths[i % paths.length].split(" ", 2);
            byte[] body = fuzz(random);
            HttpResponse<String> answer = send(request(first, route[1])
                    .header("X-Api-Key", TestNodes.KEY)
                    .header("Content-Type", "application/json")
                    .method(route[0], HttpRequest.BodyPublishers.ofByteArray(body)));

            assertThat(answer.statusCode())
                    .as("seed %d, %s, %s: %s", seed, route[1], new String(body, StandardCharsets.UTF_8), answer.body())
                    .isLessThan(500);
        }
    }

    private static byte[] fuzz(Random random) {
        String[] words = {
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"longUrl\"",
            "\"https://a.example\"",
            "\"tags\"",
            "\"oldName\"",
            "\"domain\"",
            "\"redirectRules\"",
            "\"conditions\"",
            "\"type\"",
            "\"device\"",
            "null",
            "true",
            "1e999",
            "-0",
            "9".repeat(40),
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"validSince\"",
            "\"0000-00-00\"",
            "\"+999999999-01-01T00:00:00Z\"",
            "\"name\"",
            "\"scopes\"",
            "\"customSlug\"",
            "\"maxVisits\"",
            "\"\uD83D\uDE00\"",
            "longUrl\n",
            "\""
        };
        if (random.nextInt(4) == 0) {
            byte[] noise = new byte[random.nextInt(64)];
            random.nextBytes(noise);
            return noise;
        }
        if (random.nextInt(2) == 0) {
            String members = IntStream.range(0, random.nextInt(5))
                    .mapToObj(n -> words[6 + random.nextInt(5)] + ":" + words[6 + random.nextInt(words.length - 8)])
                    .collect(Collectors.joining(","));
            return ("{" + members + "}").getBytes(StandardCharsets.UTF_8);
        }
        return IntStream.range(0, random.nextInt(12))
                .mapToObj(n -> words[random.nextInt(words.length)])
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void oneOfManyGetsASlugAndTheOthersHearThatItIsTaken() throws Exception {
        Map<Integer, Long> statuses = atOnce(caller -> nodes.send(
                        caller % 2 == 0 ? first : second,
                        "POST",
                        CREATE,
                        "{\"longUrl\":\"https://a.example/" + caller + "\",\"customSlug\":\"contended\"}"))
                .stream()
                .collect(Collectors.groupingBy(HttpResponse::statusCode, Collectors.counting()));

        assertThat(statuses).isEqualTo(Map.of(200, 1L, 400, CALLERS - 1L));
    }

    @Test
    void manyWhoAskForOneIfItExistsGetOneLink() throws Exception {
        Set<String> codes = codes(atOnce(caller -> nodes.send(
                caller % 2 == 0 ? first : second,
                "POST",
                CREATE,
                "{\"longUrl\":\"https://a.example/shared\",\"findIfExists\":true}")));

        assertThat(codes).hasSize(1);
    }

    @Test
    void manyWithOneIdempotencyKeyGetOneLinkAndEqualAnswers() throws Exception {
        List<HttpResponse<String>> answers = atOnce(caller -> post(
                caller % 2 == 0 ? first : second,
                CREATE,
                Map.of("X-Api-Key", TestNodes.KEY, "Idempotency-Key", "order-50"),
                "{\"longUrl\":\"https://a.example/order\"}"));

        assertThat(codes(answers)).hasSize(1);
        assertThat(answers.stream().map(HttpResponse::body).collect(Collectors.toSet()))
                .hasSize(1);
        assertProblem(
                post(
                        second,
                        CREATE,
                        Map.of("X-Api-Key", TestNodes.KEY, "Idempotency-Key", "order-50"),
                        "{\"longUrl\":\"https://a.example/another\"}"),
                422,
                "idempotency-key-reused");
    }

    @Test
    void exportsManyRowsEachOnce() throws Exception {
        for (int from = 0; from < MANY_ROWS; from += LinkService.BULK_ROWS_MAX) {
            int start = from;
            String rows = IntStream.range(0, Math.min(LinkService.BULK_ROWS_MAX, MANY_ROWS - from))
                    .mapToObj(row -> "{\"longUrl\":\"https://export.example/" + (start + row) + "\"}")
                    .collect(Collectors.joining(",", "[", "]"));
            assertThat(nodes.send(first, "POST", "/api/v1/links:bulk", rows).statusCode())
                    .isEqualTo(200);
        }

        HttpResponse<InputStream> export = CLIENT.send(
                request(second, "/api/v1/links.csv")
                        .header("X-Api-Key", TestNodes.KEY)
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());

        assertThat(export.headers().firstValue("transfer-encoding")).contains("chunked");
        List<Integer> exported = new ArrayList<>();
        try (InputStream body = export.body()) {
            new String(body.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(line -> {
                Matcher row = EXPORTED.matcher(line);
                if (row.find()) {
                    exported.add(Integer.parseInt(row.group(1)));
                }
            });
        }
        assertThat(exported.size()).isEqualTo(MANY_ROWS);
        assertThat(exported.stream().distinct().filter(row -> row < MANY_ROWS).count())
                .isEqualTo(MANY_ROWS);
    }

    @Test
    void theDocumentNamesEveryRouteAndNoOther() throws Exception {
        JsonNode paths =
                TestNodes.json(nodes.send(first, "GET", "/openapi.json", "")).get("paths");
        Set<String> documented = new TreeSet<>();
        paths.propertyNames()
                .forEach(path -> paths.get(path)
                        .propertyNames()
                        .forEach(method -> documented.add(method.toUpperCase(Locale.ROOT) + " " + path)));

        Set<String> answered = new TreeSet<>();
        for (Routes.Signature route : first.routes()) {
            // The page and its files are for browsers.
            if (!route.template().equals("/") && !route.template().startsWith("/assets/")) {
                answered.add(route.method() + " " + route.template());
            }
        }

        assertThat(documented).isEqualTo(answered);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/rest/v3/nothing",
                "/api/v1/nothing",
                "/rest/v3/short-urls/none",
                "/rest/v3/visits/orphan?type=x"
            })
    void everyErrorOfTheApiIsAProblem(String path) throws Exception {
        HttpResponse<String> answer = nodes.send(first, "GET", path, "");

        assertThat(answer.statusCode()).isBetween(400, 499);
        assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(TestNodes.json(answer).get("type").stringValue()).isNotEmpty();
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String type) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
        JsonNode problem = TestNodes.json(answer);
        assertThat(problem.get("type").stringValue()).endsWith(type);
        assertThat(problem.get("status").intValue()).isEqualTo(status);
        assertThat(problem.get("detail").stringValue()).isNotBlank().doesNotContain("Exception", "\tat ");
    }

    private static Set<String> codes(List<HttpResponse<String>> answers) {
        return answers.stream()
                .map(answer -> {
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                    return Json.MAPPER.readTree(answer.body()).get("shortCode").stringValue();
                })
                .collect(Collectors.toSet());
    }

    private interface Call {
        HttpResponse<String> by(int caller) throws Exception;
    }

    private static List<HttpResponse<String>> atOnce(Call call) throws Exception {
        CyclicBarrier start = new CyclicBarrier(CALLERS);
        List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            int number = caller;
            calls.add(() -> {
                start.await();
                return call.by(number);
            });
        }
        List<HttpResponse<String>> answers = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<HttpResponse<String>> answer : callers.invokeAll(calls)) {
                answers.add(answer.get());
            }
        }
        return answers;
    }

    private static HttpRequest.Builder request(UrlShortenerNode node, String path) {
        return HttpRequest.newBuilder(URI.create(node.uri() + path));
    }

    private static HttpResponse<String> post(
            UrlShortenerNode node, String path, Map<String, String> fields, String body) throws Exception {
        HttpRequest.Builder request = request(node, path);
        new HashMap<>(fields).forEach(request::header);
        return send(request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
