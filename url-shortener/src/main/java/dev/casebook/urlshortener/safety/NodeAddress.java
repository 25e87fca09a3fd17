package dev.casebook.urlshortener.safety;

import dev.casebook.urlshortener.link.NormalizedUrl;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Where a node listens, under each of its names: the address or name that it was told to bind; if that is the loopback
 * interface or all interfaces, also {@code localhost}, names under it (RFC 6761 section 6.3) and the loopback networks;
 * if it is all interfaces, also their addresses. It is the node only at the node's own port. Immutable.
 */
public final class NodeAddress {
    private final String name;
    private final Set<InetAddress> addresses;
    private final boolean onLoopback;
    private final int port;

    private NodeAddress(String name, Set<InetAddress> addresses, boolean onLoopback, int port) {
        this.name = name;
        this.addresses = Set.copyOf(addresses);
        this.onLoopback = onLoopback;
        this.port = port;
    }

    /**
     * The address of a node that listens now.
     *
     * @param bind as {@code --bind} has it: a name or an address, {@code 0.0.0.0} or {@code ::} for all interfaces
     * @param port 1..65535, the one that it really has
     * @throws UnknownHostException when {@code bind} names no address
     * @throws SocketException when the system does not tell its interfaces
     */
    public static NodeAddress of(String bind, int port) throws UnknownHostException, SocketException {
        InetAddress bound = InetAddress.getByName(bind);
        Set<InetAddress> addresses = new HashSet<>(Set.of(bound));
        if (bound.isAnyLocalAddress()) {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .forEach(addresses::add);
        }
        boolean onLoopback = bound.isLoopbackAddress() || bound.isAnyLocalAddress();
        return new NodeAddress(bind.toLowerCase(Locale.ROOT), addresses, onLoopback, port);
    }

    /** Whether a URL leads to this node by its host and port. */
    boolean isAt(NormalizedUrl url) {
        if (url.port() != port) {
            return false;
        }
        String host = url.host();
        return isLiteral(host) ? isOwn(InetAddress.ofLiteral(unbracketed(host))) : isOwn(host);
    }

    /** Connecting to the unspecified address connects to the loopback interface. */
    private boolean isOwn(InetAddress address) {
        return addresses.contains(address)
                || (onLoopback && (address.isLoopbackAddress() || address.isAnyLocalAddress()));
    }

    private boolean isOwn(String host) {
        return host.equals(name) || (onLoopback && (host.equals("localhost") || host.endsWith(".localhost")));
    }

    /** {@link NormalizedUrl#host} ends in a number only as an IPv4 address. */
    private static boolean isLiteral(String host) {
        String last = host.substring(host.lastIndexOf('.') + 1);
        return host.startsWith("[") || (!last.isEmpty() && last.chars().allMatch(c -> c >= '0' && c <= '9'));
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
