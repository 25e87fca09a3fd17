package dev.casebook.urlshortener.redirect;

import dev.casebook.urlshortener.cache.Lookup;
import java.util.Locale;

/** Every tier that a lookup touched and what it took there (W3C Server Timing), for anyone to see in the browser's tools. */
final class ServerTiming {
    private static final double NANOS_PER_MILLI = 1e6;

    private ServerTiming() {}

    static String of(Lookup lookup) {
        StringBuilder out = new StringBuilder("l1");
        append(out, "l2", lookup.sharedNanos());
        append(out, "lease", lookup.leaseNanos());
        append(out, "db", lookup.sourceNanos());
        if (lookup.stale()) {
            out.append(", stale");
        }
        return out.toString();
    }

    private static void append(StringBuilder out, String tier, long nanos) {
        if (nanos > 0) {
            out.append(", ").append(tier).append(String.format(Locale.ROOT, ";dur=%.3f", nanos / NANOS_PER_MILLI));
        }
    }
}
