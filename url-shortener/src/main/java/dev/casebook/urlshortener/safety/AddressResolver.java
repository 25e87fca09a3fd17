package dev.casebook.urlshortener.safety;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host. Blocking. */
@FunctionalInterface
public interface AddressResolver {
    /** The system's resolver. */
    AddressResolver SYSTEM = host ->
            List.of(InetAddress.getAllByName(host.startsWith("[") ? host.substring(1, host.length() - 1) : host));

    /**
     * The addresses of a host.
     *
     * @param host a name or an address as {@code NormalizedUrl.host} has it
     * @return at least one
     * @throws UnknownHostException when there is none
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;
}
