package dev.casebook.common.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A body on its way from a {@link BodyWriter} to a client that reads as fast as it likes.
 *
 * <p>Bytes are gathered into chunks of {@value #CHUNK_BYTES}. At most {@value #CHUNKS_UNSENT_MAX} chunks are with the channel and not yet
 * with the kernel (HTTP/2: not yet granted by the client's window); a writer that has more waits for one of them to leave. So a
 * stream costs 80 KiB however long it is and however slow its client.
 *
 * <p>Nothing is sent before the first chunk is full: a body that fails before is an ordinary problem, and one that ends before
 * has a {@code Content-Length}.
 *
 * <p>Threads: the writer's own, save for {@link #attach} and {@link #abandon}, which the event loop calls.
 */
final class StreamedBody extends OutputStream {
    static final int CHUNK_BYTES = 16 << 10;
    static final int CHUNKS_UNSENT_MAX = 4;

    private static final Logger log = LoggerFactory.getLogger(StreamedBody.class);

    private final Request request;
    private final Reply head;
    private final CompletableFuture<Reply> ready;
    private final HttpMetrics metrics;
    private final long stallMillis;
    private final Semaphore unsent = new Semaphore(CHUNKS_UNSENT_MAX);
    private final CompletableFuture<Connected> connected = new CompletableFuture<>();
    private volatile boolean gone;
    private byte[] chunk = new byte[CHUNK_BYTES];
    private int chunkBytes;
    private boolean begun;

    private record Connected(Channel channel, Runnable afterLast) {}

    private static final class ClientGoneException extends IOException {
        private static final long serialVersionUID = 1L;

        ClientGoneException(String why) {
            super(why);
        }
    }

    /**
     * A body of which nothing is written yet.
     *
     * @param head the reply but for its body
     * @param ready completed with the reply as soon as it is known how it begins
     */
    StreamedBody(Request request, Reply head, CompletableFuture<Reply> ready, HttpMetrics metrics, HttpLimits limits) {
        this.request = request;
        this.head = head;
        this.ready = ready;
        this.metrics = metrics;
        this.stallMillis = limits.writeTimeout().toMillis();
    }

    /** Runs the writer to its end. Throws what it throws while the client has seen nothing. */
    void run(BodyWriter writer, boolean gzip) throws Exception {
        try {
            OutputStream out = gzip ? new GZIPOutputStream(this, CHUNK_BYTES) : this;
            writer.writeTo(out);
            out.close();
            end();
        } catch (Exception | Error failure) {
            if (!begun) {
                throw failure;
            }
            breakOff(failure);
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int left = length;
        while (left > 0) {
            if (chunkBytes == CHUNK_BYTES) {
                send();
            }
            int part = Math.min(left, CHUNK_BYTES - chunkBytes);
            System.arraycopy(bytes, from, chunk, chunkBytes, part);
            chunkBytes += part;
            from += part;
            left -= part;
        }
    }

    /** Nothing: writers flush after every row, which would make a packet of each. */
    @Override
    public void flush() {}

    private void send() throws IOException {
        Channel channel = begin().channel();
        acquire();
        if (gone) {
            throw new ClientGoneException("the client has left");
        }
        channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(chunk, 0, chunkBytes)))
                .addListener(written -> {
                    if (!written.isSuccess()) {
                        gone = true;
                    }
                    unsent.release();
                });
        chunk = new byte[CHUNK_BYTES];
        chunkBytes = 0;
    }

    private void acquire() throws IOException {
        try {
            if (!unsent.tryAcquire(stallMillis, TimeUnit.MILLISECONDS)) {
                throw new ClientGoneException("the client took nothing for " + stallMillis + " ms");
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private void end() throws IOException {
        if (!begun) {
            begun = true;
            ready.complete(head.withBytes(Arrays.copyOf(chunk, chunkBytes)));
            return;
        }
        if (chunkBytes > 0) {
            send();
        }
        Connected to = begin();
        to.channel().eventLoop().execute(to.afterLast());
    }

    private Connected begin() throws IOException {
        begun = true;
        ready.complete(head.streamed(this));
        try {
            return connected.get(stallMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new ClientGoneException("the client left before the answer began");
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("the server is going away");
    }

    private void breakOff(Throwable failure) {
        if (gone || failure instanceof ClientGoneException) {
            log.debug("{} was not written to its end: {}", request, failure.toString());
        } else {
            log.error("{} failed when part of its answer was sent", request, failure);
        }
        metrics.brokenOff();
        if (connected.isDone() && !connected.isCompletedExceptionally()) {
            connected.resultNow().channel().close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }
    }

    /**
     * The header is written; chunks may follow. On the event loop.
     *
     * @param afterLast ends the exchange once all chunks are written
     */
    void attach(Channel channel, Runnable afterLast) {
        connected.complete(new Connected(channel, afterLast));
    }

    /** The client is gone, or has asked for no body. On the event loop. */
    void abandon() {
        gone = true;
        connected.completeExceptionally(new ClientGoneException("the client has left"));
        unsent.release(CHUNKS_UNSENT_MAX);
    }
}
