package dev.casebook.common.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** Fast path, codec and gate under every way of cutting a stream of pipelined requests into packets. */
final class FastPathPropertyTest {
    private static @Nullable HttpServer started;

    @BeforeContainer
    static void start() throws BindException {
        started = HttpServer.builder()
                .bind("127.0.0.1", 0)
                .routes(FastPathTest.routes())
                .fastPath(FastPathTest.Echo::new)
                .start();
    }

    @AfterContainer
    static void stop() {
        server().close();
    }

    private static HttpServer server() {
        return Objects.requireNonNull(started, "started before the properties");
    }

    /**
     * The oracle is the same server asked one request at a time. Bytes are cut at random points and sent as separate packets, so that every state of scanner,
     * decoder and gate meets every boundary.
     */
    @Property(tries = 12)
    void givesTheSameAnswersHoweverThePipelinedBytesAreCut(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<String> requests = new ArrayList<>();
        int count = Boolean.getBoolean("casebook.soak") ? 2_000 : 50;
        for (int i = 0; i < count; i++) {
            requests.add(
                    switch (random.nextInt(8)) {
                        case 0 -> get("/b" + i);
                        case 1 -> get("/l" + i);
                        case 2 -> get("/a" + i);
                        case 3 -> "POST /p" + i + " HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nGET";
                        case 4 ->
                            "POST /p" + i
                                    + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nGET \r\n0\r\n\r\n";
                        default -> get("/f" + i);
                    });
        }
        List<String> expected = new ArrayList<>();
        for (String request : requests) {
            try (RawConnection connection = new RawConnection(server())) {
                expected.add(connection.send(request).read().body());
            }
        }

        List<String> answers = new ArrayList<>();
        try (RawConnection connection = new RawConnection(server())) {
            String bytes = String.join("", requests);
            Thread reader = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < count; i++) {
                        answers.add(connection.read().body());
                    }
                } catch (IOException e) {
                    answers.add(e.toString());
                }
            });
            for (int at = 0; at < bytes.length(); ) {
                int next = Math.min(bytes.length(), at + 1 + random.nextInt(random.nextBoolean() ? 8 : 400));
                connection.send(bytes.substring(at, next));
                at = next;
            }
            join(reader);
        }

        assertThat(answers).as("seed %d", seed).isEqualTo(expected);
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
