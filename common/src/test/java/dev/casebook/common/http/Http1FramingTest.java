package dev.casebook.common.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.net.BindException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/1.1 as bytes: order, boundaries, limits, and everything two readers could understand differently. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class Http1FramingTest {
    private static final int BODY_BYTES_MAX = 10_000;

    private HttpServer server;
    private final CountDownLatch release = new CountDownLatch(1);

    @BeforeAll
    void start() throws BindException {
        Routes routes = new Routes()
                .blocking(HttpMethod.GET, "/held", request -> {
                    assertThat(release.await(10, TimeUnit.SECONDS)).isTrue();
                    return Reply.text(200, "held");
                })
                .onLoop(HttpMethod.GET, "/{word}", request -> Reply.text(200, request.pathParameter("word")))
                .blocking(HttpMethod.POST, "/echo", request -> Reply.text(200, request.text()))
                .onLoop(
                        HttpMethod.GET,
                        "/scheme/and/host",
                        request -> Reply.json(200, Map.of("tls", request.isTls(), "host", request.host())));
        server = HttpServer.builder()
                .bind("127.0.0.1", 0)
                .routes(routes)
                .limits(HttpLimits.defaults().withBodyBytes(BODY_BYTES_MAX))
                .start();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private RawConnection connect() throws IOException {
        return new RawConnection(server);
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a.example\r\n\r\n";
    }

    @Test
    void answersPipelinedRequestsInOrderEvenIfTheFirstTakesLongest() throws IOException {
        try (RawConnection connection = connect()) {
            connection.send(get("/held") + get("/b") + "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
                    + get("/c"));
            release.countDown();

            assertThat(connection.read().body()).isEqualTo("held");
            assertThat(connection.read().body()).isEqualTo("b");
            assertThat(connection.read().body()).isEqualTo("hi");
            assertThat(connection.read().body()).isEqualTo("c");
        }
    }

    @Test
    void answersMorePipelinedRequestsThanMayWait() throws IOException {
        int requests = 2_000;
        try (RawConnection connection = connect()) {
            StringBuilder bytes = new StringBuilder();
            for (int i = 0; i < requests; i++) {
                bytes.append(get("/" + i));
            }
            Thread.ofVirtual().start(() -> {
                try {
                    connection.send(bytes.toString());
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });

            for (int i = 0; i < requests; i++) {
                assertThat(connection.read().body()).isEqualTo(String.valueOf(i));
            }
        }
    }

    @Test
    void readsARequestThatArrivesByteByByte() throws IOException {
        try (RawConnection connection = connect()) {
            for (char c : "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                    .toCharArray()) {
                connection.send(String.valueOf(c));
            }

            assertThat(connection.read().body()).isEqualTo("abc");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 4\r\n\r\nabcd",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc",
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc",
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;\nabc\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nX-Folded: one\r\n two\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\n\tfolded: x\r\n\r\n",
                "GET /a HTTP/1.1\nHost: a\n\n",
                "GET /a HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET /a HTTP/1.1\r\nX: y\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n",
                "GET /a HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
                "GET /a\r\n\r\n",
                "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a\rb HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a\u007f HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a HTTP/9.9.9\r\nHost: a\r\n\r\n",
            })
    void refusesWhatOthersMightReadDifferentlyAndCloses(String request) throws IOException {
        try (RawConnection connection = connect()) {
            connection.send(request + get("/smuggled"));

            RawConnection.Response response = connection.read();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.field("content-type")).contains("application/problem+json");
            assertThat(response.field("connection")).contains("close");
            assertThat(connection.isClosedByServer()).isTrue();
        }
    }

    @Test
    void refusesAFoldedLineThatArrivesInTwoParts() throws IOException {
        try (RawConnection connection = connect()) {
            connection.send("GET /a HTTP/1.1\r\nHost: a\r\nX: one\r\n");
            connection.send(" two\r\n\r\n");

            assertThat(connection.read().status()).isEqualTo(400);
            assertThat(connection.isClosedByServer()).isTrue();
        }
    }

    @Test
    void refusesALongRequestLineLongFieldsAndALongBody() throws IOException {
        assertThat(statusThenClosed("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .isEqualTo(414);
        assertThat(statusThenClosed("GET /a HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(17_000) + "\r\n\r\n"))
                .isEqualTo(431);
        assertThat(statusThenClosed("GET /a HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(5_000) + "\r\n"))
                .isEqualTo(431);
        assertThat(statusThenClosed(
                        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10001\r\n\r\n" + "a".repeat(10_001)))
                .isEqualTo(413);
        assertThat(statusThenClosed("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + "3e8\r\n"
                        + "a".repeat(1_000) + ("\r\n3e8\r\n" + "a".repeat(1_000)).repeat(10)))
                .isEqualTo(413);
        assertThat(statusThenClosed("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999\r\n\r\n"))
                .isEqualTo(413);
    }

    private int statusThenClosed(String request) throws IOException {
        try (RawConnection connection = connect()) {
            connection.send(request);
            int status = connection.read().status();
            assertThat(connection.isClosedByServer()).isTrue();
            return status;
        }
    }

    @Test
    void asksForTheBodyOfARequestThatExpectsIt() throws IOException {
        try (RawConnection connection = connect()) {
            connection.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(connection.read().status()).isEqualTo(100);

            connection.send("hi");
            assertThat(connection.read().body()).isEqualTo("hi");
        }
    }

    @Test
    void refusesABodyThatWouldBeTooLongBeforeItIsSent() throws IOException {
        assertThat(statusThenClosed(
                        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10001\r\nExpect: 100-continue\r\n\r\n"))
                .isEqualTo(413);
    }

    @Test
    void keepsAnHttp10ConnectionOnlyIfAsked() throws IOException {
        try (RawConnection connection = connect()) {
            connection.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(connection.read().field("connection")).contains("keep-alive");

            connection.send("GET /b HTTP/1.0\r\n\r\n");
            assertThat(connection.read().body()).isEqualTo("b");
            assertThat(connection.isClosedByServer()).isTrue();
        }
    }

    @Test
    void closesWhenTheClientSaysSo() throws IOException {
        try (RawConnection connection = connect()) {
            connection.send("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + get("/b"));

            RawConnection.Response response = connection.read();
            assertThat(response.body()).isEqualTo("a");
            assertThat(response.field("connection")).contains("close");
            assertThat(connection.isClosedByServer()).isTrue();
        }
    }

    @Test
    void understandsTheAbsoluteForm() throws IOException {
        try (RawConnection connection = connect()) {
            connection.send(get("http://a.example/b?c=/d") + get("HTTP://a.example/c?http://d/e"));
            assertThat(connection.read().body()).isEqualTo("b");
            assertThat(connection.read().body()).isEqualTo("c");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a?x=http://b/c, 400",
        "://b/c, 400",
        "1://b/c, 400",
        "a/b://c/d, 400",
        "*, 400",
        "a, 400",
        "?a, 400",
        "mailto:a, 400",
        "b.example:80, 400",
        "http://b?x=/c, 404",
        "http://b, 404"
    })
    void takesNothingBehindAnotherTargetForItsPath(String target, int status) throws IOException {
        try (RawConnection connection = connect()) {
            connection.send(get(target) + get("/ok"));
            assertThat(connection.read().status()).isEqualTo(status);
            assertThat(connection.read().body()).isEqualTo("ok");
        }
    }

    /** RFC 9112 section 3.2.2: the Host field is to be ignored then. */
    @ParameterizedTest
    @CsvSource({
        "http://b.example/scheme/and/host, b.example",
        "http://b.example:8080/scheme/and/host, b.example:8080",
        "http://user:word@b.example/scheme/and/host, b.example",
        "http:///scheme/and/host, a.example",
        "/scheme/and/host?http://b.example/, a.example"
    })
    void believesTheHostInTheTargetBeforeTheHostField(String target, String host) throws IOException {
        try (RawConnection connection = connect()) {
            connection.send(get(target));
            assertThat(Json.MAPPER
                            .readTree(connection.read().body())
                            .get("host")
                            .stringValue())
                    .isEqualTo(host);
        }
    }

    @Test
    void believesNoForwardedFieldOfAStranger() throws IOException {
        try (RawConnection connection = connect()) {
            String lies = "X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\n";
            connection.send("GET /scheme/and/host HTTP/1.1\r\nHost: a.example\r\n" + lies + "\r\n");
            assertThat(Json.MAPPER.readTree(connection.read().body()))
                    .isEqualTo(Json.MAPPER.readTree("{\"tls\":false,\"host\":\"a.example\"}"));
        }
    }

    @Test
    void answersAMalformedPathWithAProblemAndGoesOn() throws IOException {
        try (RawConnection connection = connect()) {
            connection.send(get("/%zz") + get("/%FF") + get("/%4") + get("/ok"));

            assertThat(connection.read().status()).isEqualTo(400);
            assertThat(connection.read().status()).isEqualTo(400);
            assertThat(connection.read().status()).isEqualTo(400);
            assertThat(connection.read().body()).isEqualTo("ok");
        }
    }
}
