package dev.casebook.common.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fast path and the routes on one connection: who answers, and in which order. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FastPathTest {
    private HttpServer server;

    /** Answers targets that begin with {@code /f}; the body says so and repeats the target. */
    static final class Echo implements FastPath {
        private static final byte[] HEAD =
                "HTTP/1.1 200 OK\r\nx-path: fast\r\ncontent-length: ".getBytes(StandardCharsets.US_ASCII);

        @Override
        public boolean answer(RawRequest request, ByteBuf out) {
            if (request.targetLength() < 2 || request.array()[request.targetStart() + 1] != 'f') {
                return false;
            }
            out.writeBytes(HEAD).writeCharSequence(request.targetLength() + "\r\n", StandardCharsets.US_ASCII);
            out.writeBytes(request.dateLine());
            if (!request.keepAlive()) {
                out.writeCharSequence("connection: close\r\n", StandardCharsets.US_ASCII);
            }
            out.writeCharSequence("\r\n", StandardCharsets.US_ASCII);
            if (!request.isHead()) {
                out.writeBytes(request.bytes(), request.targetStart(), request.targetLength());
            }
            return true;
        }
    }

    /** Fails half way through an answer to {@code /fail}. */
    static final class Failing implements FastPath {
        private final Echo echo = new Echo();

        @Override
        public boolean answer(RawRequest request, ByteBuf out) {
            if (request.targetLength() == 5 && request.array()[request.targetStart() + 4] == 'l') {
                out.writeByte('H');
                throw new IllegalStateException("half way");
            }
            return echo.answer(request, out);
        }
    }

    @BeforeAll
    void start() throws BindException {
        server = HttpServer.builder()
                .bind("127.0.0.1", 0)
                .routes(routes())
                .fastPath(Failing::new)
                .start();
    }

    /** One prefix for each kind of handler; every answer is the path, and the body where there is one. */
    static Routes routes() {
        return new Routes()
                .onLoop(HttpMethod.GET, "/l{rest}", request -> Reply.text(200, request.path()))
                .onLoop(HttpMethod.GET, "/fail", request -> Reply.text(200, "route"))
                .onLoop(HttpMethod.GET, "/f{rest}", request -> Reply.text(200, request.path()))
                .blocking(HttpMethod.GET, "/b{rest}", request -> Reply.text(200, request.path()))
                .onLoopAsync(
                        HttpMethod.GET,
                        "/a{rest}",
                        request -> CompletableFuture.supplyAsync(() -> Reply.text(200, request.path())))
                .blocking(HttpMethod.POST, "/p{rest}", request -> Reply.text(200, request.path() + request.text()));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static boolean isFast(RawConnection.Response response) {
        return response.field("x-path").isPresent();
    }

    @Test
    void answersFromBytesAndReturnsToItAfterTheRoutesHaveAnswered() throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            for (String slow : List.of("/l", "/b", "/a")) {
                connection.send(get("/f1"));
                assertThat(isFast(connection.read())).isTrue();

                connection.send(get(slow + "x"));
                RawConnection.Response routed = connection.read();
                assertThat(isFast(routed)).isFalse();
                assertThat(routed.body()).isEqualTo(slow + "x");

                connection.send("POST /p1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
                assertThat(connection.read().body()).isEqualTo("/p1hi");

                connection.send(get("/f2"));
                assertThat(isFast(connection.read())).isTrue();
            }
        }
    }

    @Test
    void answersAllOfAReadAndKeepsTheirOrderAroundADeclinedOne() throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            connection.send(get("/f1") + get("/f2") + get("/b3") + get("/f4") + get("/l5"));

            RawConnection.Response first = connection.read();
            RawConnection.Response second = connection.read();
            RawConnection.Response third = connection.read();
            RawConnection.Response fourth = connection.read();
            RawConnection.Response fifth = connection.read();

            assertThat(List.of(first.body(), second.body(), third.body(), fourth.body(), fifth.body()))
                    .containsExactly("/f1", "/f2", "/b3", "/f4", "/l5");
            assertThat(isFast(first) && isFast(second)).isTrue();
            // Behind a request that is with the routes, everything goes there.
            assertThat(isFast(fourth)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /f1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
                "GET /f1 HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, x\r\n\r\n",
                "GET /f1 HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\n\r\n",
                "GET http://a/f1 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /f1 HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
            })
    void leavesValidButUnusualRequestsToTheRoutes(String request) throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            connection.send(request);
            RawConnection.Response response = connection.read();

            assertThat(response.status()).isEqualTo(200);
            assertThat(isFast(response)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /f HTTP/1.1\nHost: a\n\n",
                "GET /f HTTP/1.1\r\nHost: a\r\nX: a\n\r\n\r\n",
                "GET /f HTTP/1.1\r\nHost : a\r\n\r\n",
                "GET /f HTTP/1.1\r\nHost: a\r\n X: y\r\n\r\n",
                "GET /f HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                "GET /f HTTP/1.1\r\nX: a\r\n\r\n",
                "GET /f HTTP/1.1\r\nHost: a\r\nX: a\0\r\n\r\n",
                "GET /f HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
                "GET  /f HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
            })
    void neverInterpretsWhatIsAmbiguous(String request) throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            connection.send(get("/f1") + request + get("/f2"));

            assertThat(isFast(connection.read())).isTrue();
            assertThat(connection.read().status()).isEqualTo(400);
            assertThat(connection.isClosedByServer()).isTrue();
        }
    }

    @Test
    void answersHeadWithoutABodyAndClosesWhenAsked() throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            connection.send("HEAD /f1 HTTP/1.1\r\nHost: a\r\n\r\n"
                    + "GET /f2 HTTP/1.1\r\nHost: a\r\nconnection:\tClose \r\n\r\n" + get("/f3"));

            RawConnection.Response head = connection.read(true);
            assertThat(isFast(head)).isTrue();
            assertThat(head.field("content-length")).contains("3");
            assertThat(connection.read().body()).isEqualTo("/f2");
            assertThat(connection.isClosedByServer()).isTrue();
        }
    }

    @Test
    void letsTheRoutesAnswerWhenItFailsHalfWay() throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            connection.send(get("/f1") + get("/fail") + get("/l1"));

            assertThat(connection.read().body()).isEqualTo("/f1");
            assertThat(connection.read().body()).isEqualTo("route");
            assertThat(connection.read().body()).isEqualTo("/l1");
        }
    }

    @Test
    void handsALongHeadToTheCodecWhichHasTheLimits() throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            String longTarget = "/f" + "x".repeat(5_000);
            connection.send(get(longTarget));
            assertThat(connection.read().body()).isEqualTo(longTarget);

            connection.send(get("/f" + "x".repeat(30_000)));
            assertThat(connection.read().status()).isEqualTo(414);
            assertThat(connection.isClosedByServer()).isTrue();
        }
    }

    @Test
    void answersAHeadThatArrivesByteByByte() throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            for (char c : get("/f1").toCharArray()) {
                connection.send(String.valueOf(c));
            }
            assertThat(connection.read().body()).isEqualTo("/f1");

            connection.send(get("/f2"));
            assertThat(isFast(connection.read())).isTrue();
        }
    }

    @Test
    void answersAFloodOfPipelinedRequests() throws Exception {
        int requests = 20_000;
        int fast = 0;
        try (RawConnection connection = new RawConnection(server)) {
            Thread sender = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < requests / 100; i++) {
                    StringBuilder bytes = new StringBuilder();
                    for (int j = 0; j < 100; j++) {
                        bytes.append(get("/f" + (i * 100 + j)));
                    }
                    try {
                        connection.send(bytes.toString());
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }
            });
            for (int i = 0; i < requests; i++) {
                RawConnection.Response response = connection.read();
                assertThat(response.body()).isEqualTo("/f" + i);
                fast += isFast(response) ? 1 : 0;
            }
            sender.join();
        }
        // Reads end in the middle of a head; that must not make the connection leave the fast path.
        assertThat(fast).isEqualTo(requests);
    }
}
