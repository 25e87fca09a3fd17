package dev.casebook.urlshortener;

import dev.casebook.common.http.EventLoops;
import dev.casebook.urlshortener.cache.ServingThread;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.lettuce.core.resource.Transports;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The server's event loops, offered to the Redis driver, which works on the same kind. */
final class RequestLoops {
    private RequestLoops() {}

    /** Empty where the driver would take another transport than the server (kqueue). */
    static List<ServingThread> of(EventLoops loops) {
        if (Transports.socketChannelClass() != loops.clientChannel()) {
            return List.of();
        }
        return loops.all().stream()
                .map(loop -> new ServingThread(loop, new One(loop)))
                .toList();
    }

    /** A loop that the driver may use and not end. */
    private record One(EventLoop loop) implements EventLoopGroupProvider {
        @Override
        @SuppressWarnings(
                "unchecked") // the driver names a class only to tell transports apart; a loop is a group of one
        public <T extends EventLoopGroup> T allocate(Class<T> type) {
            return (T) loop;
        }

        @Override
        public int threadPoolSize() {
            return 1;
        }

        @Override
        public Future<Boolean> release(EventExecutorGroup group, long quietPeriod, long timeout, TimeUnit unit) {
            return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
        }

        @Override
        public Future<Boolean> shutdown(long quietPeriod, long timeout, TimeUnit unit) {
            return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
        }
    }
}
