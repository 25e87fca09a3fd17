package dev.casebook.common.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The server's half of the WebSocket handshake (RFC 6455 section 4.2) and the pipeline after it. */
final class WebSocketUpgrade {
    private static final int SILENCE_SECONDS_MAX = 30;

    private WebSocketUpgrade() {}

    /** Why this request cannot become a WebSocket; empty if it can. */
    static Optional<Reply> refusal(Request request, boolean http2, @Nullable Cors cors) {
        boolean asks = request.header("upgrade")
                        .map("websocket"::equalsIgnoreCase)
                        .orElse(false)
                && request.header("connection")
                        .map(value -> value.toLowerCase(Locale.ROOT).contains("upgrade"))
                        .orElse(false)
                && request.header("sec-websocket-key").isPresent()
                && request.header("sec-websocket-version").map("13"::equals).orElse(false);
        if (http2 || !asks || !request.method().equals(HttpMethod.GET)) {
            return Optional.of(Reply.problem(Problem.of(
                            426, "upgrade-required", "Upgrade required", "This is a WebSocket (version 13, HTTP/1.1)."))
                    .withHeader("upgrade", "websocket")
                    .withHeader("connection", "upgrade")
                    .withHeader("sec-websocket-version", "13"));
        }
        // A browser lets any page open a WebSocket anywhere and sends the user's cookies along; only the origin tells.
        Optional<String> origin = request.header("origin");
        if (origin.isPresent()
                && !isSameHost(origin.get(), request.host())
                && (cors == null || !cors.allows(origin.get()))) {
            return Optional.of(Reply.problem(Problem.of(
                    403, "foreign-origin", "Foreign origin", "Pages of " + origin.get() + " may not connect.")));
        }
        return Optional.empty();
    }

    private static boolean isSameHost(String origin, String host) {
        try {
            return host.equalsIgnoreCase(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Answers 101 and replaces the HTTP handlers; the listener is open when this returns. On the event loop. */
    static void accept(Channel channel, Request request, WebSocketHandler handler, ServerContext server) {
        HttpLimits limits = server.limits();
        FullHttpRequest handshake = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.GET,
                request.path(),
                Unpooled.EMPTY_BUFFER,
                request.headers(),
                DefaultHttpHeadersFactory.trailersFactory().newEmptyHeaders());
        WebSocketServerHandshaker handshaker = new WebSocketServerHandshakerFactory(
                        "",
                        null,
                        WebSocketDecoderConfig.newBuilder()
                                .maxFramePayloadLength(limits.bodyBytes())
                                .build())
                .newHandshaker(handshake);
        ChannelPipeline pipeline = channel.pipeline();
        if (pipeline.get(H2cUpgrade.class) != null) {
            pipeline.remove(H2cUpgrade.class);
        }
        pipeline.remove(ExchangeGate.class);
        pipeline.get(Http1Connection.class).upgraded();
        handshaker.handshake(channel, handshake).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        WebSocket socket = new WebSocket(channel, limits.streamBytes());
        WebSocketHandler.Listener listener;
        try {
            listener = handler.open(request, socket);
        } catch (RuntimeException e) {
            server.metrics().streams().decrementAndGet();
            throw e;
        }
        server.sockets().add(socket);
        pipeline.addLast(new IdleStateHandler(SILENCE_SECONDS_MAX, 0, 0))
                .addLast(new Utf8FrameValidator())
                .addLast(new WebSocketFrameAggregator(limits.bodyBytes()))
                .addLast(new WebSocket.Receiver(socket, listener, () -> {
                    server.sockets().remove(socket);
                    server.metrics().streams().decrementAndGet();
                }));
        pipeline.remove(ExchangeHandler.class);
        if (server.isDraining()) {
            socket.close(1001, "going away");
        }
    }
}
