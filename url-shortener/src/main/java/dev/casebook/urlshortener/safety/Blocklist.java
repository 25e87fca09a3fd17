package dev.casebook.urlshortener.safety;

import dev.casebook.urlshortener.link.DestinationPolicy;
import dev.casebook.urlshortener.link.NormalizedUrl;
import dev.casebook.urlshortener.link.Rejection.Reason;
import java.util.Set;

/**
 * Denies hosts on a list and their subdomains. Judging costs one hash lookup per label of the host. The list is held in
 * memory and replaced as a whole by {@link #refresh}. Thread-safe.
 */
public final class Blocklist implements DestinationPolicy {
    private final BlockedHosts source;
    private volatile Set<String> hosts = Set.of();

    /** An empty list until the first {@link #refresh}. */
    public Blocklist(BlockedHosts source) {
        this.source = source;
    }

    /**
     * Reads the source again; when that fails the list stays as it was.
     *
     * @return whether the list changed
     * @throws RuntimeException when the source cannot be read
     */
    public boolean refresh() {
        Set<String> read = Set.copyOf(source.read());
        boolean changed = !read.equals(hosts);
        hosts = read;
        return changed;
    }

    @Override
    public Verdict judge(NormalizedUrl url) {
        Set<String> list = hosts;
        String host = url.host();
        while (!host.isEmpty()) {
            if (list.contains(host)) {
                return new Verdict.Denied(Reason.DESTINATION_BLOCKED, "the destination is on the blocklist: " + host);
            }
            int dot = host.indexOf('.');
            host = dot < 0 ? "" : host.substring(dot + 1);
        }
        return new Verdict.Allowed();
    }
}
