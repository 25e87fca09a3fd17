package dev.casebook.urlshortener.cache;

import io.lettuce.core.api.push.PushListener;
import io.lettuce.core.api.push.PushMessage;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Turns the pushes of {@code CLIENT TRACKING} (RESP3) into invalidations: {@code invalidate [key ...]} names fences that
 * were written, expired or evicted; {@code invalidate null} says that the database was flushed.
 *
 * <p>Lettuce's own client-side caching is not used: it has an open race between a read and an invalidation on their way
 * (redis/lettuce#3481) and does not arm tracking again after a reconnect (#1380).
 *
 * <p>Runs on the tracking connection's I/O thread, in the order in which the server sent.
 */
final class InvalidationListener implements PushListener {
    private static final String INVALIDATE = "invalidate";

    private final int prefixBytes;
    private final CoherenceEvents events;

    InvalidationListener(String fencePrefix, CoherenceEvents events) {
        this.prefixBytes = fencePrefix.length();
        this.events = events;
    }

    @Override
    public void onPushMessage(PushMessage message) {
        if (!message.getType().equals(INVALIDATE)) {
            return;
        }
        List<Object> content = message.getContent();
        if (content.size() < 2 || !(content.get(1) instanceof List<?> keys)) {
            events.cleared();
            return;
        }
        for (Object key : keys) {
            if (key instanceof ByteBuffer buffer) {
                ByteBuffer name = buffer.duplicate();
                byte[] bytes = new byte[Math.max(0, name.remaining() - prefixBytes)];
                name.position(name.limit() - bytes.length).get(bytes);
                events.invalidated(bytes);
            }
        }
    }
}
