package dev.casebook.common.http;

import dev.casebook.common.lifecycle.ListeningProcess;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server on Netty: epoll where the native library is there, NIO elsewhere. Serving when {@link Builder#start} has returned; stops by {@link #drain} and
 * {@link #close}. Thread-safe.
 */
public final class HttpServer implements AutoCloseable {
    private static final int BACKLOG = 4_096;
    private static final long CLOSE_MILLIS_MAX = 200;
    private static final Duration POLL = Duration.ofMillis(10);

    private final ServerContext context;
    /** Null when the loops are somebody else's, who closes them. */
    private final @Nullable EventLoops ownLoops;

    private final Map<EventLoop, LoopState> loops;
    private final ChannelGroup connections;
    private final Channel listener;
    private final boolean tls;
    private final AtomicBoolean closed = new AtomicBoolean();

    private HttpServer(
            ServerContext context,
            @Nullable EventLoops ownLoops,
            Map<EventLoop, LoopState> loops,
            ChannelGroup connections,
            Channel listener,
            boolean tls) {
        this.context = context;
        this.ownLoops = ownLoops;
        this.loops = loops;
        this.connections = connections;
        this.listener = listener;
        this.tls = tls;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The port it listens on; the one it got if it was asked for port 0. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Where a browser on this machine finds it, without a path. */
    public URI uri() {
        InetSocketAddress address = (InetSocketAddress) listener.localAddress();
        String host = address.getAddress().isAnyLocalAddress()
                ? "localhost"
                : address.getAddress().getHostAddress();
        return URI.create(
                (tls ? "https://" : "http://") + (host.contains(":") ? "[" + host + "]" : host) + ":" + port());
    }

    /** Connections open now. */
    public int openConnections() {
        return context.metrics().connections().get();
    }

    /** Event streams and WebSockets open now. */
    public int openStreams() {
        return context.metrics().streams().get();
    }

    /**
     * Refuses new connections, lets requests that have begun finish and closes their connections behind them. Returns when no connection is left or
     * {@code atMost} is over.
     *
     * <p>An idle HTTP/1.1 connection is a race: a request may be on its way on it, as from a load balancer's pool, and when the connection is closed before it arrives, its sender
     * cannot know whether it was taken; no proxy may repeat a POST then (RFC 9112 section 9.3.1). So for {@code grace} such requests are answered still, with {@code Connection: close}, and
     * only what stays idle for all of it is closed unasked. A new connection can be refused at once: nothing was sent on it. HTTP/2 needs no grace, as GOAWAY
     * says what was not taken.
     *
     * @param grace longer than a request is on its way; at most {@code atMost}
     */
    public void drain(Duration grace, Duration atMost) {
        long start = System.nanoTime();
        context.startDraining();
        listener.close().syncUninterruptibly();
        loops.forEach((loop, state) -> loop.execute(state::announceDrain));
        context.sockets().forEach(socket -> socket.close(1001, "going away"));
        context.streams().forEach(SseStream::close);
        awaitNoConnection(start + grace.toNanos());
        loops.forEach((loop, state) -> loop.execute(state::drain));
        awaitNoConnection(start + atMost.toNanos());
    }

    private void awaitNoConnection(long deadlineNanos) {
        while (!connections.isEmpty() && System.nanoTime() - deadlineNanos < 0) {
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Closes everything at once; {@link #drain} first if requests are to be finished. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        context.startDraining();
        listener.close().syncUninterruptibly();
        // An HTTP/2 connection would wait for its streams; the loops' shutdown does not.
        connections.close().awaitUninterruptibly(CLOSE_MILLIS_MAX);
        loops.forEach((loop, state) -> loop.execute(state::stop));
        context.dispatcher().close();
        if (ownLoops != null) {
            ownLoops.close();
        }
    }

    /** Settings of a server. Not thread-safe. */
    public static final class Builder {
        private String host = "127.0.0.1";
        private int port;
        private int eventLoops = Runtime.getRuntime().availableProcessors();
        private @Nullable EventLoops sharedLoops;
        private Routes routes = new Routes();
        private HttpLimits limits = HttpLimits.defaults();
        private TrustedProxies proxies = TrustedProxies.none();
        private MeterRegistry registry = new SimpleMeterRegistry();
        private InstantSource clock = InstantSource.system();
        private @Nullable Supplier<FastPath> fastPath;
        private @Nullable Cors cors;
        private @Nullable SslContext tls;

        private Builder() {}

        /** Where to listen; port 0 is any free one. */
        public Builder bind(String host, int port) {
            this.host = host;
            this.port = port;
            return this;
        }

        public Builder routes(Routes routes) {
            this.routes = routes;
            return this;
        }

        /** Answers from bytes before the codec; {@code perLoop} is called once for each event loop while the server starts. */
        public Builder fastPath(Supplier<FastPath> perLoop) {
            this.fastPath = perLoop;
            return this;
        }

        public Builder limits(HttpLimits limits) {
            this.limits = limits;
            return this;
        }

        public Builder metrics(MeterRegistry registry) {
            this.registry = registry;
            return this;
        }

        public Builder trustedProxies(TrustedProxies proxies) {
            this.proxies = proxies;
            return this;
        }

        public Builder cors(Cors cors) {
            this.cors = cors;
            return this;
        }

        /**
         * Serves HTTPS, HTTP/1.1 and HTTP/2, instead of HTTP.
         *
         * @param certificate X.509 chain in PEM
         * @param key PKCS #8 private key in PEM, not encrypted
         * @throws IllegalArgumentException naming the files, if they cannot be read or do not fit together
         */
        public Builder tls(Path certificate, Path key) {
            try {
                tls = SslContextBuilder.forServer(certificate.toFile(), key.toFile())
                        .protocols("TLSv1.3", "TLSv1.2")
                        .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                        .applicationProtocolConfig(new ApplicationProtocolConfig(
                                ApplicationProtocolConfig.Protocol.ALPN,
                                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                                ApplicationProtocolNames.HTTP_2,
                                ApplicationProtocolNames.HTTP_1_1))
                        .build();
            } catch (SSLException | IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "cannot serve TLS with certificate " + certificate + " and key " + key + ": " + e.getMessage(),
                        e);
            }
            return this;
        }

        /** How many threads serve connections; by default one per processor. */
        public Builder eventLoops(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("eventLoops must be > 0: " + count);
            }
            this.eventLoops = count;
            return this;
        }

        /** Serves on threads that the caller has, shares with other users, and closes after the server; their number is then not this builder's to say. */
        public Builder eventLoops(EventLoops shared) {
            this.sharedLoops = shared;
            return this;
        }

        /** The clock of {@code Date}. */
        public Builder clock(InstantSource clock) {
            this.clock = clock;
            return this;
        }

        /**
         * Listens and serves.
         *
         * @throws BindException if the address cannot be listened on; the message names port and option
         */
        public HttpServer start() throws BindException {
            HttpMetrics metrics = new HttpMetrics(registry);
            ServerContext context =
                    new ServerContext(limits, proxies, cors, new RouteDispatcher(routes, limits, metrics), metrics);
            EventLoops ownLoops = sharedLoops == null ? EventLoops.start(eventLoops) : null;
            EventLoops serving = sharedLoops == null ? Objects.requireNonNull(ownLoops) : sharedLoops;
            IdentityHashMap<EventLoop, LoopState> loops = new IdentityHashMap<>();
            for (EventLoop loop : serving.all()) {
                loops.put(loop, new LoopState(limits, proxies, fastPath == null ? null : fastPath.get(), clock));
            }
            metrics.countFastPath(List.copyOf(loops.values()));
            ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
            ConnectionInitializer initializer = new ConnectionInitializer(context, loops, connections, tls);
            InetSocketAddress address = new InetSocketAddress(host, port);
            ChannelFuture bound = new ServerBootstrap()
                    .group(serving.group())
                    .channelFactory(() -> listener(address))
                    .option(ChannelOption.SO_BACKLOG, BACKLOG)
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childHandler(initializer)
                    .bind(address)
                    .awaitUninterruptibly();
            if (!bound.isSuccess()) {
                context.dispatcher().close();
                if (ownLoops != null) {
                    ownLoops.close();
                }
                loops.values().forEach(LoopState::stop);
                throw cannotBind(bound.cause());
            }
            loops.forEach((loop, state) -> loop.execute(() -> state.start(loop)));
            return new HttpServer(context, ownLoops, loops, connections, bound.channel(), tls != null);
        }

        /** For an IPv4 address an IPv4 socket: one of both families has every call pass through IPv6 first. */
        private static ServerSocketChannel listener(InetSocketAddress address) {
            if (!Epoll.isAvailable()) {
                return new NioServerSocketChannel();
            }
            InetAddress ip = address.getAddress();
            return ip instanceof Inet4Address && !ip.isAnyLocalAddress()
                    ? new EpollServerSocketChannel(SocketProtocolFamily.INET)
                    : new EpollServerSocketChannel();
        }

        private BindException cannotBind(Throwable cause) {
            OptionalLong holder = port == 0 ? OptionalLong.empty() : new ListeningProcess().on(port);
            String why = holder.isPresent() ? "process " + holder.getAsLong() + " does" : cause.getMessage();
            BindException e =
                    new BindException("cannot listen on %s port %d (%s): choose another with --http-port or --bind"
                            .formatted(host, port, why));
            e.initCause(cause);
            return e;
        }
    }
}
