package dev.casebook.urlshortener.redirect;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;

/** The three ways to write addresses in a rule: one address, a CIDR block, or IPv4 with stars ({@code 10.0.*.*}). */
final class AddressPattern {
    private static final int IPV4_BYTES = 4;

    private AddressPattern() {}

    /** False as well for a pattern that is none of the three. */
    static boolean matches(String pattern, InetAddress address) {
        byte[] bytes = address.getAddress();
        if (pattern.indexOf('*') >= 0) {
            return matchesStars(pattern, bytes);
        }
        int slash = pattern.indexOf('/');
        String literal = slash < 0 ? pattern : pattern.substring(0, slash);
        Optional<byte[]> prefix = parse(literal).filter(parsed -> parsed.length == bytes.length);
        if (prefix.isEmpty()) {
            return false;
        }
        int bits = bytes.length * Byte.SIZE;
        if (slash >= 0) {
            String suffix = pattern.substring(slash + 1);
            if (!suffix.matches("\\d{1,3}") || Integer.parseInt(suffix) > bits) {
                return false;
            }
            bits = Integer.parseInt(suffix);
        }
        return startsWith(bytes, prefix.get(), bits);
    }

    private static boolean startsWith(byte[] address, byte[] prefix, int bits) {
        int whole = bits / Byte.SIZE;
        int rest = bits % Byte.SIZE;
        return Arrays.equals(address, 0, whole, prefix, 0, whole)
                && (rest == 0 || ((address[whole] ^ prefix[whole]) & 0xff) >>> (Byte.SIZE - rest) == 0);
    }

    private static boolean matchesStars(String pattern, byte[] address) {
        String[] parts = pattern.split("\\.", -1);
        if (address.length != IPV4_BYTES || parts.length != IPV4_BYTES) {
            return false;
        }
        for (int i = 0; i < IPV4_BYTES; i++) {
            if (!parts[i].equals("*") && !parts[i].equals(Integer.toString(address[i] & 0xff))) {
                return false;
            }
        }
        return true;
    }

    private static Optional<byte[]> parse(String literal) {
        try {
            return Optional.of(InetAddress.ofLiteral(literal).getAddress());
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }
}
