package dev.casebook.urlshortener.safety;

import java.time.Duration;
import java.util.Set;

/**
 * Bounds on what a stranger can make us do by asking for a title.
 *
 * @param total for everything: names, connections, redirects, bytes
 * @param redirects followed at most
 * @param bodyBytes read at most; what is in them of a title is used
 * @param concurrent fetches at once; more are answered with no title
 * @param ports connected to; others may be internal services that happen to speak HTTP
 */
public record TitleFetchLimits(Duration total, int redirects, int bodyBytes, int concurrent, Set<Integer> ports) {
    public TitleFetchLimits {
        ports = Set.copyOf(ports);
        if (!total.isPositive() || redirects < 0 || bodyBytes < 1 || concurrent < 1) {
            throw new IllegalArgumentException("must be positive (redirects >= 0): total=" + total + " redirects="
                    + redirects + " bodyBytes=" + bodyBytes + " concurrent=" + concurrent);
        }
    }

    /** 4 s, 3 redirects, 128 KiB, 16 at once, ports 80 and 443. */
    public static TitleFetchLimits defaults() {
        return new TitleFetchLimits(Duration.ofSeconds(4), 3, 128 * 1024, 16, Set.of(80, 443));
    }
}
