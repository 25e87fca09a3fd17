package dev.casebook.benchmarks.load;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 over Netty: keep-alive connections that are opened beforehand, one request on each at a time (no pipelining,
 * as no browser pipelines). A connection that breaks is opened again.
 */
public final class HttpTarget implements LoadTarget {
    private static final int CLOSE_SECONDS_MAX = 5;

    private final List<String> operations;
    private final ExpectedStatus expected;
    private final MultiThreadIoEventLoopGroup group;
    private final List<HttpLane> lanes;

    /** See {@link LoadTarget#isExpected}. */
    @FunctionalInterface
    public interface ExpectedStatus {
        boolean test(int operation, int status);
    }

    private HttpTarget(
            List<String> operations, ExpectedStatus expected, MultiThreadIoEventLoopGroup group, List<HttpLane> lanes) {
        this.operations = List.copyOf(operations);
        this.expected = expected;
        this.group = group;
        this.lanes = lanes;
    }

    /**
     * Opens all connections.
     *
     * @param operations the names that {@link HttpRequestSource#next} gives indexes of
     * @param expected which answers are good
     * @param sources the requests of each lane, by its index
     * @throws IOException when the service does not accept a connection
     */
    public static HttpTarget open(
            LoadSetup setup,
            List<String> operations,
            ExpectedStatus expected,
            IntFunction<? extends HttpRequestSource> sources)
            throws IOException {
        boolean tls = "https".equals(setup.uri().getScheme());
        if (!tls && !"http".equals(setup.uri().getScheme())) {
            throw new IllegalArgumentException("the URL must begin with http:// or https://: " + setup.uri());
        }
        int port = setup.uri().getPort() > 0 ? setup.uri().getPort() : tls ? 443 : 80;
        InetSocketAddress address = new InetSocketAddress(setup.uri().getHost(), port);
        if (address.isUnresolved()) {
            throw new IOException("no such host: " + setup.uri().getHost());
        }
        @Nullable SslContext ssl = tls ? SslContextBuilder.forClient().build() : null;
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends SocketChannel> channel = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(setup.lanes(), io);
        List<HttpLane> lanes = new ArrayList<>();
        List<CompletableFuture<Void>> ready = new ArrayList<>();
        for (int i = 0; i < setup.lanes(); i++) {
            EventLoop loop = group.next();
            HttpLane lane = new HttpLane(loop, channel, address, ssl, sources.apply(i), setup.timeout());
            int connections = setup.connections() / setup.lanes() + (i < setup.connections() % setup.lanes() ? 1 : 0);
            lanes.add(lane);
            ready.add(lane.connect(connections));
        }
        HttpTarget target = new HttpTarget(operations, expected, group, lanes);
        try {
            ready.forEach(CompletableFuture::join);
        } catch (CompletionException failure) {
            target.close();
            throw new IOException("cannot connect to " + setup.uri() + ": " + failure.getCause(), failure);
        }
        return target;
    }

    @Override
    public List<String> operations() {
        return operations;
    }

    @Override
    public List<HttpLane> lanes() {
        return lanes;
    }

    @Override
    public boolean isExpected(int operation, int status) {
        return expected.test(operation, status);
    }

    @Override
    public void close() {
        lanes.forEach(HttpLane::close);
        group.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
