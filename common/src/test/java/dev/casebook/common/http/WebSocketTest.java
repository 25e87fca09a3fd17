package dev.casebook.common.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http.HttpMethod;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** WebSockets, seen through the JDK's client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WebSocketTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger closed = new AtomicInteger();
    private HttpServer server;

    @BeforeAll
    void start() throws BindException {
        Routes routes = new Routes()
                .webSocket("/echo/{name}", (request, socket) -> {
                    socket.send("welcome " + request.pathParameter("name"));
                    return new WebSocketHandler.Listener() {
                        @Override
                        public void text(String message) {
                            if (message.equals("bye")) {
                                socket.close(4000, "as you wish");
                            } else {
                                socket.send(message);
                            }
                        }

                        @Override
                        public void binary(byte[] message) {
                            socket.send(message);
                        }

                        @Override
                        public void closed() {
                            closed.incrementAndGet();
                        }
                    };
                })
                .onLoop(HttpMethod.GET, "/a", request -> Reply.text(200, "a"));
        server = HttpServer.builder()
                .bind("127.0.0.1", 0)
                .routes(routes)
                .fastPath(FastPathTest.Echo::new)
                .start();
    }

    @AfterAll
    void stop() {
        server.close();
        client.close();
    }

    /** Everything that arrives, as text. */
    private static final class Inbox implements java.net.http.WebSocket.Listener {
        final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final StringBuilder partial = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(java.net.http.WebSocket socket, CharSequence text, boolean last) {
            partial.append(text);
            if (last) {
                messages.add(partial.toString());
                partial.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(java.net.http.WebSocket socket, ByteBuffer bytes, boolean last) {
            messages.add("binary " + bytes.remaining());
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(java.net.http.WebSocket socket, ByteBuffer bytes) {
            messages.add("pong " + bytes.remaining());
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(java.net.http.WebSocket socket, int code, String reason) {
            messages.add("closed " + code + " " + reason);
            return null;
        }

        String next() throws InterruptedException {
            return messages.poll(10, TimeUnit.SECONDS);
        }
    }

    private java.net.http.WebSocket open(Inbox inbox) {
        URI uri = URI.create("ws://127.0.0.1:" + server.port() + "/echo/ann");
        return client.newWebSocketBuilder().buildAsync(uri, inbox).join();
    }

    @Test
    void exchangesMessagesUntilTheServerCloses() throws Exception {
        int before = closed.get();
        Inbox inbox = new Inbox();
        java.net.http.WebSocket socket = open(inbox);
        assertThat(inbox.next()).isEqualTo("welcome ann");

        socket.sendText("in two ", false).join();
        socket.sendText("parts", true).join();
        assertThat(inbox.next()).isEqualTo("in two parts");
        socket.sendBinary(ByteBuffer.wrap(new byte[1_000]), true).join();
        assertThat(inbox.next()).isEqualTo("binary 1000");
        socket.sendPing(ByteBuffer.wrap(new byte[3])).join();
        assertThat(inbox.next()).isEqualTo("pong 3");
        socket.sendText("bye", true).join();

        assertThat(inbox.next()).isEqualTo("closed 4000 as you wish");
        await().until(() -> closed.get() == before + 1 && server.openStreams() == 0);
    }

    @Test
    void noticesThatTheClientCloses() throws Exception {
        int before = closed.get();
        Inbox inbox = new Inbox();
        java.net.http.WebSocket socket = open(inbox);
        assertThat(inbox.next()).isEqualTo("welcome ann");

        socket.sendClose(java.net.http.WebSocket.NORMAL_CLOSURE, "done").join();

        await().until(() -> closed.get() == before + 1 && server.openStreams() == 0);
    }

    @Test
    void answersAnythingElseWithUpgradeRequiredAndGoesOn() throws Exception {
        try (RawConnection connection = new RawConnection(server)) {
            connection.send("GET /echo/ann HTTP/1.1\r\nHost: a\r\n\r\n");
            RawConnection.Response response = connection.read();
            assertThat(response.status()).isEqualTo(426);
            assertThat(response.field("sec-websocket-version")).contains("13");

            connection.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(connection.read().body()).isEqualTo("a");
        }
    }

    @Test
    void refusesAPageOfAnotherOrigin() throws Exception {
        String handshake = String.join(
                "\r\n",
                "GET /echo/ann HTTP/1.1",
                "Host: a.example",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "");
        try (RawConnection connection = new RawConnection(server)) {
            connection.send(handshake + "Origin: https://evil.example\r\n\r\n");
            assertThat(connection.read().status()).isEqualTo(403);

            connection.send(handshake + "Origin: https://a.example\r\n\r\n");
            RawConnection.Response accepted = connection.read();
            assertThat(accepted.status()).isEqualTo(101);
            // RFC 6455 section 1.3 has this key and its answer as the example.
            assertThat(accepted.field("sec-websocket-accept")).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        }
        await().until(() -> server.openStreams() == 0);
    }
}
