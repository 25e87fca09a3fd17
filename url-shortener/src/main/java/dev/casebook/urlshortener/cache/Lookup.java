package dev.casebook.urlshortener.cache;

import dev.casebook.urlshortener.link.Link;
import org.jspecify.annotations.Nullable;

/**
 * What a lookup found and what it took. Requests that joined another's load share its result.
 *
 * @param link null when the key does not exist
 * @param tier the tier that answered
 * @param stale true when the answer is past its time: served while it is being refreshed, or because nothing newer could
 *     be had
 * @param sharedNanos time of reading L2, 0 when it was not asked
 * @param leaseNanos time waited for another loader, 0 when none was
 * @param sourceNanos time in the source, with the wait before it; 0 when it was not asked
 * @param sharedOperations commands sent to L2: to read it, for the lease, to fill it
 * @param sourceQueries queries sent to the source
 */
public record Lookup(
        @Nullable Link link,
        Tier tier,
        boolean stale,
        long sharedNanos,
        long leaseNanos,
        long sourceNanos,
        int sharedOperations,
        int sourceQueries) {
    /** Where a link can come from. */
    public enum Tier {
        NEAR("l1"),
        SHARED("l2"),
        SOURCE("db");

        private final String label;

        Tier(String label) {
            this.label = label;
        }

        /** The name in {@code Server-Timing} and in metrics. */
        public String label() {
            return label;
        }
    }
}
