package dev.casebook.urlshortener.analytics.stats;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for single visits, newest first.
 *
 * @param scope whose
 * @param from inclusive, null for the oldest kept
 * @param to exclusive, null for the newest
 * @param withBots whether bots' visits are wanted too
 * @param page from 1; {@code page * pageSize} is at most {@link #ROWS_MAX}
 * @param pageSize in [1, {@link #PAGE_SIZE_MAX}]
 */
public record VisitQuery(
        VisitScope scope, @Nullable Instant from, @Nullable Instant to, boolean withBots, int page, int pageSize) {
    /** Visits on one page. */
    public static final int PAGE_SIZE_MAX = 10_000;

    /** How far back pages reach: reading a page costs all pages before it. */
    public static final int ROWS_MAX = 100_000;

    public VisitQuery {
        if (pageSize < 1 || pageSize > PAGE_SIZE_MAX) {
            throw new IllegalArgumentException("pageSize must be in [1, " + PAGE_SIZE_MAX + "]: " + pageSize);
        }
        if (page < 1 || (long) page * pageSize > ROWS_MAX) {
            throw new IllegalArgumentException(
                    "page must be >= 1 and page * pageSize <= " + ROWS_MAX + ": " + page + " * " + pageSize);
        }
    }

    /** The newest visits of one link. */
    public static VisitQuery ofLink(long linkId, int page, int pageSize) {
        return new VisitQuery(new VisitScope.Ids(List.of(linkId)), null, null, true, page, pageSize);
    }
}
