package dev.casebook.common.http;

import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to one event loop: its fast path, the connections it serves, a coarse clock and the text of the date. Used on that loop only.
 *
 * <p>Time limits are checked by one sweep over the loop's connections each tick instead of a timer per connection: a request then costs one
 * field write, however many limits there are. A limit is kept to within a tick.
 */
final class LoopState {
    /** A connection that wants to know that time has passed. */
    interface Swept {
        /** Time has passed; {@code tick} is the loop's clock, in ticks of {@link #tickMillis}. */
        void sweep(int tick);

        /** The server is about to go: say so, if the protocol can say it unasked. */
        void announceDrain();

        /** The server takes no more requests: close now if there is nothing to finish. */
        void drain();
    }

    private static final DateTimeFormatter IMF_FIXDATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final long TICK_MILLIS_MAX = 500;
    private static final long TICKS_PER_LIMIT = 8;
    private static final int RECEIVE_BYTES = 16 << 10;
    private static final int RECEIVE_BYTES_WHILE_LENT = 2 << 10;
    private static final int ANSWERS_BYTES = 64 << 10;
    private static final int ANSWERS_BYTES_WHILE_LENT = 4 << 10;

    final RawRequest request;
    final int windowBytes;
    final @Nullable FastPath fastPath;
    final long tickMillis;
    final LoopBuffer received = new LoopBuffer(RECEIVE_BYTES, RECEIVE_BYTES_WHILE_LENT);
    final LoopReceiver receiver = new LoopReceiver(received);
    final LoopBuffer answers = new LoopBuffer(ANSWERS_BYTES, ANSWERS_BYTES_WHILE_LENT);
    private final InstantSource clock;
    private final List<Swept> connections = new ArrayList<>();
    private final AtomicLong fastRequests = new AtomicLong();
    private String date = "";
    private int tick;
    private @Nullable Future<?> sweeping;

    LoopState(HttpLimits limits, TrustedProxies proxies, @Nullable FastPath fastPath, InstantSource clock) {
        this.windowBytes = limits.uriBytes() + limits.headerBytes();
        this.request = new RawRequest(windowBytes, proxies);
        this.fastPath = fastPath;
        this.clock = clock;
        long shortest = Math.min(
                Math.min(limits.headerTimeout().toMillis(), limits.bodyTimeout().toMillis()),
                Math.min(limits.idleTimeout().toMillis(), limits.writeTimeout().toMillis()));
        this.tickMillis = Math.clamp(shortest / TICKS_PER_LIMIT, 1, TICK_MILLIS_MAX);
        updateDate();
    }

    void start(EventLoop loop) {
        sweeping = loop.scheduleAtFixedRate(this::sweep, tickMillis, tickMillis, TimeUnit.MILLISECONDS);
    }

    int tick() {
        return tick;
    }

    /** {@code Date} for responses, at most a tick and a second old. */
    String date() {
        return date;
    }

    /** Counts requests answered by the fast path; {@code lazySet} because only this loop writes and readers may lag. */
    void countFast(int requests) {
        fastRequests.lazySet(fastRequests.getPlain() + requests);
    }

    long fastRequests() {
        return fastRequests.get();
    }

    boolean hasElapsed(int sinceTick, long limitMillis) {
        return (tick - sinceTick) * tickMillis > limitMillis;
    }

    void add(Swept connection) {
        connections.add(connection);
    }

    void remove(Swept connection) {
        connections.remove(connection);
    }

    /** Once, when no connection is left that matters. */
    void stop() {
        if (sweeping != null) {
            sweeping.cancel(false);
        }
        received.close();
        answers.close();
    }

    void announceDrain() {
        List.copyOf(connections).forEach(Swept::announceDrain);
    }

    void drain() {
        List.copyOf(connections).forEach(Swept::drain);
    }

    private void sweep() {
        tick++;
        updateDate();
        // From the end, because a connection that is closed by its sweep leaves the list.
        for (int i = connections.size() - 1; i >= 0; i--) {
            if (i < connections.size()) {
                connections.get(i).sweep(tick);
            }
        }
    }

    private void updateDate() {
        String now = IMF_FIXDATE.format(clock.instant());
        if (!now.equals(date)) {
            date = now;
            request.dateLine(("date: " + now + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
    }
}
