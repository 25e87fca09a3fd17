package dev.casebook.urlshortener.analytics.capture;

/**
 * The part of a client's address that may leave the node: an IPv4 address loses its last 8 bits, an IPv6 address its last
 * 80. The prefix of an address is the address's own first bytes, so cutting it copies nothing.
 */
final class AddressPrefix {
    private static final int V4_BYTES = 4;
    private static final int V4_PREFIX_BYTES = 3;
    private static final int V6_BYTES = 16;
    private static final int V6_PREFIX_BYTES = 6;
    private static final int V4_MAPPED_OFFSET = 12;

    private AddressPrefix() {}

    /**
     * Rewrites an IPv4-mapped IPv6 address ({@code ::ffff:a.b.c.d}) at the start of {@code address} to plain IPv4, of
     * which /48 would keep nothing.
     *
     * @return the length of the address afterwards
     */
    static int unmap(byte[] address, int length) {
        if (length != V6_BYTES || address[10] != -1 || address[11] != -1) {
            return length;
        }
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) {
                return length;
            }
        }
        System.arraycopy(address, V4_MAPPED_OFFSET, address, 0, V4_BYTES);
        return V4_BYTES;
    }

    /** How many leading bytes of an address of this length may leave the node. */
    static int prefixLength(int addressLength) {
        return switch (addressLength) {
            case V4_BYTES -> V4_PREFIX_BYTES;
            case V6_BYTES -> V6_PREFIX_BYTES;
            default -> 0;
        };
    }
}
