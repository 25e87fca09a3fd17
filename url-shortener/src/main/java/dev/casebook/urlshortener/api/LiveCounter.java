package dev.casebook.urlshortener.api;

import dev.casebook.urlshortener.analytics.LinkCount;
import java.util.function.Predicate;

/**
 * What one live page shows. Totals come as messages and, after a gap, from the database, on different threads, and may overtake one another;
 * the page never goes back to an older one. Thread-safe.
 */
final class LiveCounter {
    private final Predicate<LinkCount> send;
    /** Revision of the newest total that was sent; guarded by this. */
    private long shown = -1;

    /** @param send gives the page a total, and says whether it will get it; must not block */
    LiveCounter(Predicate<LinkCount> send) {
        this.send = send;
    }

    /** Shows a total unless the page has a newer one. */
    synchronized void show(LinkCount total) {
        if (total.revision() > shown && send.test(total)) {
            shown = total.revision();
        }
    }
}
