package dev.casebook.urlshortener.safety;

import java.util.HashSet;
import java.util.Set;

/** A source of hosts that links must not lead to. Blocking. */
@FunctionalInterface
public interface BlockedHosts {
    /**
     * Reads the whole list.
     *
     * @return hosts in ASCII, lower case; subdomains are meant as well
     * @throws RuntimeException when it cannot be read now
     */
    Set<String> read();

    /** This list and another. */
    default BlockedHosts and(BlockedHosts other) {
        return () -> {
            Set<String> hosts = new HashSet<>(read());
            hosts.addAll(other.read());
            return hosts;
        };
    }
}
