package dev.casebook.common.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lets one exchange at a time through: what a client has pipelined behind a request waits here, decoded, until that request is answered. So answers are in order and
 * every handler behind it, from the upgrade to {@code Expect: 100-continue}, can believe to be alone on the connection.
 *
 * <p>What waits is bounded: reading stops at {@link #WAITING_MAX} parts of messages, and a single read brings at most a buffer's worth more.
 */
final class ExchangeGate extends ChannelInboundHandlerAdapter {
    private static final int WAITING_MAX = 64;

    private final Deque<Object> waiting = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private boolean arriving;
    private boolean answering;
    private boolean passing;
    private boolean closed;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    /** No exchange is under way and none waits. */
    boolean isIdle() {
        return !answering && !arriving && waiting.isEmpty();
    }

    /** A request has arrived whole, its answer has not gone out. */
    boolean isAnswering() {
        return answering && !arriving;
    }

    boolean isFull() {
        return waiting.size() >= WAITING_MAX;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (closed) {
            ReferenceCountUtil.release(message);
        } else if (passing || !waiting.isEmpty() || (answering && !arriving)) {
            waiting.add(message);
            if (isFull()) {
                ctx.channel().config().setAutoRead(false);
            }
        } else {
            pass(ctx, message);
        }
    }

    /** The answer is written; the next request may come. */
    void answered() {
        ChannelHandlerContext ctx = Objects.requireNonNull(context, "not in a pipeline");
        answering = false;
        if (passing) {
            return;
        }
        passing = true;
        try {
            while (!waiting.isEmpty() && (!answering || arriving)) {
                pass(ctx, waiting.poll());
            }
        } finally {
            passing = false;
        }
        if (!isFull() && ctx.channel().isWritable()) {
            ctx.channel().config().setAutoRead(true);
        }
    }

    /** Nothing more gets through: the connection is going to close. */
    void close() {
        closed = true;
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }

    private void pass(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            answering = true;
            // After a request that cannot be decoded there is no end of it either.
            arriving = request.decoderResult().isSuccess();
        }
        if (message instanceof LastHttpContent) {
            arriving = false;
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        close();
    }
}
