package dev.casebook.urlshortener.redirect;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How many unknown codes the clients of one network may ask for. A keyed permutation hides which codes exist, but not how
 * many: among 62^7 codes and a billion links one guess in 3,500 hits, so guessing is made slow. Counted per /24 (IPv4) and
 * /64 (IPv6), the smallest blocks that one person commonly holds. Thread-safe, bounded memory.
 */
final class MissBudget {
    private static final int IPV4_BYTES = 4;
    private static final int IPV4_HOST_BITS = 8;
    /** Keeps IPv4 networks apart from IPv6 ones: 100::/64 is the discard prefix (RFC 6666), no client's. */
    private static final long IPV4_MARK = 0x0100_0000_0000_0000L;

    private final TokenBuckets buckets;

    MissBudget(RedirectSettings settings, LongSupplier nanoTime) {
        this.buckets = new TokenBuckets(settings.missesBurst(), settings.missEvery(), settings.clientsMax(), nanoTime);
    }

    /** Zero when the client may ask; else how long it must rest. */
    Duration rest(InetAddress client) {
        return Duration.ofNanos(buckets.nanosToNext(network(client)));
    }

    /** Charges the client for an unknown code. */
    void charge(InetAddress client) {
        buckets.take(network(client));
    }

    private static long network(InetAddress client) {
        ByteBuffer address = ByteBuffer.wrap(client.getAddress());
        return address.capacity() == IPV4_BYTES
                ? IPV4_MARK | (address.getInt() & 0xffff_ffffL) >>> IPV4_HOST_BITS
                : address.getLong();
    }
}
