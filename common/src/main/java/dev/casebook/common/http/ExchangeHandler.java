package dev.casebook.common.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of the pipeline of an HTTP/1.1 connection or an HTTP/2 stream: takes a whole request, has it dispatched, writes the reply. One exchange at a time.
 */
final class ExchangeHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger log = LoggerFactory.getLogger(ExchangeHandler.class);
    static final String STRICT_CSP =
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private final ServerContext server;
    private final LoopState loop;
    private final Request.Connection connection;
    private final boolean http2;
    private final Turn turn;
    private @Nullable SseStream stream;
    private @Nullable StreamedBody body;

    /** A request under way. */
    private record Exchange(Request request, String route, HttpVersion version, boolean keepAlive, long startNanos) {
        boolean isHead() {
            return request.method().equals(HttpMethod.HEAD);
        }
    }

    ExchangeHandler(ServerContext server, LoopState loop, Request.Connection connection, boolean http2, Turn turn) {
        this.server = server;
        this.loop = loop;
        this.connection = connection;
        this.http2 = http2;
        this.turn = turn;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest message) {
        long start = server.metrics().now();
        Request request = new Request(
                message.method(),
                message.uri(),
                message.headers(),
                ByteBufUtil.getBytes(message.content()),
                connection);
        boolean keepAlive = http2 || HttpUtil.isKeepAlive(message);
        if (!message.decoderResult().isSuccess()) {
            Exchange refused = new Exchange(request, HttpMetrics.UNMATCHED, HttpVersion.HTTP_1_1, false, start);
            write(ctx, refused, refusal(message.decoderResult().cause()));
            return;
        }
        Cors cors = server.cors();
        RouteDispatcher.Dispatched dispatched = cors != null && cors.isPreflight(request)
                ? new RouteDispatcher.Dispatched(
                        HttpMetrics.UNMATCHED, CompletableFuture.completedStage(cors.preflight(request)))
                : server.dispatcher().dispatch(request, ctx.channel().eventLoop());
        Exchange exchange = new Exchange(request, dispatched.route(), message.protocolVersion(), keepAlive, start);
        dispatched.reply().whenComplete((reply, impossible) -> {
            Reply ready = cors == null || cors.isPreflight(request) ? reply : cors.decorate(request, reply);
            if (ctx.executor().inEventLoop()) {
                write(ctx, exchange, ready);
            } else {
                ctx.executor().execute(() -> write(ctx, exchange, ready));
            }
        });
    }

    private void write(ChannelHandlerContext ctx, Exchange exchange, Reply reply) {
        long nanos = server.metrics().now() - exchange.startNanos();
        server.metrics().record(exchange.route(), exchange.request().method(), reply.status(), nanos);
        log.debug("{} -> {} in {} us", exchange.request(), reply.status(), nanos / 1_000);
        if (!ctx.channel().isActive()) {
            if (reply.content() instanceof Reply.Body.Events events) {
                events.stream().abandon();
            } else if (reply.content() instanceof Reply.Body.Stream streamed) {
                streamed.chunks().abandon();
            }
            return;
        }
        switch (reply.content()) {
            case Reply.Body.Bytes whole -> writeBytes(ctx, exchange, reply, whole.bytes());
            case Reply.Body.Events events -> writeEvents(ctx, exchange, reply, events.stream());
            case Reply.Body.Stream streamed -> writeChunks(ctx, exchange, reply, streamed.chunks());
            case Reply.Body.Writing unstarted -> {
                Reply failed = RouteDispatcher.explain(
                        exchange.request(), new IllegalStateException("only a blocking handler can stream its reply"));
                writeBytes(ctx, exchange, failed, failed.body());
            }
            case Reply.Body.Upgrade upgrade -> upgrade(ctx, exchange, upgrade);
        }
    }

    private void writeBytes(ChannelHandlerContext ctx, Exchange exchange, Reply reply, byte[] bytes) {
        boolean bodiless = reply.status() == 204 || reply.status() == 304;
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(reply.status()),
                bodiless || exchange.isHead() ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes));
        boolean keepAlive = exchange.keepAlive() && !server.isDraining();
        writeFields(response.headers(), exchange, reply, keepAlive);
        if (!bodiless) {
            response.headers().set("content-length", bytes.length);
        }
        ChannelFuture written = ctx.writeAndFlush(response);
        turn.answered(written, keepAlive);
    }

    private void writeEvents(ChannelHandlerContext ctx, Exchange exchange, Reply reply, SseStream events) {
        boolean keepAlive = exchange.keepAlive() && exchange.version().equals(HttpVersion.HTTP_1_1);
        DefaultHttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        writeFields(response.headers(), exchange, reply, keepAlive);
        HttpUtil.setTransferEncodingChunked(response, keepAlive && !http2 && !exchange.isHead());
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        if (exchange.isHead()) {
            events.abandon();
            turn.answered(ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT), keepAlive);
            return;
        }
        stream = events;
        server.streams().add(events);
        events.onClose(() -> server.streams().remove(events));
        Channel channel = ctx.channel();
        events.attach(channel, () -> {
            stream = null;
            turn.answered(ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT), keepAlive && !server.isDraining());
        });
        if (server.isDraining()) {
            // The drain may have looked for streams before this one was there.
            events.close();
        }
    }

    private void writeChunks(ChannelHandlerContext ctx, Exchange exchange, Reply reply, StreamedBody chunks) {
        boolean canChunk = exchange.version().equals(HttpVersion.HTTP_1_1);
        boolean keepAlive = exchange.keepAlive() && canChunk;
        DefaultHttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()));
        writeFields(response.headers(), exchange, reply, keepAlive && !server.isDraining());
        HttpUtil.setTransferEncodingChunked(response, canChunk && !http2 && !exchange.isHead());
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        Runnable afterLast = () -> {
            body = null;
            turn.answered(ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT), keepAlive && !server.isDraining());
        };
        if (exchange.isHead()) {
            chunks.abandon();
            afterLast.run();
        } else {
            body = chunks;
            chunks.attach(ctx.channel(), afterLast);
        }
    }

    private void upgrade(ChannelHandlerContext ctx, Exchange exchange, Reply.Body.Upgrade upgrade) {
        Reply refusal = WebSocketUpgrade.refusal(exchange.request(), http2, server.cors())
                .orElse(null);
        if (refusal == null
                && server.metrics().streams().incrementAndGet()
                        > server.limits().eventStreams()) {
            server.metrics().streams().decrementAndGet();
            refusal = RouteDispatcher.busy("WebSockets");
        }
        if (refusal == null) {
            WebSocketUpgrade.accept(ctx.channel(), upgrade.request(), upgrade.handler(), server);
        } else {
            writeBytes(ctx, exchange, refusal, refusal.body());
        }
    }

    private void writeFields(HttpHeaders headers, Exchange exchange, Reply reply, boolean keepAlive) {
        for (Reply.Field field : reply.fields()) {
            headers.add(field.name(), field.value());
        }
        headers.set("date", loop.date());
        headers.set("x-content-type-options", "nosniff");
        if (headers.get("content-type", "").startsWith("text/html") && !headers.contains("content-security-policy")) {
            headers.set("content-security-policy", STRICT_CSP);
        }
        if (http2) {
            return;
        }
        if (!keepAlive) {
            headers.set("connection", "close");
        } else if (!exchange.version().isKeepAliveDefault()) {
            headers.set("connection", "keep-alive");
        }
    }

    private static Reply refusal(Throwable cause) {
        log.debug("Refused a request", cause);
        return Reply.problem(
                switch (cause) {
                    case TooLongHttpLineException e ->
                        Problem.of(414, "uri-too-long", "URI too long", "The request line is too long.");
                    case TooLongHttpHeaderException e ->
                        Problem.of(431, "header-too-large", "Header too large", "The header fields are too long.");
                    case TooLongFrameException e ->
                        Problem.of(413, "body-too-large", "Body too large", "The body is too long.");
                    default ->
                        Problem.of(400, "malformed-request", "Malformed request", "The request is no valid HTTP.");
                });
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (stream != null) {
            stream.abandon();
            stream = null;
        }
        if (body != null) {
            body.abandon();
            body = null;
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause instanceof PrematureChannelClosureException) {
            log.debug("{}: {}", ctx.channel().remoteAddress(), cause.toString());
        } else {
            log.warn("Closing {}", ctx.channel().remoteAddress(), cause);
        }
        ctx.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }
}
