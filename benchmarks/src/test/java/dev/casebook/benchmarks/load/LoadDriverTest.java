package dev.casebook.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.casebook.benchmarks.measure.ProcessCpu;
import dev.casebook.benchmarks.report.Block;
import dev.casebook.benchmarks.report.Table;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The driver and its HTTP backend against a real server. */
class LoadDriverTest {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private @org.jspecify.annotations.Nullable HttpServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
        threads.shutdownNow();
    }

    @Test
    void everyRequestIsSentAndCountedByStatus() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        URI uri = serve(exchange -> answer(exchange, calls.incrementAndGet() % 4 == 0 ? 500 : 200));

        LoadResult result = run(uri, 8, 2, new LoadPlan(200, Duration.ofMillis(200), Duration.ofSeconds(1)));

        assertThat(calls).hasValue(240);
        assertThat(result.requests()).isEqualTo(200);
        assertThat(result.outcomes().keySet()).containsExactly("200", "500");
        assertThat(result.outcomes().get("500")).isBetween(45L, 55L);
        assertThat(result.expected()).isEqualTo(result.outcomes().get("200"));
        assertThat(result.latency().getTotalCount()).isEqualTo(200);
        assertThat(result.serverCpuMicros()).isPresent();
        assertThat(result.timeline()).isNotEmpty();
    }

    @Test
    void aServerThatStallsForASecondShowsItInManyRequestsNotInOne() throws Exception {
        AtomicLong stallUntil = new AtomicLong();
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch never = new CountDownLatch(1);
        URI uri = serve(exchange -> {
            if (calls.incrementAndGet() == 50) {
                stallUntil.set(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
            }
            long left = stallUntil.get() - System.nanoTime();
            if (stallUntil.get() != 0 && left > 0) {
                await(never, left);
            }
            answer(exchange, 200);
        });

        LoadResult result = run(uri, 4, 1, new LoadPlan(100, Duration.ZERO, Duration.ofSeconds(2)));

        // 100 requests were due during the stall and half of them had to wait longer than half of it. With four
        // connections a closed loop would have recorded four.
        assertThat(result.latency().getCountBetweenValues(500_000_000, 3_000_000_000L))
                .isGreaterThanOrEqualTo(45);
        assertThat(result.latency().getMaxValue()).isGreaterThan(990_000_000);
        assertThat(result.latency().getTotalCount()).isEqualTo(200);
        assertThat(result.connectionWait().getMaxValue()).isGreaterThan(900_000_000);
        assertThat(texts(result)).anyMatch(text -> text.contains("every connection was busy"));
    }

    @Test
    void requestsWithoutAnAnswerTimeOutAndTheConnectionIsReplaced() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch never = new CountDownLatch(1);
        URI uri = serve(exchange -> {
            if (calls.incrementAndGet() == 10) {
                await(never, TimeUnit.SECONDS.toNanos(30));
            }
            answer(exchange, 200);
        });

        LoadResult result;
        try (LoadTarget target = new GetScenario().open(setup(uri, 1, 1, Duration.ofMillis(300)))) {
            result = new LoadDriver(target, Duration.ofSeconds(5), null)
                    .run(new LoadPlan(50, Duration.ZERO, Duration.ofSeconds(1)), second -> {});
        }

        assertThat(result.outcomes()).containsEntry("timed out", 1L).containsEntry("200", 49L);
        assertThat(result.latency().getMaxValue()).isGreaterThan(300_000_000);
    }

    @Test
    void aServerThatClosesEveryConnectionIsStillServedFully() throws Exception {
        URI uri = serve(exchange -> {
            exchange.getResponseHeaders().set("Connection", "close");
            answer(exchange, 200);
        });

        LoadResult result = run(uri, 4, 1, new LoadPlan(50, Duration.ZERO, Duration.ofSeconds(1)));

        assertThat(result.outcomes()).containsExactly(Map.entry("200", 50L));
    }

    @Test
    void whatWaitsWhenTheScheduleHasEndedIsSentOverReplacedConnections() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch never = new CountDownLatch(1);
        URI uri = serve(exchange -> {
            if (calls.incrementAndGet() == 1) {
                await(never, TimeUnit.MILLISECONDS.toNanos(700));
            }
            exchange.getResponseHeaders().set("Connection", "close");
            answer(exchange, 200);
        });

        LoadResult result = run(uri, 1, 1, new LoadPlan(50, Duration.ZERO, Duration.ofMillis(500)));

        assertThat(result.outcomes()).containsExactly(Map.entry("200", 25L));
        assertThat(calls).hasValue(25);
    }

    @Test
    void aPortNobodyListensOnIsNamed() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        URI uri = URI.create("http://127.0.0.1:" + port);

        assertThatThrownBy(() -> new GetScenario().open(setup(uri, 1, 1, Duration.ofSeconds(1))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot connect to " + uri);
    }

    private URI serve(HttpHandler handler) throws IOException {
        HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        started.createContext("/", handler);
        started.setExecutor(threads);
        started.start();
        server = started;
        return URI.create("http://127.0.0.1:" + started.getAddress().getPort() + "/");
    }

    private static LoadResult run(URI uri, int connections, int lanes, LoadPlan plan) throws Exception {
        try (LoadTarget target = new GetScenario().open(setup(uri, connections, lanes, Duration.ofSeconds(10)))) {
            ProcessCpu self = new ProcessCpu(ProcessHandle.current().pid());
            return new LoadDriver(target, Duration.ofSeconds(10), self).run(plan, second -> {});
        }
    }

    private static LoadSetup setup(URI uri, int connections, int lanes, Duration timeout) {
        return new LoadSetup(uri, connections, lanes, timeout, "", new LoadSetup.Settings(Map.of()), 1, progress -> {});
    }

    private static List<String> texts(LoadResult result) {
        List<Block> blocks = LoadReport.blocks(List.of(result));
        assertThat(blocks).anyMatch(Table.class::isInstance);
        return blocks.stream().map(Object::toString).toList();
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private static void await(CountDownLatch never, long nanos) throws IOException {
        try {
            if (never.await(nanos, TimeUnit.NANOSECONDS)) {
                throw new IOException("unreachable");
            }
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
    }
}
