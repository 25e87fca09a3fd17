package dev.casebook.common.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The networks whose {@code X-Forwarded-*} fields are believed. Immutable, thread-safe.
 *
 * <p>A proxy appends the address it received the request from to {@code X-Forwarded-For}, so the field is read from right to left: the connection's own peer must
 * be trusted for the last entry to count, that entry must be trusted for the one before it, and the first that is not trusted is the client. What
 * a client has written itself stands left of that and is never reached. An entry that is no address ends the walk at the last address that was one.
 */
public final class TrustedProxies {
    private static final TrustedProxies NONE = new TrustedProxies(List.of());

    /** Hops looked at before the walk stops: a bound on what one request costs. */
    private static final int HOPS_MAX = 32;

    private final Network[] networks;

    private static final class Network {
        final byte[] prefix;
        final int bits;

        Network(byte[] prefix, int bits) {
            this.prefix = prefix;
            this.bits = bits;
        }

        boolean contains(byte[] address, int length) {
            if (length != prefix.length) {
                return false;
            }
            int whole = bits >> 3;
            for (int i = 0; i < whole; i++) {
                if (address[i] != prefix[i]) {
                    return false;
                }
            }
            int rest = bits & 7;
            return rest == 0 || ((address[whole] ^ prefix[whole]) & 0xff) >>> (8 - rest) == 0;
        }
    }

    private TrustedProxies(List<Network> networks) {
        this.networks = networks.toArray(Network[]::new);
    }

    /** Nobody is believed: the client is the connection's peer. */
    public static TrustedProxies none() {
        return NONE;
    }

    /**
     * Believes these networks.
     *
     * @param cidrs such as {@code 10.0.0.0/8}, {@code fd00::/8}, or a single address
     * @throws IllegalArgumentException naming the one that is neither
     */
    public static TrustedProxies of(String... cidrs) {
        List<Network> networks = new ArrayList<>(cidrs.length);
        for (String cidr : cidrs) {
            networks.add(network(cidr));
        }
        return new TrustedProxies(networks);
    }

    private static Network network(String cidr) {
        int slash = cidr.indexOf('/');
        byte[] address = new byte[IpAddresses.BYTES_MAX];
        int length = IpAddresses.parse(slash < 0 ? cidr : cidr.substring(0, slash), address);
        if (length == 0) {
            throw new IllegalArgumentException("no IP network in CIDR notation: '" + cidr + "'");
        }
        int bits = length * 8;
        if (slash >= 0) {
            String suffix = cidr.substring(slash + 1);
            bits = suffix.matches("\\d{1,3}") ? Integer.parseInt(suffix) : -1;
            if (bits < 0 || bits > length * 8) {
                throw new IllegalArgumentException("prefix length must be in 0.." + length * 8 + ": '" + cidr + "'");
            }
        }
        return new Network(Arrays.copyOf(address, length), bits);
    }

    /** Whether the address in the first {@code length} (4 or 16) bytes is in a trusted network. */
    boolean trusts(byte[] address, int length) {
        for (Network network : networks) {
            if (network.contains(address, length)) {
                return true;
            }
        }
        return false;
    }

    boolean isEmpty() {
        return networks.length == 0;
    }

    /**
     * One step of the walk over {@code list[from, to)}, the entries left of those already read.
     *
     * @param address the nearest hop on entry; on return the client, as far as this field tells
     * @return the length of the address in {@code address}; negative if the walk is over, because of a hop that is not trusted or an entry that is no address
     */
    int walk(byte[] list, int from, int to, byte[] address, int addressLength, byte[] scratch) {
        int length = addressLength;
        int end = to;
        for (int hop = 0; hop < HOPS_MAX && end > from; hop++) {
            if (!trusts(address, length)) {
                return -length;
            }
            int start = end;
            while (start > from && list[start - 1] != ',') {
                start--;
            }
            int parsed = parseEntry(list, start, end, scratch);
            if (parsed == 0) {
                return -length;
            }
            System.arraycopy(scratch, 0, address, 0, parsed);
            length = parsed;
            end = start - 1;
        }
        return end > from ? -length : length;
    }

    /** The address in one entry: white space around it, and a port or brackets as some proxies add them. */
    private static int parseEntry(byte[] list, int entryStart, int entryEnd, byte[] out) {
        int start = entryStart;
        int end = entryEnd;
        while (start < end && (list[start] == ' ' || list[start] == '\t')) {
            start++;
        }
        while (end > start && (list[end - 1] == ' ' || list[end - 1] == '\t')) {
            end--;
        }
        if (start < end && list[start] == '[') {
            int close = start;
            while (close < end && list[close] != ']') {
                close++;
            }
            return close == end ? 0 : IpAddresses.parse(list, start + 1, close, out);
        }
        int colons = 0;
        int lastColon = end;
        for (int i = start; i < end; i++) {
            if (list[i] == ':') {
                colons++;
                lastColon = i;
            }
        }
        return IpAddresses.parse(list, start, colons == 1 ? lastColon : end, out);
    }

    /** The client of a request; {@code forwardedFor} are the values of all {@code X-Forwarded-For} fields, in the order they were sent */
    InetAddress client(InetAddress peer, List<String> forwardedFor) {
        byte[] address = Arrays.copyOf(peer.getAddress(), IpAddresses.BYTES_MAX);
        int length = IpAddresses.unmap(address, peer.getAddress().length);
        if (forwardedFor.isEmpty() || !trusts(address, length)) {
            return peer;
        }
        byte[] list = String.join(",", forwardedFor).getBytes(StandardCharsets.ISO_8859_1);
        length = Math.abs(walk(list, 0, list.length, address, length, new byte[IpAddresses.BYTES_MAX]));
        try {
            return InetAddress.getByAddress(Arrays.copyOf(address, length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + length + " bytes", e);
        }
    }

    boolean trusts(InetAddress peer) {
        byte[] address = Arrays.copyOf(peer.getAddress(), IpAddresses.BYTES_MAX);
        return trusts(address, IpAddresses.unmap(address, peer.getAddress().length));
    }
}
