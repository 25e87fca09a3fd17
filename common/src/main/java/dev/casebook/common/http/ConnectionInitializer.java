package dev.casebook.common.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ServerUpgradeCodec;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds pipelines. A connection without TLS starts with HTTP/1.1 and turns into HTTP/2 when it begins with the preface or asks for {@code h2c}; with TLS the two sides have agreed
 * on one (ALPN) before the first request. An exchange ends in the same two handlers either way.
 *
 * <pre>
 * HTTP/1.1  Http1Connection, flush consolidation, RequestDecoder, response encoder, ExchangeGate, H2cUpgrade, BodyAggregator, ExchangeHandler
 * HTTP/2    Http2Connection, frame codec, multiplexer; per stream: HTTP objects from frames, BodyAggregator, BodyDeadline, ExchangeHandler
 * </pre>
 */
final class ConnectionInitializer extends ChannelInitializer<Channel> {
    private static final Logger log = LoggerFactory.getLogger(ConnectionInitializer.class);
    /** A close waits for the streams that have begun; how long is for {@link HttpServer#drain} to say. The builder's own default is not to wait at all. */
    private static final long NO_TIMEOUT = -1;

    private static final int STREAMS_MAX = 128;
    private static final List<Class<? extends ChannelHandler>> HTTP_1_BEHIND_CONNECTION = List.of(
            FlushConsolidationHandler.class,
            RequestDecoder.class,
            HttpResponseEncoder.class,
            ExchangeGate.class,
            BodyAggregator.class,
            ExchangeHandler.class);

    private final ServerContext server;
    private final Map<EventLoop, LoopState> loops;
    private final ChannelGroup connections;
    private final @Nullable SslContext tls;

    ConnectionInitializer(
            ServerContext server, Map<EventLoop, LoopState> loops, ChannelGroup connections, @Nullable SslContext tls) {
        this.server = server;
        this.loops = loops;
        this.connections = connections;
        this.tls = tls;
    }

    @Override
    protected void initChannel(Channel channel) {
        if (server.metrics().connections().incrementAndGet() > server.limits().connections()) {
            server.metrics().connections().decrementAndGet();
            server.metrics().refusedConnection();
            channel.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
            return;
        }
        channel.closeFuture()
                .addListener(closed -> server.metrics().connections().decrementAndGet());
        connections.add(channel);
        LoopState loop = Objects.requireNonNull(loops.get(channel.eventLoop()), "not a loop of this server");
        if (tls == null) {
            channel.config().setRecvByteBufAllocator(loop.receiver);
            http1(channel.pipeline(), loop, false);
            return;
        }
        SslHandler handshake = tls.newHandler(channel.alloc());
        handshake.setHandshakeTimeoutMillis(server.limits().headerTimeout().toMillis());
        channel.pipeline().addLast(handshake).addLast(new Negotiation(loop));
    }

    private final class Negotiation extends ApplicationProtocolNegotiationHandler {
        private final LoopState loop;

        Negotiation(LoopState loop) {
            super(ApplicationProtocolNames.HTTP_1_1);
            this.loop = loop;
        }

        /** Port scanners and clients that distrust the certificate: nothing an operator could act on. */
        @Override
        protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
            log.debug("{} failed its handshake: {}", ctx.channel().remoteAddress(), cause.toString());
            ctx.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            log.debug("Closing {}: {}", ctx.channel().remoteAddress(), cause.toString());
            ctx.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
            if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                Http2FrameCodec codec = frameCodec();
                ctx.pipeline()
                        .addLast(connection(codec, loop, ctx.channel()))
                        .addLast(codec)
                        .addLast(multiplexer(loop, true));
            } else {
                http1(ctx.pipeline(), loop, true);
            }
        }
    }

    private void http1(ChannelPipeline pipeline, LoopState loop, boolean isTls) {
        Channel channel = pipeline.channel();
        RequestDecoder decoder = new RequestDecoder(server.limits(), loop);
        ExchangeGate gate = new ExchangeGate();
        Http1Connection connection =
                new Http1Connection(server, loop, channel, decoder, gate, isTls, this::priorKnowledge);
        pipeline.addLast(connection)
                .addLast(new FlushConsolidationHandler())
                .addLast(decoder)
                .addLast(new HttpResponseEncoder())
                .addLast(gate);
        if (!isTls) {
            Http2FrameCodec codec = frameCodec();
            pipeline.addLast(new H2cUpgrade(
                    ctx -> removeHttp1(ctx, loop),
                    new Http2ServerUpgradeCodec(codec, multiplexer(loop, false), connection(codec, loop, channel))));
        }
        pipeline.addLast(new BodyAggregator(server.limits().bodyBytes()))
                .addLast(new ExchangeHandler(server, loop, requestConnection(channel, isTls), false, connection));
    }

    private void priorKnowledge(ChannelPipeline pipeline, LoopState loop) {
        pipeline.addFirst(new OwnBytes(loop));
        HTTP_1_BEHIND_CONNECTION.forEach(pipeline::remove);
        pipeline.remove(H2cUpgrade.class);
        Http2FrameCodec codec = frameCodec();
        pipeline.addLast(codec).addLast(multiplexer(loop, false)).addLast(connection(codec, loop, pipeline.channel()));
    }

    private static void removeHttp1(ChannelHandlerContext ctx, LoopState loop) {
        ctx.pipeline().addFirst(new OwnBytes(loop));
        HTTP_1_BEHIND_CONNECTION.forEach(ctx.pipeline()::remove);
        ctx.pipeline().remove(Http1Connection.class);
    }

    /** In the place of {@link Http1Connection}, which takes care of it otherwise: what the codec may keep is not the loop's buffer. */
    private static final class OwnBytes extends ChannelInboundHandlerAdapter {
        private final LoopState loop;

        OwnBytes(LoopState loop) {
            this.loop = loop;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.fireChannelRead(loop.received.toKeep((ByteBuf) message, ctx.alloc()));
        }
    }

    private Http2FrameCodec frameCodec() {
        return Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(STREAMS_MAX)
                        .maxHeaderListSize(server.limits().headerBytes()))
                .gracefulShutdownTimeoutMillis(NO_TIMEOUT)
                .build();
    }

    private Http2Connection connection(Http2FrameCodec codec, LoopState loop, Channel channel) {
        return new Http2Connection(server.limits(), loop, channel, codec);
    }

    private Http2MultiplexHandler multiplexer(LoopState loop, boolean isTls) {
        return new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline()
                        .addLast(new Http2StreamFrameToHttpObjectCodec(true))
                        .addLast(new BodyAggregator(server.limits().bodyBytes()))
                        .addLast(new BodyDeadline(server.limits().bodyTimeout().toMillis(), server.metrics()))
                        .addLast(new ExchangeHandler(
                                server,
                                loop,
                                requestConnection(stream.parent(), isTls),
                                true,
                                (written, keepAlive) -> {}));
            }
        });
    }

    private Request.Connection requestConnection(Channel channel, boolean isTls) {
        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
        return new Request.Connection(remote.getAddress(), isTls, server.proxies());
    }
}
