package dev.casebook.common.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies longer than memory, clients slower than the writer, and writers that fail on the way. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StreamedReplyTest {
    private static final int LINE_BYTES = 32;
    private static final long LINES = 1_000_000;
    /** What a writer may be ahead of a client that reads nothing: our chunks, what the kernel keeps, or the 16 MiB window that Java asks for in HTTP/2. */
    private static final long AHEAD_BYTES_MAX = 24L << 20;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong written = new AtomicLong();
    private final BlockingQueue<Exception> ends = new LinkedBlockingQueue<>();
    private HttpServer server;

    @BeforeAll
    void start() throws Exception {
        Routes routes = new Routes()
                .blocking(
                        HttpMethod.GET,
                        "/lines",
                        request -> Reply.stream("application/x-lines", out -> {
                            try {
                                lines(out, LINES);
                            } catch (IOException e) {
                                ends.add(e);
                                throw e;
                            }
                        }))
                .blocking(HttpMethod.GET, "/text", request -> Reply.stream("text/csv", out -> lines(out, LINES / 10)))
                .blocking(HttpMethod.GET, "/short", request -> Reply.stream("text/plain", out -> lines(out, 2)))
                .blocking(
                        HttpMethod.GET,
                        "/refused",
                        request -> Reply.stream("text/plain", out -> {
                            out.write('a');
                            throw ProblemException.of(409, "busy", "Busy", "Not now.");
                        }))
                .blocking(
                        HttpMethod.GET,
                        "/broken",
                        request -> Reply.stream("text/plain", out -> {
                            lines(out, 10_000);
                            throw new IllegalStateException("the database is gone");
                        }))
                .onLoop(HttpMethod.GET, "/on-loop", request -> Reply.stream("text/plain", out -> {}));
        server = HttpServer.builder()
                .bind("127.0.0.1", 0)
                .routes(routes)
                .metrics(meters)
                .limits(HttpLimits.defaults()
                        .withTimeouts(
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(2)))
                .start();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private void lines(OutputStream out, long count) throws IOException {
        written.set(0);
        for (long i = 0; i < count; i++) {
            out.write(line(i));
            out.flush();
            written.addAndGet(LINE_BYTES);
        }
    }

    private static byte[] line(long number) {
        return String.format(Locale.ROOT, "%031d%n", number).getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void sendsABodyOfManyChunksWholeAndInOrder(HttpClient.Version version) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().version(version).build()) {
            HttpResponse<InputStream> response = get(client, "/lines");

            assertThat(response.headers().firstValue("content-length")).isEmpty();
            try (InputStream body = response.body()) {
                for (long i = 0; i < LINES; i++) {
                    assertThat(body.readNBytes(LINE_BYTES)).isEqualTo(line(i));
                }
                assertThat(body.read()).isNegative();
            }
        }
    }

    @Test
    void goesOnWithTheSameConnectionAfterwards() throws Exception {
        try (RawConnection client = new RawConnection(server)) {
            client.send("GET /text HTTP/1.1\r\nHost: a\r\n\r\nGET /short HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.read().body()).hasSize((int) (LINES / 10 * LINE_BYTES));
            RawConnection.Response second = client.read();
            assertThat(second.field("content-length")).contains(Integer.toString(2 * LINE_BYTES));
            assertThat(second.field("transfer-encoding")).isEmpty();
            assertThat(second.body())
                    .isEqualTo(new String(line(0), StandardCharsets.US_ASCII)
                            + new String(line(1), StandardCharsets.US_ASCII));
        }
    }

    @Test
    void endsTheBodyOfAnOldClientByClosing() throws Exception {
        try (RawConnection client = new RawConnection(server)) {
            client.send("GET /text HTTP/1.0\r\n\r\n");
            while (!client.readLine().isEmpty()) {
                // the header
            }
            assertThat(client.readExactly((int) (LINES / 10 * LINE_BYTES))).hasSize((int) (LINES / 10 * LINE_BYTES));
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void writesNoBodyForHead() throws Exception {
        try (RawConnection client = new RawConnection(server)) {
            client.send("HEAD /text HTTP/1.1\r\nHost: a\r\n\r\nGET /short HTTP/1.1\r\nHost: a\r\n\r\n");

            RawConnection.Response head = client.read(true);
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.field("content-type")).contains("text/csv");
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void compressesOnTheWayForThoseWhoTakeIt() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> response = client.send(
                    HttpRequest.newBuilder(server.uri().resolve("/text"))
                            .header("Accept-Encoding", "gzip")
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());

            assertThat(response.headers().firstValue("content-encoding")).contains("gzip");
            assertThat(response.headers().firstValue("vary")).contains("accept-encoding");
            try (InputStream body = new GZIPInputStream(response.body())) {
                for (long i = 0; i < LINES / 10; i++) {
                    assertThat(body.readNBytes(LINE_BYTES)).isEqualTo(line(i));
                }
                assertThat(body.read()).isNegative();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void waitsForAClientThatDoesNotReadAndGivesItUpAfterTheWriteTimeout(HttpClient.Version version) throws Exception {
        ends.clear();
        double before = meters.counter("http.server.replies.broken.off").count();
        try (HttpClient client = HttpClient.newBuilder().version(version).build()) {
            HttpResponse<InputStream> response = get(client, "/lines");

            Exception end = ends.poll(20, TimeUnit.SECONDS);

            assertThat(end).hasMessageContaining("took nothing for 2000 ms");
            assertThat(written).hasValueLessThan(AHEAD_BYTES_MAX);
            await().until(() -> meters.counter("http.server.replies.broken.off").count() == before + 1);
            assertThatThrownBy(() -> response.body().readAllBytes()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void stopsTheWriterWhenTheClientLeaves() throws Exception {
        ends.clear();
        try (RawConnection client = new RawConnection(server)) {
            client.send("GET /lines HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readLine()).isEqualTo("HTTP/1.1 200 OK");
        }

        assertThat(ends.poll(10, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }

    @Test
    void aFailureBeforeTheFirstChunkIsAProblem() throws Exception {
        try (RawConnection client = new RawConnection(server)) {
            client.send("GET /refused HTTP/1.1\r\nHost: a\r\n\r\n");

            RawConnection.Response response = client.read();
            assertThat(response.status()).isEqualTo(409);
            assertThat(response.field("content-type")).contains("application/problem+json");
            assertThat(response.body()).contains("urn:casebook:problem:busy");
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void aFailureLaterLeavesABodyThatIsVisiblyNotWhole(HttpClient.Version version) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().version(version).build()) {
            HttpResponse<InputStream> response = get(client, "/broken");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThatThrownBy(() -> response.body().readAllBytes()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void anEventLoopMayNotStream() throws Exception {
        try (RawConnection client = new RawConnection(server)) {
            client.send("GET /on-loop HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.read().status()).isEqualTo(500);
        }
    }

    private HttpResponse<InputStream> get(HttpClient client, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(server.uri().resolve(path)).build(), HttpResponse.BodyHandlers.ofInputStream());
    }
}
