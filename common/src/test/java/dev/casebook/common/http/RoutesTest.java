package dev.casebook.common.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.common.lifecycle.Readiness;
import dev.casebook.common.metrics.Metrics;
import io.netty.handler.codec.http.HttpMethod;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What stands around handlers: filters, files, compression, CORS, proxies, metrics and health. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RoutesTest {
    private static final String LONG_TEXT = "Lorem ipsum. ".repeat(1_000);

    private final Metrics metrics = Metrics.create();
    private final Readiness readiness = new Readiness();
    private final AtomicBoolean databaseIsUp = new AtomicBoolean(true);
    private HttpServer server;

    record Principal(String name) {}

    @BeforeAll
    void start() throws BindException {
        Routes routes = new Routes()
                .filter((request, next) -> next.handle(request).thenApply(reply -> reply.withHeader("x-outer", "yes")))
                .filter("/rest/", (request, next) -> {
                    String key = request.header("x-api-key").orElse("");
                    if (key.isEmpty()) {
                        return CompletableFuture.completedStage(
                                Reply.problem(Problem.of(401, "missing-key", "Missing key", "Send X-Api-Key.")));
                    }
                    request.attach(Principal.class, new Principal(key));
                    return next.handle(request);
                })
                .blocking(
                        HttpMethod.GET,
                        "/rest/me",
                        request -> Reply.text(
                                200,
                                request.attached(Principal.class).orElseThrow().name()))
                .blocking(HttpMethod.GET, "/long", request -> Reply.text(200, LONG_TEXT))
                .blocking(HttpMethod.GET, "/short", request -> Reply.text(200, "short"))
                .blocking(HttpMethod.GET, "/page", request -> Reply.html(200, "<p>hi"))
                .onLoop(
                        HttpMethod.GET,
                        "/who",
                        request -> Reply.text(
                                200,
                                request.clientAddress().getHostAddress() + " " + request.isTls() + " "
                                        + request.host()))
                .staticFiles("/assets/", "dev/casebook/common/http/files")
                .staticFile("/robots.txt", "dev/casebook/common/http/files/note.txt");
        OperationalRoutes.add(routes, metrics, readiness);
        readiness.require("database", databaseIsUp::get);
        server = HttpServer.builder()
                .bind("127.0.0.1", 0)
                .routes(routes)
                .metrics(metrics.registry())
                .trustedProxies(TrustedProxies.of("127.0.0.0/8"))
                .cors(Cors.allowing("https://app.example"))
                .start();
    }

    @AfterAll
    void stop() {
        server.close();
        metrics.close();
    }

    private RawConnection.Response ask(String method, String target, String... fields) throws IOException {
        StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: a.example\r\n");
        for (String field : fields) {
            request.append(field).append("\r\n");
        }
        try (RawConnection connection = new RawConnection(server)) {
            return connection.send(request + "\r\n").read();
        }
    }

    @Test
    void filtersWrapTheRoutesBelowTheirPrefixAndTheUnmatched() throws IOException {
        assertThat(ask("GET", "/rest/me").status()).isEqualTo(401);
        assertThat(ask("GET", "/rest/me").field("x-outer")).contains("yes");
        assertThat(ask("GET", "/rest/me", "X-Api-Key: ann").body()).isEqualTo("ann");
        assertThat(ask("GET", "/short").body()).isEqualTo("short");
        assertThat(ask("GET", "/nowhere").field("x-outer")).contains("yes");
    }

    @Test
    void noWayOfWritingAPathGetsAroundAFilter() throws IOException {
        assertThat(ask("GET", "/%72est/me").status()).isEqualTo(401);
        assertThat(ask("GET", "/rest/%6De").status()).isEqualTo(401);
        assertThat(ask("GET", "http://a.example/rest/me").status()).isEqualTo(401);
        assertThat(ask("GET", "/x/../rest/me").status()).isEqualTo(404);
    }

    @Test
    void compressesALongTextForAClientThatTakesIt() throws IOException {
        assertThat(ask("GET", "/long").body()).isEqualTo(LONG_TEXT);
        assertThat(ask("GET", "/long", "Accept-Encoding: gzip;q=0").field("content-encoding"))
                .isEmpty();
        assertThat(ask("GET", "/short", "Accept-Encoding: gzip").field("content-encoding"))
                .isEmpty();

        try (RawConnection connection = new RawConnection(server)) {
            connection.send("HEAD /long HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br, gzip;q=0.5\r\n\r\n");
            RawConnection.Response head = connection.read(true);
            assertThat(head.field("content-encoding")).contains("gzip");
            assertThat(head.field("vary")).contains("accept-encoding");
            int length = Integer.parseInt(head.field("content-length").orElseThrow());
            assertThat(length).isLessThan(LONG_TEXT.length() / 10);

            connection.send("GET /long HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
            while (!connection.readLine().isEmpty()) {
                // The header was looked at above.
            }
            byte[] body = connection.readExactly(length);
            try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(body))) {
                assertThat(new String(gzip.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo(LONG_TEXT);
            }
        }
    }

    @Test
    void servesFilesWithTypeTagAndPolicy() throws IOException {
        RawConnection.Response file = ask("GET", "/assets/note.txt");
        assertThat(file.body()).isEqualTo("A file on the class path.\n");
        assertThat(file.field("content-type")).contains("text/plain; charset=utf-8");
        assertThat(file.field("content-security-policy").orElseThrow()).contains("default-src 'self'");
        assertThat(file.field("x-content-type-options")).contains("nosniff");
        String tag = file.field("etag").orElseThrow();

        assertThat(ask("GET", "/assets/note.txt", "If-None-Match: \"x\", W/" + tag)
                        .status())
                .isEqualTo(304);
        assertThat(ask("GET", "/assets/note.txt", "If-None-Match: \"x\"").status())
                .isEqualTo(200);
        assertThat(ask("GET", "/robots.txt").body()).isEqualTo(file.body());
        assertThat(ask("POST", "/assets/note.txt").status()).isEqualTo(405);
    }

    @Test
    void servesNothingOutsideOfTheFolder() throws IOException {
        for (String path : new String[] {
            "/assets/", "/assets/missing.txt", "/assets/../RoutesTest.class", "/assets/%2e%2e/RoutesTest.class",
            "/assets/..%2FRoutesTest.class", "/assets//etc/passwd", "/assets/.hidden", "/assets/a%00.txt"
        }) {
            assertThat(ask("GET", path).status()).as(path).isEqualTo(404);
        }
    }

    @Test
    void givesAPageAStrictPolicy() throws IOException {
        assertThat(ask("GET", "/page").field("content-security-policy").orElseThrow())
                .contains("default-src 'self'", "frame-ancestors 'none'");
    }

    @Test
    void letsTheAllowedOriginInAndNoOther() throws IOException {
        String[] preflight = {"Access-Control-Request-Method: PUT", "Origin: https://app.example"};
        RawConnection.Response allowed = ask("OPTIONS", "/rest/me", preflight);
        assertThat(allowed.status()).isEqualTo(204);
        assertThat(allowed.field("access-control-allow-origin")).contains("https://app.example");
        assertThat(allowed.field("access-control-allow-methods").orElseThrow()).contains("PUT");
        assertThat(ask("GET", "/short", "Origin: https://app.example").field("access-control-allow-origin"))
                .contains("https://app.example");

        RawConnection.Response foreign = ask("GET", "/short", "Origin: https://evil.example");
        assertThat(foreign.field("access-control-allow-origin")).isEmpty();
        assertThat(foreign.field("vary")).contains("origin");
    }

    @Test
    void believesATrustedProxy() throws IOException {
        assertThat(ask("GET", "/who").body()).isEqualTo("127.0.0.1 false a.example");
        assertThat(ask(
                                "GET",
                                "/who",
                                "X-Forwarded-For: 6.6.6.6, 198.51.100.7",
                                "X-Forwarded-Proto: https",
                                "X-Forwarded-Host: evil.example, short.example")
                        .body())
                .isEqualTo("198.51.100.7 true short.example");
    }

    @Test
    void labelsMetersByTemplateNotByPath() throws IOException {
        ask("GET", "/assets/note.txt");
        ask("GET", "/nowhere/kX7vQ2");
        ask("BREW", "/short");

        String scrape = ask("GET", "/metrics").body();
        assertThat(scrape)
                .contains(
                        "route=\"/assets/{path...}\"",
                        "route=\"unmatched\"",
                        "method=\"other\"",
                        "jvm_memory_used_bytes")
                .doesNotContain("kX7vQ2", "BREW");
    }

    @Test
    void saysLiveAlwaysAndReadyWhenEveryConditionHolds() throws IOException {
        assertThat(ask("GET", "/health/live").status()).isEqualTo(200);
        assertThat(ask("GET", "/health/ready").status()).isEqualTo(503);
        readiness.started();
        assertThat(ask("GET", "/health/ready").status()).isEqualTo(200);

        databaseIsUp.set(false);
        RawConnection.Response down = ask("GET", "/health/ready");
        assertThat(down.status()).isEqualTo(503);
        assertThat(Json.MAPPER.readTree(down.body()).at("/conditions/database").asBoolean())
                .isFalse();
        databaseIsUp.set(true);
    }
}
