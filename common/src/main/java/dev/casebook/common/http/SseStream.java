package dev.casebook.common.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The sending end of a <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-Sent Events</a> stream. Thread-safe; no method blocks.
 *
 * <p>A client that reads too slowly is not waited for: when {@link HttpLimits#streamBytes} are unsent, {@link #send} refuses, and the caller decides whether that
 * event matters (a counter's newer value replaces the refused one by itself). A comment every {@value #HEARTBEAT_SECONDS} s keeps proxies from closing an idle stream and finds
 * clients that are gone.
 */
public final class SseStream implements AutoCloseable {
    private static final int HEARTBEAT_SECONDS = 15;
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private final EventLoop loop;
    private final int unsentBytesMax;
    private final AtomicInteger unsentBytes = new AtomicInteger();
    private final CompletableFuture<Reply> opened = new CompletableFuture<>();
    // On the event loop only, down to the volatile.
    private final Queue<byte[]> beforeHeader = new ArrayDeque<>();
    private final List<Runnable> closeListeners = new ArrayList<>();
    private @Nullable Channel channel;
    private @Nullable Runnable afterLast;
    private @Nullable Future<?> heartbeat;
    private boolean closeRequested;
    private volatile boolean closed;

    SseStream(EventLoop loop, int unsentBytesMax) {
        this.loop = loop;
        this.unsentBytesMax = unsentBytesMax;
    }

    /** Like {@link #send(String, String, String)} with neither name nor id. */
    public boolean send(String data) {
        return offer(encode(null, null, data));
    }

    /** Like {@link #send(String, String, String)} without an id. */
    public boolean send(String event, String data) {
        return offer(encode(event, null, data));
    }

    /**
     * Sends an event.
     *
     * @param event what the page listens for
     * @param id what the client sends as {@code Last-Event-ID} when it connects again
     * @param data may have several lines
     * @return false if the stream is closed, or the client is so far behind that the event was dropped
     */
    public boolean send(String event, String id, String data) {
        return offer(encode(event, id, data));
    }

    public boolean isOpen() {
        return !closed;
    }

    /** Runs {@code listener} on the event loop when the stream is closed by either side, at once if it is closed already. Must not block. */
    public void onClose(Runnable listener) {
        loop.execute(() -> {
            if (closed) {
                listener.run();
            } else {
                closeListeners.add(listener);
            }
        });
    }

    /** Ends the stream after what was sent so far. */
    @Override
    public void close() {
        loop.execute(this::finish);
    }

    /** Completes when the handler has decided to answer with a stream. */
    CompletableFuture<Reply> opened() {
        return opened;
    }

    void open() {
        opened.complete(Reply.events(this));
    }

    /** The header is written; events may follow. On the event loop. */
    void attach(Channel to, Runnable whenFinished) {
        channel = to;
        afterLast = whenFinished;
        heartbeat = loop.scheduleAtFixedRate(this::beat, HEARTBEAT_SECONDS, HEARTBEAT_SECONDS, TimeUnit.SECONDS);
        beforeHeader.forEach(event -> write(to, event));
        beforeHeader.clear();
        if (closeRequested) {
            finish();
        }
    }

    /** The client is gone, or nobody will ever attach. On the event loop. */
    void abandon() {
        if (closed) {
            return;
        }
        closed = true;
        if (heartbeat != null) {
            heartbeat.cancel(false);
        }
        closeListeners.forEach(Runnable::run);
        closeListeners.clear();
    }

    private boolean offer(byte[] event) {
        if (closed) {
            return false;
        }
        if (unsentBytes.addAndGet(event.length) > unsentBytesMax) {
            unsentBytes.addAndGet(-event.length);
            return false;
        }
        loop.execute(() -> {
            if (channel == null) {
                beforeHeader.add(event);
            } else {
                write(channel, event);
            }
        });
        open();
        return true;
    }

    private void write(Channel to, byte[] event) {
        if (closed) {
            unsentBytes.addAndGet(-event.length);
            return;
        }
        to.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(event)))
                .addListener(written -> unsentBytes.addAndGet(-event.length));
    }

    private void beat() {
        Channel to = channel;
        if (to != null && to.isWritable()) {
            to.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(HEARTBEAT)))
                    .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }

    private void finish() {
        Channel to = channel;
        Runnable after = afterLast;
        if (to == null || after == null) {
            closeRequested = true;
            open();
        } else if (!closed) {
            abandon();
            after.run();
        }
    }

    private static byte[] encode(@Nullable String event, @Nullable String id, String data) {
        StringBuilder lines = new StringBuilder(data.length() + 32);
        if (event != null) {
            lines.append("event: ").append(requireOneLine("event", event)).append('\n');
        }
        if (id != null) {
            lines.append("id: ").append(requireOneLine("id", id)).append('\n');
        }
        data.lines().forEach(line -> lines.append("data: ").append(line).append('\n'));
        if (data.isEmpty()) {
            lines.append("data\n");
        }
        return lines.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String requireOneLine(String name, String value) {
        if (value.chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
            throw new IllegalArgumentException(name + " must be one line: '" + value + "'");
        }
        return value;
    }
}
