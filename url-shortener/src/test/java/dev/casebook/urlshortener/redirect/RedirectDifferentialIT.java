package dev.casebook.urlshortener.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.NodeSettings;
import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The fast path and the routes answer alike. Each random request is sent twice, the second time with
 * {@code Content-Length: 0}: the fast path declines it, and to a visitor it means nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedirectDifferentialIT {
    private static final int PAIRS = Boolean.getBoolean("casebook.soak") ? 20_000 : 600;
    /** Two misses a pair: they stay below the burst of 60, behind which the answer depends on when one asks. */
    private static final int UNKNOWN_PAIRS_MAX = 25;

    private static final List<String> METHODS =
            List.of("GET", "GET", "GET", "GET", "GET", "GET", "HEAD", "HEAD", "HEAD", "POST", "PUT", "OPTIONS");
    /** Those that the fast path can answer come first and most often. */
    private static final List<String> PLAIN = List.of("found", "moved", "temporary", "permanent", "closed-query");

    private static final List<String> SPECIAL =
            List.of("expired", "not-yet", "used-up", "limited", "locked", "ruled", "gr%C3%BC%C3%9Fe", "f%6Fund");
    private static final List<String> UNKNOWN = List.of("unknown", "Found", "found%2B", "found%00", "found~");
    private static final List<String> SUFFIXES = List.of("", "", "", "", "", "", "+", "/track", "/");
    private static final List<String> QUERIES =
            List.of("", "", "", "", "?", "?a=b", "?a=1+2&a=%20", "?=", "?k=v", "?%zz", "?a=b?c=/d", "?%0d%0aX:y");
    private static final List<String> HOSTS =
            List.of("a.example", "a.example", "a.example", "b.example", "B.Example:8080", "c.example", "");
    private static final List<String> FIELDS = List.of(
            "X-Forwarded-Host: b.example",
            "X-Forwarded-Host: c.example, B.example",
            "X-Forwarded-Host: b.example,c.example",
            "X-Forwarded-Host:",
            "X-Forwarded-For: 198.51.100.7",
            "X-Forwarded-Proto: https",
            "User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)",
            "Accept: application/json",
            "Accept-Language: de-AT,en;q=0.5",
            "Accept-Encoding: gzip",
            "Sec-Purpose: prefetch",
            "Origin: https://other.example",
            "Connection: keep-alive",
            "Connection: close",
            "If-None-Match: *",
            "Range: bytes=0-1",
            "X-Empty:");

    private TestNodes nodes;
    private UrlShortenerNode node;

    /** What a visitor, a browser's cache and the next request on the connection depend on. */
    private record Outcome(
            int status,
            Optional<String> location,
            Optional<String> cacheControl,
            Optional<String> contentType,
            Optional<String> contentLength,
            Optional<String> connection) {
        static Outcome of(RawHttp.Response response) {
            return new Outcome(
                    response.status(),
                    response.field("location"),
                    response.field("cache-control"),
                    response.field("content-type"),
                    response.field("content-length"),
                    response.field("connection"));
        }
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        nodes = new TestNodes(folder);
        node = nodes.start(RedirectDifferentialIT::behindAProxyOnTheLoopback);
        link("found", "\"redirectStatus\":302");
        link("moved", "\"redirectStatus\":301");
        link("temporary", "\"redirectStatus\":307");
        link("permanent", "\"redirectStatus\":308");
        link("closed-query", "\"forwardQuery\":false");
        link("expired", "\"validSince\":\"2000-01-01T00:00:00Z\",\"validUntil\":\"2001-01-01T00:00:00Z\"");
        link("not-yet", "\"validSince\":\"2100-01-01T00:00:00Z\"");
        link("used-up", "\"maxVisits\":1");
        link("limited", "\"maxVisits\":1000000");
        link("locked", "\"password\":\"open sesame\"");
        link("ruled", "\"redirectStatus\":302");
        link("grüße", "\"redirectStatus\":302");
        link("found", "\"domain\":\"b.example\",\"redirectStatus\":301");
        link("locked", "\"domain\":\"b.example\"");
        nodes.send(
                node,
                "POST",
                "/rest/v3/short-urls/ruled/redirect-rules",
                "{\"redirectRules\":[{\"longUrl\":\"https://example.org/rule\",\"conditions\":"
                        + "[{\"type\":\"query-param\",\"matchKey\":\"k\",\"matchValue\":\"v\"}]}]}");
        assertThat(nodes.visit(node, "used-up").statusCode()).isEqualTo(302);
    }

    @AfterAll
    void stop() {
        nodes.close();
    }

    @Test
    void answersAlikeOnBothWays() throws Exception {
        long seed = new SecureRandom().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int unknown = 0;
        double fast = 0;
        for (int i = 0; i < PAIRS; i++) {
            boolean miss = unknown < UNKNOWN_PAIRS_MAX && random.nextInt(PAIRS) < 3 * UNKNOWN_PAIRS_MAX;
            unknown += miss ? 1 : 0;
            String method = pick(METHODS, random);
            String head = head(method, miss ? pick(UNKNOWN, random) : code(method, random), random);

            double before = fastRequests();
            Outcome first = ask(method, head);
            double between = fastRequests();
            Outcome second = ask(method, head + "Content-Length: 0\r\n");

            assertThat(fastRequests())
                    .as("fast answers to a request with a length")
                    .isEqualTo(between);
            assertThat(first).as("seed %d, pair %d: %s", seed, i, head).isEqualTo(second);
            assertThat(first.status()).as(head).isLessThan(500).isNotEqualTo(429);
            fast += between - before;
        }

        assertThat(fast).as("requests answered by the fast path, seed %d", seed).isGreaterThan(PAIRS / 20.0);
    }

    /** All of the request but the empty line. */
    private static String head(String method, String code, Random random) {
        StringBuilder head = new StringBuilder(method + " /" + code + pick(SUFFIXES, random) + pick(QUERIES, random)
                + " HTTP/1.1\r\n" + inAnyCase("Host", random) + ": " + pick(HOSTS, random) + "\r\n");
        for (int fields = random.nextInt(4); fields > 0; fields--) {
            String field = pick(FIELDS, random);
            int colon = field.indexOf(':');
            head.append(inAnyCase(field.substring(0, colon), random))
                    .append(field.substring(colon))
                    .append("\r\n");
        }
        return head.toString();
    }

    /** A post to a locked link tries a password, and tries run out. */
    private static String code(String method, Random random) {
        String code = pick(random.nextInt(5) < 3 ? PLAIN : SPECIAL, random);
        return code.equals("locked") && method.equals("POST") ? "limited" : code;
    }

    private Outcome ask(String method, String head) throws IOException {
        try (RawHttp connection = new RawHttp(node)) {
            return Outcome.of(connection.send(head + "\r\n").read(method.equals("HEAD")));
        }
    }

    private double fastRequests() {
        return node.meters().get("http.server.fast.requests").functionCounter().count();
    }

    private void link(String slug, String more) throws Exception {
        nodes.create(
                node,
                "{\"longUrl\":\"https://example.com/" + (more.contains("domain") ? "b" : "a")
                        + "?x=y#z\",\"customSlug\":\"" + slug + "\"," + more + "}");
    }

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    private static String inAnyCase(String name, Random random) {
        StringBuilder mixed = new StringBuilder(name.length());
        name.chars()
                .forEach(c -> mixed.append(
                        (char) (random.nextBoolean() ? Character.toUpperCase(c) : Character.toLowerCase(c))));
        return mixed.toString();
    }

    private static NodeSettings behindAProxyOnTheLoopback(NodeSettings settings) {
        return settings.withTrustedProxies(List.of("127.0.0.0/8"));
    }
}
