package dev.casebook.urlshortener.redirect;

import dev.casebook.urlshortener.cache.Lookup;
import java.util.Locale;

/**
 * Every tier that a lookup touched, what it took there and, if more than one, how many operations it cost (W3C Server Timing), for
 * anyone to see in the browser's tools.
 */
final class ServerTiming {
    private static final double NANOS_PER_MILLI = 1e6;

    private ServerTiming() {}

    static String of(Lookup lookup) {
        StringBuilder out = new StringBuilder("l1");
        append(out, "l2", lookup.sharedNanos(), lookup.sharedOperations());
        append(out, "lease", lookup.leaseNanos(), 1);
        append(out, "db", lookup.sourceNanos(), lookup.sourceQueries());
        if (lookup.stale()) {
            out.append(", stale");
        }
        return out.toString();
    }

    private static void append(StringBuilder out, String tier, long nanos, int operations) {
        if (nanos > 0) {
            out.append(", ").append(tier).append(String.format(Locale.ROOT, ";dur=%.3f", nanos / NANOS_PER_MILLI));
            if (operations > 1) {
                out.append(";desc=\"").append(operations).append(" operations\"");
            }
        }
    }
}
