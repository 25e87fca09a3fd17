package dev.casebook.urlshortener.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that no browser sends, to a whole node: one answer each, never a 5xx, and nobody else notices. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileHttpIT {
    private static final String SLUG = "well-known";
    private static final String SMUGGLED = "GET /" + SLUG + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    private static final String STORE_READS = "urlshortener.source.reads";
    private static final String REDIS_OPERATIONS = "urlshortener.redis.operations";

    /** What becomes of the connection, and so of the request behind the hostile one. */
    enum Then {
        STAYS,
        CLOSES
    }

    private TestNodes nodes;
    private UrlShortenerNode node;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        nodes = new TestNodes(folder);
        node = nodes.start();
        nodes.create(node, "{\"longUrl\":\"https://example.com/\",\"customSlug\":\"" + SLUG + "\"}");
    }

    @AfterAll
    void stop() {
        nodes.close();
    }

    static Stream<Arguments> requests() {
        String post = "POST /" + SLUG + " HTTP/1.1\r\nHost: a\r\n";
        String get = "GET /" + SLUG + " HTTP/1.1\r\n";
        return Stream.of(
                // Codes that are none. A malformed path is a whole request, so the connection stays.
                row(get("/%00"), 404, Then.STAYS),
                row(get("/" + SLUG + "%00"), 404, Then.STAYS),
                row(get("/%00+"), 404, Then.STAYS),
                row(get("/%00/track"), 200, Then.STAYS),
                row(get("/%0d%0aX:y"), 404, Then.STAYS),
                row(get("/" + SLUG + "%0d%0aX:y?%0d%0aX:y"), 404, Then.STAYS),
                row(get("/%e2%98%83"), 404, Then.STAYS),
                row(get("/%2e%2e%2f" + SLUG), 404, Then.STAYS),
                row(get("//"), 404, Then.STAYS),
                row(get("//" + SLUG), 404, Then.STAYS),
                row(get("/../" + SLUG), 404, Then.STAYS),
                row(get("/" + SLUG + "+"), 200, Then.STAYS),
                row(get("/" + SLUG + "%2B"), 404, Then.STAYS), // RFC 3986 section 2.2: not the suffix of a preview
                row(get(SLUG), 400, Then.STAYS), // RFC 9112 section 3.2: no form of a target
                row(get("*"), 400, Then.STAYS),
                row(get("/%ff"), 400, Then.STAYS),
                row(get("/%c0%80"), 400, Then.STAYS), // NUL in overlong UTF-8
                row(get("/%ed%a0%80"), 400, Then.STAYS), // half of a surrogate pair
                row(get("/%0"), 400, Then.STAYS),
                row(get("/" + "a/".repeat(1_000)), 400, Then.STAYS),
                row(get("/\u00c3\u00bc"), 404, Then.STAYS), // UTF-8 that is not percent-encoded
                row(get("/\u00ff"), 404, Then.STAYS),
                row(get("/" + "a".repeat(8_000)), 404, Then.STAYS),
                row(get("/" + "a".repeat(8 << 10)), 414, Then.CLOSES),
                row(get("/\u0000"), 400, Then.CLOSES),
                row(get("/a\rb"), 400, Then.CLOSES),
                row(get("/a b"), 400, Then.CLOSES),
                // Bodies that are framed well hold no request.
                row(post + "Content-Length: " + SMUGGLED.length() + "\r\n\r\n" + SMUGGLED, 303, Then.STAYS),
                row(post + "Transfer-Encoding: chunked\r\n\r\n" + chunked(SMUGGLED), 303, Then.STAYS),
                row(get + "Host: a\r\nContent-Length: " + SMUGGLED.length() + "\r\n\r\n" + SMUGGLED, 302, Then.STAYS),
                // RFC 9112 sections 2.2, 3.2, 5.1, 5.2, 6.1 and 6.3: what two readers may frame differently ends the
                // connection.
                row(post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, Then.CLOSES),
                row(post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400, Then.CLOSES),
                row(get + "Host: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, Then.CLOSES),
                row(post + "Content-Length: 0\r\nContent-Length: 44\r\n\r\n", 400, Then.CLOSES),
                row(get + "Host: a\r\nContent-Length: 44\r\ncontent-length: 0\r\n\r\n", 400, Then.CLOSES),
                row(post + "Content-Length: 0, 44\r\n\r\n", 400, Then.CLOSES),
                row(post + "Content-Length: 0x0\r\n\r\n", 400, Then.CLOSES),
                row(post + "Content-Length : 0\r\n\r\n", 400, Then.CLOSES),
                row(post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400, Then.CLOSES),
                row(post + "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n", 400, Then.CLOSES),
                row(post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400, Then.CLOSES),
                row(get + "Host : a\r\n\r\n", 400, Then.CLOSES),
                row(get + "Host: a\r\nHost: b\r\n\r\n", 400, Then.CLOSES),
                row(get + "\r\n", 400, Then.CLOSES),
                row(get + "Host: a\r\nX: 1\r\n folded\r\n\r\n", 400, Then.CLOSES),
                row(get + "Host: a\r\nX: 1\u00002\r\n\r\n", 400, Then.CLOSES),
                row(get + "Host: a\nX: 1\r\n\r\n", 400, Then.CLOSES),
                row(get.replace("\r", "") + "Host: a\n\n", 400, Then.CLOSES));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void getsOneAnswerAndDisturbsNobody(String bytes, int status, Then then) throws Exception {
        try (RawHttp connection = new RawHttp(node)) {
            List<RawHttp.Response> responses = connection.send(bytes + SMUGGLED).readToEnd();

            assertThat(responses)
                    .extracting(RawHttp.Response::status)
                    .isEqualTo(then == Then.STAYS ? List.of(status, 302) : List.of(status));
            assertThat(responses.getFirst().fields()).noneMatch(field -> field.startsWith("X:"));
            assertThat(responses.getLast().field("connection")).contains("close");
        }
        assertThat(nodes.visit(node, SLUG).statusCode()).isEqualTo(302);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%00", "a%0d%0ab", "%E2%98%83", "a%2Fb", "%20"})
    void aCodeThatNoLinkCanHaveIsNotLookedUp(String code) throws Exception {
        double before = storeOperations();

        for (String request : List.of(get("/" + code), get("/" + code + "+"), get("/" + code + "/track"))) {
            try (RawHttp connection = new RawHttp(node)) {
                connection.send(request).read(false);
            }
        }

        assertThat(storeOperations()).isEqualTo(before);
    }

    @Test
    void aCodeThatALinkCouldHaveIsLookedUp() throws Exception {
        double before = storeOperations();

        assertThat(nodes.visit(node, "could-be").statusCode()).isEqualTo(404);

        assertThat(storeOperations()).isGreaterThan(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "GET | /rest/v3/short-urls/%00 | -",
                "GET | /rest/v3/short-urls/%00/redirect-rules | -",
                "GET | /rest/v3/short-urls/%00/visits | -",
                "GET | /rest/v3/short-urls?searchTerm=%00 | -",
                "GET | /rest/v3/short-urls?tags%5B%5D=%00 | -",
                "GET | /rest/v3/short-urls?domain=%00 | -",
                "GET | /rest/v3/tags/%00/visits | -",
                "DELETE | /rest/v3/tags?tags%5B%5D=%00 | -",
                "DELETE | /api/v1/keys/%00 | -",
                "POST | /api/v1/keys | {'name':'\\u0000','scopes':['read']}",
                "POST | /rest/v3/short-urls | {'longUrl':'https://example.com/','tags':['\\u0000']}",
                "POST | /rest/v3/short-urls/well-known/redirect-rules | {'redirectRules':[{'longUrl':'https://example.org/',"
                        + "'conditions':[{'type':'query-param','matchKey':'k','matchValue':'\\u0000'}]}]}",
            })
    void theApiRefusesANulInsteadOfFailing(String method, String path, @Nullable String body) throws Exception {
        HttpResponse<String> answer = nodes.send(node, method, path, body == null ? "" : body.replace('\'', '"'));

        assertThat(answer.statusCode()).as(answer.body()).isBetween(400, 499).isNotIn(401, 403);
    }

    private double storeOperations() {
        return node.meters().get(STORE_READS).counter().count()
                + node.meters().get(REDIS_OPERATIONS).counter().count();
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static String chunked(String body) {
        return Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
    }

    private static Arguments row(String bytes, int status, Then then) {
        String visible = bytes.substring(0, Math.min(120, bytes.length()))
                .replace("\r", "\\r")
                .replace("\n", "\\n")
                .replace("\u0000", "\\0")
                .replace("\u000b", "\\v");
        return arguments(Named.of(visible, bytes), status, then);
    }
}
