package dev.casebook.common.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first handler that sees an HTTP/1.1 connection's bytes. It decides between the fast path and the codec, keeps the connection's time limits, and closes it.
 *
 * <p><b>Fast path.</b> A read is answered by {@link FastPath} only while the connection is quiet: the decoder holds nothing of a message and no exchange is under way.
 * Then no earlier request can be overtaken, since every answer so far has been written. The answers to all requests of one read go into one buffer, written and
 * flushed once at the end of the read. The first request that is declined goes to the codec together with all that follows it; when those are
 * answered the connection is quiet again, which is checked at the next read. A head that has arrived in part waits here for a few reads, then
 * goes to the codec, which has the limits for it.
 *
 * <p><b>Closing.</b> A close with unread bytes in the socket makes the kernel send RST, which can destroy an answer that is still under way (RFC 9112 section 9.6). So the
 * writing side is shut first and input thrown away until the client closes or {@link #LINGER_MILLIS} have passed.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements LoopState.Swept, Turn {
    private static final Logger log = LoggerFactory.getLogger(Http1Connection.class);
    private static final long LINGER_MILLIS = 2_000;
    private static final int PARTIAL_READS_MAX = 8;
    private static final int ANSWERS_BYTES_MAX = 60 << 10;
    private static final ByteBuf PREFACE =
            Unpooled.unreleasableBuffer(Http2CodecUtil.connectionPrefaceBuf()).asReadOnly();
    private static final byte[] REQUEST_TIMEOUT =
            "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private final ServerContext server;
    private final LoopState loop;
    private final Channel channel;
    private final RequestDecoder decoder;
    private final ExchangeGate gate;
    private final boolean tls;
    private final BiConsumer<ChannelPipeline, LoopState> http2;
    private final InetSocketAddress remote;
    private final byte[] remoteAddress;
    private final WriteStall stall;
    private @Nullable ByteBuf partial;
    private @Nullable ByteBuf answers;
    private int partialReads;
    /** When the first byte of what is not answered yet came, however many reads it takes: a client cannot begin its time anew. */
    private int firstByteTick;

    private int lastReadTick;
    /** Set when the last byte has left; until then {@link WriteStall} has the only limit. */
    private int lingerSinceTick = Integer.MAX_VALUE;

    private Mode mode;
    private boolean forwarded;
    private boolean closeAfterAnswers;

    private enum Mode {
        /** Nothing decided yet: it may turn out to be HTTP/2 with prior knowledge. */
        FIRST_BYTES,
        HTTP_1,
        /** Another protocol has taken over; bytes only pass through. */
        UPGRADED,
        LINGERING
    }

    /** @param http2 puts HTTP/2 in the place of HTTP/1.1 behind this handler */
    Http1Connection(
            ServerContext server,
            LoopState loop,
            Channel channel,
            RequestDecoder decoder,
            ExchangeGate gate,
            boolean tls,
            BiConsumer<ChannelPipeline, LoopState> http2) {
        this.server = server;
        this.loop = loop;
        this.channel = channel;
        this.decoder = decoder;
        this.gate = gate;
        this.tls = tls;
        this.http2 = http2;
        this.mode = tls ? Mode.HTTP_1 : Mode.FIRST_BYTES;
        this.remote = (InetSocketAddress) channel.remoteAddress();
        this.remoteAddress = IpAddresses.bytes(remote.getAddress());
        this.lastReadTick = loop.tick();
        this.stall = new WriteStall(channel, loop, server.limits());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        loop.add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        loop.remove(this);
        releaseBuffers();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.remove(this);
        releaseBuffers();
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        lastReadTick = loop.tick();
        if (partial != null) {
            in = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), partial, in);
            partial = null;
        } else {
            firstByteTick = loop.tick();
        }
        switch (mode) {
            case LINGERING -> in.release();
            case UPGRADED -> forward(ctx, in);
            case FIRST_BYTES -> readFirst(ctx, in);
            case HTTP_1 -> readHttp1(ctx, in);
        }
    }

    private void readFirst(ChannelHandlerContext ctx, ByteBuf in) {
        int compared = Math.min(in.readableBytes(), PREFACE.readableBytes());
        if (!ByteBufUtil.equals(PREFACE, PREFACE.readerIndex(), in, in.readerIndex(), compared)) {
            mode = Mode.HTTP_1;
            readHttp1(ctx, in);
        } else if (compared < PREFACE.readableBytes()) {
            keepPartial(ctx, in);
        } else {
            http2.accept(ctx.pipeline(), loop);
            ctx.fireChannelRead(loop.received.toKeep(in, ctx.alloc()));
            ctx.fireChannelReadComplete();
            ctx.pipeline().remove(this);
        }
    }

    private void readHttp1(ChannelHandlerContext ctx, ByteBuf in) {
        FastPath fastPath = loop.fastPath;
        if (fastPath == null || server.isDraining() || !gate.isIdle() || !decoder.isDrained()) {
            forward(ctx, in);
        } else {
            answerFast(ctx, fastPath, in);
        }
    }

    private void answerFast(ChannelHandlerContext ctx, FastPath fastPath, ByteBuf in) {
        RawRequest request = loop.request;
        request.connection(remote, remoteAddress, tls);
        while (in.isReadable()) {
            int window = Math.min(in.readableBytes(), loop.windowBytes);
            in.getBytes(in.readerIndex(), request.array(), 0, window);
            int at = 0;
            int answered = 0;
            int end = request.parse(at, window);
            while (end > 0 && answer(ctx, fastPath, request)) {
                answered++;
                at = end;
                if (!request.keepAlive()) {
                    loop.countFast(answered);
                    in.release();
                    closeAfterAnswers = true;
                    mode = Mode.LINGERING;
                    return;
                }
                end = at < window ? request.parse(at, window) : RawRequest.INCOMPLETE;
            }
            loop.countFast(answered);
            in.skipBytes(at);
            if (end != RawRequest.INCOMPLETE) {
                forward(ctx, in);
                return;
            }
            if (at == 0) {
                keepPartialHead(ctx, in, window);
                return;
            }
            partialReads = 0;
            firstByteTick = loop.tick();
        }
        in.release();
    }

    /** A head that is too long for the window, or comes in too many pieces, is the codec's business. */
    private void keepPartialHead(ChannelHandlerContext ctx, ByteBuf in, int window) {
        if (window == loop.windowBytes || ++partialReads > PARTIAL_READS_MAX) {
            partialReads = 0;
            forward(ctx, in);
        } else {
            keepPartial(ctx, in);
        }
    }

    private void keepPartial(ChannelHandlerContext ctx, ByteBuf in) {
        partial = loop.received.toKeep(in, ctx.alloc());
    }

    private boolean answer(ChannelHandlerContext ctx, FastPath fastPath, RawRequest request) {
        ByteBuf out = answers;
        if (out == null || out.readableBytes() > ANSWERS_BYTES_MAX) {
            writeAnswers(ctx);
            out = loop.answers.borrow(ctx.alloc());
            answers = out;
        }
        int mark = out.writerIndex();
        try {
            if (fastPath.answer(request, out)) {
                return true;
            }
        } catch (RuntimeException e) {
            log.error("The fast path failed; the routes answer", e);
        }
        out.writerIndex(mark);
        return false;
    }

    @SuppressWarnings(
            "FutureReturnValueIgnored") // the void promise takes no listener; it reports a failure to exceptionCaught
    private void writeAnswers(ChannelHandlerContext ctx) {
        ByteBuf out = answers;
        if (out != null) {
            answers = null;
            ctx.write(out, ctx.voidPromise());
        }
    }

    private void forward(ChannelHandlerContext ctx, ByteBuf in) {
        writeAnswers(ctx);
        forwarded = true;
        decoder.receivedSince(firstByteTick);
        ctx.fireChannelRead(loop.received.toKeep(in, ctx.alloc()));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (answers != null) {
            writeAnswers(ctx);
            ctx.flush();
        }
        if (closeAfterAnswers) {
            closeAfterAnswers = false;
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> linger());
        }
        if (!channel.isWritable()) {
            channel.config().setAutoRead(false);
        }
        if (forwarded) {
            forwarded = false;
            ctx.fireChannelReadComplete();
        }
    }

    /** A client that does not read its answers is not asked for more requests. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        channel.config().setAutoRead(channel.isWritable() && !gate.isFull());
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void answered(ChannelFuture written, boolean keepAlive) {
        if (keepAlive && !server.isDraining()) {
            gate.answered();
        } else {
            gate.close();
            written.addListener(future -> linger());
        }
    }

    /** From now on bytes belong to another protocol, whose handlers stand behind this one. */
    void upgraded() {
        mode = Mode.UPGRADED;
    }

    private void linger() {
        if (!channel.isActive()) {
            return;
        }
        mode = Mode.LINGERING;
        lingerSinceTick = loop.tick();
        channel.config().setAutoRead(true);
        if (channel instanceof DuplexChannel duplex && !tls) {
            duplex.shutdownOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        } else {
            channel.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }
    }

    /** HTTP/1.1 can say it in an answer only: those to come say {@code Connection: close}. */
    @Override
    public void announceDrain() {}

    @Override
    public void drain() {
        if (mode == Mode.LINGERING || !isQuiet()) {
            return;
        }
        if (stall.unsentBytes() == 0) {
            channel.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        } else {
            closeAfter(Unpooled.EMPTY_BUFFER);
        }
    }

    private boolean isQuiet() {
        return mode != Mode.UPGRADED && partial == null && gate.isIdle() && decoder.isDrained();
    }

    @Override
    public void sweep(int tick) {
        HttpLimits limits = server.limits();
        if (stall.isOver()) {
            close("took no byte of its answer");
        } else if (mode == Mode.LINGERING) {
            if (loop.hasElapsed(lingerSinceTick, LINGER_MILLIS)) {
                channel.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
            }
        } else if (mode == Mode.UPGRADED || gate.isAnswering()) {
            // The protocol that took over has its own rules; a handler may take its time.
            return;
        } else if (partial != null) {
            if (loop.hasElapsed(firstByteTick, limits.headerTimeout().toMillis())) {
                timeOut("sent no whole header");
            }
        } else {
            sweepDecoder(limits);
        }
    }

    private void sweepDecoder(HttpLimits limits) {
        switch (decoder.position()) {
            case IN_HEAD -> {
                if (loop.hasElapsed(
                        decoder.positionSinceTick(), limits.headerTimeout().toMillis())) {
                    timeOut("sent no whole header");
                }
            }
            case IN_BODY -> {
                if (loop.hasElapsed(
                        decoder.positionSinceTick(), limits.bodyTimeout().toMillis())) {
                    timeOut("sent no whole body");
                }
            }
            case BETWEEN_MESSAGES -> {
                if (stall.unsentBytes() > 0) {
                    // It is reading an answer, however long that takes.
                    lastReadTick = loop.tick();
                } else if (loop.hasElapsed(lastReadTick, limits.idleTimeout().toMillis())) {
                    close("was idle");
                }
            }
        }
    }

    private void timeOut(String reason) {
        log.debug("Closing {}: it {}", remote, reason);
        server.metrics().timedOut();
        closeAfter(Unpooled.wrappedBuffer(REQUEST_TIMEOUT));
    }

    /** Takes nothing more, and closes when {@code last} and all that was written before it has left. */
    private void closeAfter(ByteBuf last) {
        gate.close();
        mode = Mode.LINGERING;
        channel.pipeline().context(this).writeAndFlush(last).addListener(written -> linger());
    }

    private void close(String reason) {
        log.debug("Closing {}: it {}", remote, reason);
        channel.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    private void releaseBuffers() {
        if (partial != null) {
            partial.release();
            partial = null;
        }
        if (answers != null) {
            answers.release();
            answers = null;
        }
    }
}
