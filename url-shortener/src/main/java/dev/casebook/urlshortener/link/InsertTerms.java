package dev.casebook.urlshortener.link;

import org.jspecify.annotations.Nullable;

/**
 * Conditions that an insert must meet atomically, whatever other nodes do at the same time.
 *
 * @param claim record the link under this idempotency key, unless the key is recorded already; null for none
 * @param match insert nothing if a link that serves the draft exists already; null to insert regardless
 */
public record InsertTerms(
        @Nullable IdempotencyClaim claim, @Nullable Match match) {
    /** No conditions beyond the key being free. */
    public static final InsertTerms NONE = new InsertTerms(null, null);

    /**
     * Which links may stand in for the draft, see {@link LinkDraft#isServedBy}.
     *
     * @param slugToo whether the slug must be equal as well
     * @param visibility links outside of it never match
     */
    public record Match(boolean slugToo, Visibility visibility) {}
}
