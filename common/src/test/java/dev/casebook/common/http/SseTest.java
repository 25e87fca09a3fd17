package dev.casebook.common.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.BindException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Server-Sent Events over both protocols. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SseTest {
    private final BlockingQueue<SseStream> streams = new LinkedBlockingQueue<>();
    private final AtomicInteger closed = new AtomicInteger();
    private HttpServer server;

    @BeforeAll
    void start() throws BindException {
        Routes routes = new Routes().sse("/live/{code}", (request, stream) -> {
            if (request.pathParameter("code").equals("none")) {
                throw ProblemException.of(404, "no-such-link", "No such link", "none");
            }
            stream.onClose(closed::incrementAndGet);
            stream.send("hello " + request.header("last-event-id").orElse("stranger"));
            streams.add(stream);
        });
        server = HttpServer.builder()
                .bind("127.0.0.1", 0)
                .routes(routes)
                .limits(HttpLimits.defaults().withConcurrency(100, 10, 2))
                .start();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void sendsEventsAsTheyHappenAndEndsTheBodyWhenClosed(HttpClient.Version version) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().version(version).build()) {
            HttpRequest request = HttpRequest.newBuilder(server.uri().resolve("/live/a"))
                    .header("Last-Event-ID", "7")
                    .build();
            HttpResponse<java.util.stream.Stream<String>> response =
                    client.send(request, HttpResponse.BodyHandlers.ofLines());
            SseStream stream = streams.poll(10, TimeUnit.SECONDS);

            stream.send("count", "8", "two\nlines");
            stream.send("count", "{\"clicks\":1}");
            stream.send("");
            stream.close();

            assertThat(response.headers().firstValue("content-type")).contains("text/event-stream");
            assertThat(response.headers().firstValue("cache-control")).contains("no-store");
            assertThat(response.body())
                    .containsExactly(
                            "data: hello 7",
                            "",
                            "event: count",
                            "id: 8",
                            "data: two",
                            "data: lines",
                            "",
                            "event: count",
                            "data: {\"clicks\":1}",
                            "",
                            "data",
                            "");
            assertThat(stream.isOpen()).isFalse();
            assertThat(stream.send("late")).isFalse();
        }
        await().until(() -> server.openStreams() == 0);
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void answersAProblemInsteadOfAStreamIfTheHandlerSaysSo(HttpClient.Version version) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().version(version).build()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(server.uri().resolve("/live/none")).build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(response.statusCode()).isEqualTo(404);
        }
        await().until(() -> server.openStreams() == 0);
    }

    @Test
    void noticesAClientThatLeavesAndRefusesOneTooMany() throws Exception {
        int before = closed.get();
        List<RawConnection> clients = List.of(new RawConnection(server), new RawConnection(server));
        for (RawConnection client : clients) {
            client.send("GET /live/a HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readLine()).isEqualTo("HTTP/1.1 200 OK");
        }
        try (RawConnection third = new RawConnection(server)) {
            third.send("GET /live/a HTTP/1.1\r\nHost: a\r\n\r\n");
            RawConnection.Response response = third.read();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.field("retry-after")).contains("1");
        }
        for (RawConnection client : clients) {
            client.close();
        }
        await().until(() -> closed.get() == before + 2 && server.openStreams() == 0);
        streams.clear();
    }

    @Test
    void refusesEventsForAClientThatDoesNotRead() throws Exception {
        try (RawConnection client = new RawConnection(server)) {
            client.send("GET /live/a HTTP/1.1\r\nHost: a\r\n\r\n");
            SseStream stream = streams.poll(10, TimeUnit.SECONDS);
            String event = "x".repeat(10_000);

            int sent = 0;
            while (sent < 100_000 && stream.send(event)) {
                sent++;
            }
            assertThat(sent).isBetween(1, 99_999);
            assertThat(stream.isOpen()).isTrue();
        }
        await().until(() -> server.openStreams() == 0);
    }

    @Test
    void refusesANameWithALineBreak() throws Exception {
        try (RawConnection client = new RawConnection(server)) {
            client.send("GET /live/a HTTP/1.1\r\nHost: a\r\n\r\n");
            SseStream stream = streams.poll(10, TimeUnit.SECONDS);

            assertThatThrownBy(() -> stream.send("a\ndata: forged", "x")).isInstanceOf(IllegalArgumentException.class);
        }
        await().until(() -> server.openStreams() == 0);
    }
}
