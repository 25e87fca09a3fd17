package dev.casebook.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An event loop with its share of the connections. Everything runs on the loop, so nothing is locked. */
// A failed write or close needs no listener of its own: it ends the connection, and channelInactive counts that.
@SuppressWarnings("FutureReturnValueIgnored")
final class HttpLane implements LoadLane {
    private static final int CONNECT_MILLIS_MAX = 5_000;
    private static final long RECONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** How exactly timeouts are kept. */
    private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final EventLoop loop;
    private final Bootstrap bootstrap;
    private final HttpRequestSource source;
    private final long timeoutNanos;
    private final Deque<Connection> free = new ArrayDeque<>();
    private final List<Connection> busy = new ArrayList<>();
    private @Nullable Completions completions;
    private boolean closed;

    HttpLane(
            EventLoop loop,
            Class<? extends SocketChannel> channel,
            InetSocketAddress address,
            @Nullable SslContext ssl,
            HttpRequestSource source,
            Duration timeout) {
        this.loop = loop;
        this.source = source;
        this.timeoutNanos = timeout.toNanos();
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(channel)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS_MAX)
                .remoteAddress(address)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel opened) {
                        if (ssl != null) {
                            opened.pipeline()
                                    .addLast(
                                            ssl.newHandler(opened.alloc(), address.getHostString(), address.getPort()));
                        }
                        opened.pipeline().addLast(new HttpResponseDecoder(), new Connection());
                    }
                });
    }

    /** Opens connections; done when all are open, failed when one is refused. */
    CompletableFuture<Void> connect(int connections) {
        List<CompletableFuture<Void>> opened = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            CompletableFuture<Void> one = new CompletableFuture<>();
            bootstrap.connect().addListener(done -> {
                if (done.isSuccess()) {
                    one.complete(null);
                } else {
                    one.completeExceptionally(done.cause());
                }
            });
            opened.add(one);
        }
        loop.execute(this::sweep);
        return CompletableFuture.allOf(opened.toArray(CompletableFuture[]::new));
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public void schedule(Runnable task, long delayNanos) {
        loop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void attach(Completions told) {
        completions = told;
    }

    @Override
    public boolean trySend(long intendedNanos) {
        Connection connection = free.pollFirst();
        if (connection == null) {
            return false;
        }
        connection.send(intendedNanos);
        return true;
    }

    void close() {
        loop.execute(() -> {
            closed = true;
            List<Connection> all = new ArrayList<>(free);
            all.addAll(busy);
            all.forEach(Connection::end);
        });
    }

    private void sweep() {
        if (closed) {
            return;
        }
        long now = System.nanoTime();
        for (Connection connection : List.copyOf(busy)) {
            if (now - connection.sentNanos > timeoutNanos) {
                connection.fail(Failure.TIMEOUT);
                connection.end();
            }
        }
        schedule(this::sweep, SWEEP_NANOS);
    }

    private void reconnect() {
        if (closed) {
            return;
        }
        bootstrap.connect().addListener(done -> {
            if (!done.isSuccess()) {
                schedule(this::reconnect, RECONNECT_NANOS);
            }
        });
    }

    /** One connection, idle or with one request on it. */
    private final class Connection extends ChannelInboundHandlerAdapter {
        private static final int REQUEST_BYTES = 512;

        private @Nullable ChannelHandlerContext context;
        /** Of the request in flight; null when idle. Kept from when it was sent: a later step attaches others. */
        private @Nullable Completions told;

        private int operation;
        private int status;
        private long intendedNanos;
        private long sentNanos;
        private boolean reusable;
        /** Where this stands in {@link HttpLane#busy}. */
        private int busyIndex;

        void send(long intended) {
            ChannelHandlerContext channel = Objects.requireNonNull(context);
            ByteBuf request = channel.alloc().directBuffer(REQUEST_BYTES);
            operation = source.next(request);
            told = completions;
            intendedNanos = intended;
            busyIndex = busy.size();
            busy.add(this);
            sentNanos = System.nanoTime();
            channel.writeAndFlush(request, channel.voidPromise());
        }

        void end() {
            if (context != null) {
                context.close();
            }
        }

        void fail(Failure failure) {
            Completions waiting = told;
            if (waiting != null) {
                leaveBusy();
                waiting.failed(operation, failure, intendedNanos);
            }
        }

        @Override
        public void channelActive(ChannelHandlerContext opened) {
            context = opened;
            free.addLast(this);
            Completions waiting = completions;
            if (waiting != null) {
                waiting.connected();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext channel, Object message) {
            if (message instanceof HttpResponse response) {
                status = response.status().code();
                reusable = HttpUtil.isKeepAlive(response)
                        && response.decoderResult().isSuccess();
            }
            if (message instanceof LastHttpContent last) {
                reusable &= last.decoderResult().isSuccess();
                answered(channel);
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext channel) {
            free.remove(this);
            fail(Failure.DISCONNECTED);
            reconnect();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext channel, Throwable cause) {
            // A reset or a broken answer: channelInactive counts it.
            channel.close();
        }

        private void answered(ChannelHandlerContext channel) {
            Completions waiting = told;
            if (waiting == null || status < 200) {
                return;
            }
            leaveBusy();
            if (reusable) {
                free.addLast(this);
            } else {
                channel.close();
            }
            waiting.answered(operation, status, intendedNanos);
        }

        private void leaveBusy() {
            told = null;
            Connection last = busy.removeLast();
            if (last != this) {
                busy.set(busyIndex, last);
                last.busyIndex = busyIndex;
            }
        }
    }
}
