package dev.casebook.common.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The sending end of a WebSocket (RFC 6455). Thread-safe; no method blocks. Messages of one thread arrive in the order they were sent. What a client does not read is
 * bounded by {@link HttpLimits#streamBytes}: beyond it {@link #send} refuses.
 */
public final class WebSocket {
    private final Channel channel;
    private final int unsentBytesMax;
    private final AtomicInteger unsentBytes = new AtomicInteger();
    private final AtomicBoolean closing = new AtomicBoolean();

    WebSocket(Channel channel, int unsentBytesMax) {
        this.channel = channel;
        this.unsentBytesMax = unsentBytesMax;
    }

    /**
     * Sends a text message.
     *
     * @return false if the socket is closed, or the client is so far behind that the message was dropped
     */
    public boolean send(String text) {
        TextWebSocketFrame frame = new TextWebSocketFrame(text);
        return send(frame, frame.content().readableBytes());
    }

    /** Sends a binary message; {@code bytes} is not copied: do not change it afterwards.
     *
     * @return as {@link #send(String)}
     */
    public boolean send(byte[] bytes) {
        return send(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)), bytes.length);
    }

    private boolean send(WebSocketFrame frame, int bytes) {
        if (!isOpen() || unsentBytes.addAndGet(bytes) > unsentBytesMax) {
            if (isOpen()) {
                unsentBytes.addAndGet(-bytes);
            }
            frame.release();
            return false;
        }
        channel.writeAndFlush(frame).addListener(written -> unsentBytes.addAndGet(-bytes));
        return true;
    }

    public boolean isOpen() {
        return !closing.get() && channel.isActive();
    }

    /**
     * Sends a close frame and closes the connection.
     *
     * @param code 1000 (done), 1001 (going away), 1008 (policy), 1011 (error), or 3000 to 4999
     */
    public void close(int code, String reason) {
        if (closing.compareAndSet(false, true)) {
            channel.writeAndFlush(new CloseWebSocketFrame(code, reason)).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Turns frames into calls of the listener; the last handler of an upgraded connection. */
    static final class Receiver extends SimpleChannelInboundHandler<WebSocketFrame> {
        private final WebSocket socket;
        private final Runnable whenClosed;
        private final WebSocketHandler.Listener listener;
        private boolean pinged;

        Receiver(WebSocket socket, WebSocketHandler.Listener listener, Runnable whenClosed) {
            this.socket = socket;
            this.listener = listener;
            this.whenClosed = whenClosed;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
            pinged = false;
            switch (frame) {
                case TextWebSocketFrame text -> listener.text(text.text());
                case BinaryWebSocketFrame binary -> listener.binary(ByteBufUtil.getBytes(binary.content()));
                case PingWebSocketFrame ping ->
                    ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()))
                            .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
                case CloseWebSocketFrame close -> echoClose(ctx, close);
                default -> {}
            }
        }

        private void echoClose(ChannelHandlerContext ctx, CloseWebSocketFrame close) {
            if (socket.closing.compareAndSet(false, true)) {
                ctx.writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
            }
        }

        /** A client that says nothing is asked once; if it stays silent it is gone. */
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (!(event instanceof IdleStateEvent)) {
                ctx.fireUserEventTriggered(event);
            } else if (pinged) {
                ctx.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
            } else {
                pinged = true;
                ctx.writeAndFlush(new PingWebSocketFrame()).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            whenClosed.run();
            listener.closed();
            ctx.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, @Nullable Throwable cause) {
            socket.close(WebSocketCloseStatus.INTERNAL_SERVER_ERROR.code(), "");
        }
    }
}
