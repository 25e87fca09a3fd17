package dev.casebook.common.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http.HttpMethod;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Going away without losing a request that was taken. */
final class DrainTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final int BIG_BYTES = 32 << 20;

    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        Routes routes = new Routes()
                .blocking(HttpMethod.GET, "/held", request -> {
                    arrived.countDown();
                    assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
                    return Reply.text(200, "done");
                })
                .onLoop(HttpMethod.GET, "/a", request -> Reply.text(200, "a"))
                .onLoop(HttpMethod.GET, "/big", request -> Reply.bytes("application/octet-stream", new byte[BIG_BYTES]))
                .sse("/events", (request, stream) -> stream.send("first"));
        server = HttpServer.builder()
                .bind("127.0.0.1", 0)
                .routes(routes)
                .fastPath(FastPathTest.Echo::new)
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void finishesWhatHasBegunAndRefusesWhatIsNew(HttpClient.Version version) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().version(version).build()) {
            CompletableFuture<HttpResponse<String>> held = client.sendAsync(
                    HttpRequest.newBuilder(server.uri().resolve("/held")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();

            CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> server.drain(SHORT, LONG));
            awaitRefusalOfNewConnections();
            assertThat(drained).isNotDone();
            release.countDown();

            assertThat(held.get(10, TimeUnit.SECONDS).body()).isEqualTo("done");
            drained.get(10, TimeUnit.SECONDS);
            assertThat(server.openConnections()).isZero();
        }
    }

    @Test
    void closesConnectionsThatStayIdleAndSaysCloseToTheOthers() throws Exception {
        try (RawConnection idle = new RawConnection(server);
                RawConnection busy = new RawConnection(server)) {
            idle.send("GET /f1 HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(idle.read().status()).isEqualTo(200);
            busy.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();

            CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> server.drain(SHORT, LONG));
            assertThat(idle.isClosedByServer()).isTrue();
            release.countDown();

            RawConnection.Response response = busy.read();
            assertThat(response.body()).isEqualTo("done");
            assertThat(response.field("connection")).contains("close");
            assertThat(busy.isClosedByServer()).isTrue();
            busy.socket().close();
            drained.get(10, TimeUnit.SECONDS);
        }
    }

    /** As when a load balancer sends on a pooled connection before it has heard that the server goes. */
    @ParameterizedTest
    @ValueSource(strings = {"/a", "/held"})
    void answersWithCloseWhatComesOnAnIdleConnectionWithinTheGrace(String path) throws Exception {
        release.countDown();
        try (RawConnection pooled = new RawConnection(server);
                RawConnection silent = new RawConnection(server);
                RawConnection fresh = new RawConnection(server)) {
            for (RawConnection used : List.of(pooled, silent)) {
                assertThat(used.send("GET /f1 HTTP/1.1\r\nHost: a\r\n\r\n")
                                .read()
                                .status())
                        .isEqualTo(200);
            }
            await().until(() -> server.openConnections() == 3);
            CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> server.drain(LONG, LONG));
            awaitRefusalOfNewConnections();

            for (RawConnection racing : List.of(pooled, fresh)) {
                RawConnection.Response response = racing.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n")
                        .read();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.field("connection")).contains("close");
                assertThat(racing.isClosedByServer()).isTrue();
                racing.socket().close();
            }
            assertThat(drained).isNotDone();
            silent.socket().close();
            drained.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void sendsAllOfAnAnswerThatTheClientIsStillReading() throws Exception {
        try (RawConnection slow = new RawConnection(server)) {
            slow.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(slow.readLine()).isEqualTo("HTTP/1.1 200 OK");

            CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> server.drain(SHORT, LONG));
            awaitRefusalOfNewConnections();
            while (!slow.readLine().isEmpty()) {
                // The header is not what this is about.
            }

            assertThat(slow.readExactly(BIG_BYTES)).hasSize(BIG_BYTES);
            assertThat(slow.isClosedByServer()).isTrue();
            slow.socket().close();
            drained.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void endsEventStreams() throws Exception {
        try (RawConnection stream = new RawConnection(server)) {
            stream.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
            await().until(() -> server.openStreams() == 1);

            CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> server.drain(SHORT, LONG));

            assertThat(stream.read().body()).isEqualTo("data: first\n\n");
            assertThat(stream.isClosedByServer()).isTrue();
            stream.socket().close();
            drained.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void givesUpWhenTheTimeIsOver() throws Exception {
        try (RawConnection busy = new RawConnection(server)) {
            busy.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();

            server.drain(Duration.ZERO, Duration.ofMillis(50));
            assertThat(server.openConnections()).isEqualTo(1);
            server.close();

            assertThat(busy.isClosedByServer()).isTrue();
        }
    }

    private void awaitRefusalOfNewConnections() {
        await().untilAsserted(() ->
                assertThatThrownBy(() -> new RawConnection(server).close()).isInstanceOf(ConnectException.class));
    }
}
