package dev.casebook.urlshortener.link;

import java.util.Locale;

/**
 * Which hosts are this installation's own. Thread-safe.
 *
 * <p>The default domain is stored as the empty string, so that moving an installation to another host moves its links.
 */
public final class Domains {
    private final HostNames hostNames = new HostNames();
    private final String defaultHost;

    /**
     * Makes the rules of an installation.
     *
     * @param defaultHost the host that visitors use, with or without port, as {@code s.example}
     */
    public Domains(String defaultHost) {
        this.defaultHost = switch (hostNames.parse(withoutPort(defaultHost))) {
            case HostNames.Host host -> host.ascii();
            case HostNames.Invalid invalid -> throw new IllegalArgumentException("default domain: " + invalid.why());
        };
    }

    /** The default domain's host. */
    public String defaultHost() {
        return defaultHost;
    }

    /** The form of a domain in {@link LinkKey#domain}: lower case, ASCII, no port, empty for the default domain. */
    public Checked<String> canonical(String typed) {
        if (typed.isEmpty() || typed.toLowerCase(Locale.ROOT).equals(defaultHost)) {
            return new Checked.Accepted<>("");
        }
        return switch (hostNames.parse(withoutPort(typed.strip()))) {
            case HostNames.Host host -> new Checked.Accepted<>(host.ascii().equals(defaultHost) ? "" : host.ascii());
            case HostNames.Invalid invalid ->
                new Checked.Refused<>(new Rejection(Rejection.Reason.DOMAIN_MALFORMED, "domain", invalid.why()));
        };
    }

    /** The host that visitors type for a key's domain. */
    public String hostOf(String domain) {
        return domain.isEmpty() ? defaultHost : domain;
    }

    private static String withoutPort(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon > 0 && authority.lastIndexOf(']') < colon ? authority.substring(0, colon) : authority;
    }
}
