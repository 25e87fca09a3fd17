package dev.casebook.common.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slow and silent clients. The limits are short here and never the thing measured: a connection that is not closed fails by the reader's own timeout. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TimeLimitsTest {
    private static final Duration SHORT = Duration.ofMillis(200);
    /** Long enough for a busy machine to get from connecting to sending. */
    private static final Duration IDLE = Duration.ofSeconds(1);

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final int CONNECTIONS_MAX = 4;
    private static final int BIG_BYTES = 32 << 20;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private HttpServer impatient;
    private HttpServer idling;
    private HttpServer stalling;

    @BeforeAll
    void start() throws BindException {
        Routes routes = new Routes()
                .onLoop(HttpMethod.GET, "/a", request -> Reply.text(200, "a"))
                .onLoop(HttpMethod.GET, "/big", request -> Reply.bytes("application/octet-stream", new byte[BIG_BYTES]))
                .blocking(HttpMethod.POST, "/echo", request -> Reply.text(200, request.text()));
        HttpServer.Builder builder = HttpServer.builder().bind("127.0.0.1", 0).routes(routes);
        impatient = builder.metrics(meters)
                .limits(HttpLimits.defaults().withTimeouts(SHORT, SHORT, LONG, LONG))
                .start();
        idling = builder.metrics(new SimpleMeterRegistry())
                .limits(HttpLimits.defaults()
                        .withTimeouts(LONG, LONG, IDLE, LONG)
                        .withConcurrency(CONNECTIONS_MAX, 10, 10))
                .start();
        stalling = builder.metrics(new SimpleMeterRegistry())
                .limits(HttpLimits.defaults().withTimeouts(LONG, LONG, LONG, SHORT))
                .start();
    }

    @AfterAll
    void stop() {
        impatient.close();
        idling.close();
        stalling.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "G",
                "GET /a HTTP/1.1\r\nHos",
                "GET /a HTTP/1.1\r\nHost: a\r\nX: y\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
                "PRI * HTTP/2.0\r\n\r\nSM",
            })
    void endsARequestThatDoesNotArriveInTime(String begun) throws IOException {
        double before = meters.counter("http.server.timeouts").count();
        try (RawConnection connection = new RawConnection(impatient)) {
            connection.send(begun);

            assertThat(connection.read().status()).isEqualTo(408);
            assertThat(connection.isClosedByServer()).isTrue();
        }
        assertThat(meters.counter("http.server.timeouts").count()).isEqualTo(before + 1);
    }

    @Test
    void isNotImpressedByAByteNowAndThen() throws Exception {
        try (RawConnection connection = new RawConnection(impatient);
                ScheduledExecutorService dripping = Executors.newSingleThreadScheduledExecutor()) {
            connection.send("GET /a HTTP/1.1\r\nHost: a\r\n");
            Future<?> drips =
                    dripping.scheduleWithFixedDelay(() -> drip(connection, "X: y\r\n"), 0, 10, TimeUnit.MILLISECONDS);
            assertThat(connection.read().status()).isEqualTo(408);
            drips.cancel(true);
        }
    }

    /** The first bytes of HTTP/2's preface wait for the rest of it; waiting must not begin anew with each of them. Others are served meanwhile. */
    @Test
    void countsFromTheFirstByteHoweverSlowlyTheFirstLineComes() throws Exception {
        String preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n";
        AtomicInteger sent = new AtomicInteger();
        try (RawConnection slow = new RawConnection(impatient);
                ScheduledExecutorService dripping = Executors.newSingleThreadScheduledExecutor()) {
            Future<?> drips = dripping.scheduleWithFixedDelay(
                    () -> {
                        int next = sent.get();
                        if (next < preface.length()) {
                            drip(slow, preface.substring(next, next + 1));
                            sent.incrementAndGet();
                        }
                    },
                    0,
                    SHORT.toMillis() / 2,
                    TimeUnit.MILLISECONDS);
            try (RawConnection other = new RawConnection(impatient)) {
                other.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(other.read().body()).isEqualTo("a");
            }

            assertThat(slow.read().status()).isEqualTo(408);
            assertThat(sent.get()).isLessThan(preface.length());
            drips.cancel(true);
        }
    }

    /** Ends the dripping by throwing once the server has closed the connection. */
    private static void drip(RawConnection connection, String bytes) {
        try {
            connection.send(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void closesAnIdleConnectionWithoutAWord() throws IOException {
        try (RawConnection connection = new RawConnection(idling)) {
            connection.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(connection.read().body()).isEqualTo("a");
            assertThat(connection.isClosedByServer()).isTrue();
        }
    }

    @Test
    void doesNotTakeASlowReaderForAnIdleOne() throws IOException {
        try (RawConnection slow = new RawConnection(idling);
                RawConnection idle = new RawConnection(idling)) {
            slow.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(slow.readLine()).isEqualTo("HTTP/1.1 200 OK");
            idle.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(idle.read().status()).isEqualTo(200);

            // When the one that was used later is closed, the idle time is over for both.
            assertThat(idle.isClosedByServer()).isTrue();

            while (!slow.readLine().isEmpty()) {
                // The header is not what this is about.
            }
            assertThat(slow.readExactly(BIG_BYTES)).hasSize(BIG_BYTES);
        }
    }

    @Test
    void dropsAClientThatDoesNotReadItsAnswer() throws IOException {
        try (RawConnection connection = new RawConnection(stalling)) {
            connection.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");

            // The first write to a connection that the server has dropped makes the kernel say so, the next one fails.
            await().atMost(Duration.ofSeconds(20)).until(() -> stalling.openConnections() == 0);
        }
    }

    @Test
    void closesConnectionsBeyondTheLimitOnArrival() throws IOException {
        await().until(() -> idling.openConnections() == 0);
        RawConnection[] held = new RawConnection[CONNECTIONS_MAX];
        try {
            for (int i = 0; i < held.length; i++) {
                held[i] = new RawConnection(idling);
                held[i].send("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /a HT");
                assertThat(held[i].read().status()).isEqualTo(200);
            }
            try (RawConnection refused = new RawConnection(idling)) {
                assertThat(refused.isClosedByServer()).isTrue();
            }
        } finally {
            for (RawConnection connection : held) {
                connection.close();
            }
        }
        await().until(() -> idling.openConnections() == 0);
        try (RawConnection connection = new RawConnection(idling)) {
            connection.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(connection.read().body()).isEqualTo("a");
        }
    }
}
