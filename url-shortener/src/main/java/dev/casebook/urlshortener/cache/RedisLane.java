package dev.casebook.urlshortener.cache;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ValueOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread that serves requests, and the Redis connection that it reads and writes itself. A redirect that has to ask Redis
 * so stays on one thread from its first byte to its last: over a connection of another thread it would be handed over
 * twice, and twice wait for a processor.
 *
 * <p>What the thread asks while it goes once through its ready connections is written by one system call at the end.
 *
 * <p>{@link #get} belongs to the lane's thread, {@link #beat} to the keeper's.
 */
final class RedisLane {
    private static final ByteArrayCodec CODEC = ByteArrayCodec.INSTANCE;

    private final Executor thread;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final long patienceNanos;
    private final LongSupplier nanoTime;
    private final AtomicBoolean pulseDue = new AtomicBoolean();
    private volatile boolean dead;

    // On the lane's thread only.
    private List<AsyncCommand<byte[], byte[], byte[]>> asked = new ArrayList<>();
    private @Nullable RedisFuture<String> signOfLife;
    private long askedNanos;
    private boolean overdue;

    /**
     * @param thread of the connection
     * @param patienceNanos how long the server may leave a question unanswered
     */
    RedisLane(
            Executor thread,
            StatefulRedisConnection<byte[], byte[]> connection,
            long patienceNanos,
            LongSupplier nanoTime) {
        this.thread = thread;
        this.connection = connection;
        this.patienceNanos = patienceNanos;
        this.nanoTime = nanoTime;
    }

    /** The key's value or null, told on the lane's thread. Fails when the connection is closed. */
    CompletionStage<byte[]> get(byte[] key) {
        var command = new AsyncCommand<>(
                new Command<>(CommandType.GET, new ValueOutput<>(CODEC), new CommandArgs<>(CODEC).addKey(key)));
        asked.add(command);
        if (asked.size() == 1) {
            thread.execute(this::send);
        }
        return command;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the commands themselves are what is waited for
    private void send() {
        List<AsyncCommand<byte[], byte[], byte[]>> batch = asked;
        asked = new ArrayList<>();
        connection.dispatch(batch);
    }

    /**
     * Takes the server's pulse; called every heartbeat.
     *
     * @return false when the connection is closed, or the server has kept a question waiting for too long
     */
    boolean beat() {
        if (pulseDue.compareAndSet(false, true)) {
            thread.execute(this::takePulse);
        }
        return !dead && connection.isOpen();
    }

    /**
     * On the lane's thread, so that a thread that is late does not convict the server: it is overdue twice, and in between
     * the thread has read whatever had arrived.
     */
    private void takePulse() {
        pulseDue.set(false);
        RedisFuture<String> last = signOfLife;
        long now = nanoTime.getAsLong();
        if (last == null || last.toCompletableFuture().isDone()) {
            dead |= last != null && last.toCompletableFuture().isCompletedExceptionally();
            overdue = false;
            askedNanos = now;
            signOfLife = connection.async().ping();
        } else if (now - askedNanos > patienceNanos) {
            dead |= overdue;
            overdue = true;
        }
    }

    StatefulRedisConnection<byte[], byte[]> connection() {
        return connection;
    }
}
