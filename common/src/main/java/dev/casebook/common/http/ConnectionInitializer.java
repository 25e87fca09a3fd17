package dev.casebook.common.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;

/** Builds the pipeline of a new connection. */
final class ConnectionInitializer extends ChannelInitializer<Channel> {
    private final ServerContext server;
    private final Map<EventLoop, LoopState> loops;
    private final ChannelGroup connections;

    ConnectionInitializer(ServerContext server, Map<EventLoop, LoopState> loops, ChannelGroup connections) {
        this.server = server;
        this.loops = loops;
        this.connections = connections;
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
        http1(channel, loop, false);
    }

    private void http1(Channel channel, LoopState loop, boolean tls) {
        RequestDecoder decoder = new RequestDecoder(server.limits(), loop);
        ExchangeGate gate = new ExchangeGate();
        Http1Connection connection = new Http1Connection(server, loop, channel, decoder, gate, tls);
        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(connection)
                .addLast(new FlushConsolidationHandler())
                .addLast(decoder)
                .addLast(new HttpResponseEncoder())
                .addLast(gate)
                .addLast(new BodyAggregator(server.limits().bodyBytes()))
                .addLast(new ExchangeHandler(
                        server,
                        loop,
                        new Request.Connection(remote.getAddress(), tls, server.proxies()),
                        false,
                        connection));
    }
}
