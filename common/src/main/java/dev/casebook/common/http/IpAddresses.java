package dev.casebook.common.http;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Textual IP addresses to bytes, straight from a request's bytes: no allocation, no name lookup ({@code InetAddress.getByName} would resolve a name that a
 * client has put into a header). IPv4 is the four-part decimal form only, IPv6 the text forms of RFC 4291 section 2.2 without a zone; an IPv4-mapped IPv6
 * address becomes the IPv4 address.
 */
final class IpAddresses {
    /** Length of the larger kind of address, in bytes. */
    static final int BYTES_MAX = 16;

    private static final int GROUPS = 8;

    private IpAddresses() {}

    /**
     * Parses {@code text[from, to)} into {@code out}.
     *
     * @param out at least {@link #BYTES_MAX} long; its content is undefined when the result is 0
     * @return how many bytes the address has: 4 or 16, or 0 if this is no address
     */
    static int parse(byte[] text, int from, int to, byte[] out) {
        for (int i = from; i < to; i++) {
            if (text[i] == ':') {
                return unmap(out, parseV6(text, from, to, out));
            }
        }
        return parseV4(text, from, to, out, 0) ? 4 : 0;
    }

    static int parse(String text, byte[] out) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return parse(bytes, 0, bytes.length, out);
    }

    /** The bytes of an address, IPv4 even when it came mapped into IPv6. */
    static byte[] bytes(InetAddress address) {
        byte[] bytes = address.getAddress();
        return Arrays.copyOf(bytes, unmap(bytes, bytes.length));
    }

    /** If {@code address[0, length)} is an IPv4-mapped IPv6 address, makes it the IPv4 address; returns the length. */
    static int unmap(byte[] address, int length) {
        if (length != BYTES_MAX || address[10] != -1 || address[11] != -1) {
            return length;
        }
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) {
                return length;
            }
        }
        System.arraycopy(address, 12, address, 0, 4);
        return 4;
    }

    private static boolean parseV4(byte[] text, int from, int to, byte[] out, int at) {
        int part = 0;
        int value = 0;
        int digits = 0;
        for (int i = from; i <= to; i++) {
            if (i == to || text[i] == '.') {
                if (digits == 0 || part > 3) {
                    return false;
                }
                out[at + part++] = (byte) value;
                value = 0;
                digits = 0;
            } else {
                int digit = text[i] - '0';
                // A leading zero is refused: some readers take it for octal.
                if (digit < 0 || digit > 9 || digits == 3 || (digits > 0 && value == 0)) {
                    return false;
                }
                value = value * 10 + digit;
                digits++;
                if (value > 255) {
                    return false;
                }
            }
        }
        return part == 4;
    }

    private static int parseV6(byte[] text, int from, int to, byte[] out) {
        int written = 0;
        int gapAt = -1;
        int i = from;
        if (to - from >= 2 && text[from] == ':' && text[from + 1] == ':') {
            gapAt = 0;
            i += 2;
        }
        while (i < to) {
            int groupStart = i;
            int value = 0;
            while (i < to && hex(text[i]) >= 0) {
                value = value << 4 | hex(text[i]);
                i++;
            }
            if (i < to && text[i] == '.') {
                if (written > 2 * (GROUPS - 2) || !parseV4(text, groupStart, to, out, written)) {
                    return 0;
                }
                written += 4;
                i = to;
                break;
            }
            if (i == groupStart || i - groupStart > 4 || written == 2 * GROUPS) {
                return 0;
            }
            out[written++] = (byte) (value >> 8);
            out[written++] = (byte) value;
            if (i == to) {
                break;
            }
            if (text[i] != ':' || i + 1 == to) {
                return 0;
            }
            i++;
            if (text[i] == ':') {
                if (gapAt >= 0) {
                    return 0;
                }
                gapAt = written;
                i++;
            }
        }
        return expandGap(out, written, gapAt) ? BYTES_MAX : 0;
    }

    private static boolean expandGap(byte[] out, int written, int gapAt) {
        if (gapAt < 0) {
            return written == BYTES_MAX;
        }
        if (written > BYTES_MAX - 2) {
            return false;
        }
        int tail = written - gapAt;
        System.arraycopy(out, gapAt, out, BYTES_MAX - tail, tail);
        Arrays.fill(out, gapAt, BYTES_MAX - tail, (byte) 0);
        return true;
    }

    private static int hex(byte c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
