package dev.casebook.common.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2FrameCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Time limits and drain of an HTTP/2 connection. Closing it through the pipeline makes Netty's frame codec send GOAWAY and wait for the streams that have begun.
 */
final class Http2Connection extends ChannelInboundHandlerAdapter implements LoopState.Swept {
    private static final Logger log = LoggerFactory.getLogger(Http2Connection.class);

    private final LoopState loop;
    private final Channel channel;
    private final Http2FrameCodec codec;
    private final WriteStall stall;
    private final long idleMillis;
    private int activeTick;
    private boolean closing;

    Http2Connection(HttpLimits limits, LoopState loop, Channel channel, Http2FrameCodec codec) {
        this.loop = loop;
        this.channel = channel;
        this.codec = codec;
        this.stall = new WriteStall(channel, loop, limits);
        this.idleMillis = limits.idleTimeout().toMillis();
        this.activeTick = loop.tick();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        loop.add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        loop.remove(this);
    }

    @Override
    public void sweep(int tick) {
        if (codec.connection().numActiveStreams() > 0) {
            activeTick = tick;
        }
        if (stall.isOver()) {
            log.debug("Closing {}: it took no byte of its answer", channel.remoteAddress());
            channel.unsafe().close(channel.unsafe().voidPromise());
        } else if (loop.hasElapsed(activeTick, idleMillis)) {
            drain();
        }
    }

    /** GOAWAY names the last stream that is taken, so a client knows that a request it sent meanwhile may be sent again elsewhere. */
    @Override
    public void announceDrain() {
        drain();
    }

    @Override
    public void drain() {
        if (!closing) {
            closing = true;
            channel.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.remove(this);
        ctx.fireChannelInactive();
    }
}
