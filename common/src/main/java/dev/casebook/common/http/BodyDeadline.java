package dev.casebook.common.http;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Closes an HTTP/2 stream whose request does not become whole in time. Stands behind the aggregator. */
final class BodyDeadline extends ChannelInboundHandlerAdapter {
    private final long limitMillis;
    private final HttpMetrics metrics;
    private @Nullable Future<?> deadline;

    BodyDeadline(long limitMillis, HttpMetrics metrics) {
        this.limitMillis = limitMillis;
        this.metrics = metrics;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor().schedule(() -> timeOut(ctx), limitMillis, TimeUnit.MILLISECONDS);
    }

    private void timeOut(ChannelHandlerContext ctx) {
        metrics.timedOut();
        ctx.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof FullHttpRequest) {
            cancel();
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        cancel();
    }

    private void cancel() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }
}
