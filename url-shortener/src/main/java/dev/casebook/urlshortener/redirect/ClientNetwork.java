package dev.casebook.urlshortener.redirect;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/** The network of a client: its /24 (IPv4) or /64 (IPv6), the smallest blocks that one person commonly holds. */
final class ClientNetwork {
    private static final int IPV4_BYTES = 4;
    private static final int IPV4_HOST_BITS = 8;
    /** Keeps IPv4 networks apart from IPv6 ones: 100::/64 is the discard prefix (RFC 6666), no client's. */
    private static final long IPV4_MARK = 0x0100_0000_0000_0000L;

    private ClientNetwork() {}

    /** A number for it that no other network has. */
    static long of(InetAddress client) {
        ByteBuffer address = ByteBuffer.wrap(client.getAddress());
        return address.capacity() == IPV4_BYTES
                ? IPV4_MARK | (address.getInt() & 0xffff_ffffL) >>> IPV4_HOST_BITS
                : address.getLong();
    }
}
