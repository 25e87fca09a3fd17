package dev.casebook.urlshortener.cache;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The right to load one key for the whole cluster, as a token that no one else holds: the node's random number and a
 * counter. It stands in Redis with a time to live ({@code SET NX PX}); whoever changes the key deletes it, which makes the
 * holder's result worthless for L2 without asking the holder.
 */
@SuppressWarnings("ArrayRecordComponent") // identity does for what is only handed to Redis
record LoadLease(byte[] token) {
    /** Issues the leases of one process. Thread-safe. */
    static final class Issuer {
        private final long node;
        private final AtomicLong issued = new AtomicLong();

        Issuer(long node) {
            this.node = node;
        }

        LoadLease next() {
            return new LoadLease(ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(node)
                    .putLong(issued.incrementAndGet())
                    .array());
        }
    }
}
