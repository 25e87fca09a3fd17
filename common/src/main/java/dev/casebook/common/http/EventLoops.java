package dev.casebook.common.http;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The threads that serve connections: epoll where the native library is there, NIO elsewhere. Opened apart from the {@link HttpServer} by who wants clients of his own on them, so that a
 * request which asks another server never changes threads. They must then be closed after those clients and after the server. Thread-safe.
 */
public final class EventLoops implements AutoCloseable {
    private static final int CLOSE_SECONDS_MAX = 5;

    private final EventLoopGroup group;
    private final List<EventLoop> all;

    private EventLoops(EventLoopGroup group) {
        this.group = group;
        List<EventLoop> loops = new ArrayList<>();
        for (EventExecutor executor : group) {
            loops.add((EventLoop) executor);
        }
        this.all = List.copyOf(loops);
    }

    /**
     * So many threads, each of which begins with its first task.
     *
     * @throws IllegalArgumentException when {@code count} is below 1
     */
    public static EventLoops start(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("eventLoops must be > 0: " + count);
        }
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new EventLoops(new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("http-loop", true), io));
    }

    /** Each is a group of itself alone. */
    public List<EventLoop> all() {
        return all;
    }

    /** What a client's channel has to be to be registered on them. */
    public Class<? extends SocketChannel> clientChannel() {
        return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    EventLoopGroup group() {
        return group;
    }

    /** Ends the threads, and with them every channel that is still registered. */
    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
