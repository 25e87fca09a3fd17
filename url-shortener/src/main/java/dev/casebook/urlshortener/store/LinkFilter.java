package dev.casebook.urlshortener.store;

import dev.casebook.urlshortener.link.LinkQuery;
import dev.casebook.urlshortener.link.LinkQuery.TagsMode;
import dev.casebook.urlshortener.link.Visibility;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The WHERE clause of a {@link LinkQuery} over {@code links l}; each filter is one that an index of V1 serves. */
final class LinkFilter {
    /** As in the definition of the index {@code links_search}: the planner matches the expression, not its meaning. */
    private static final String SEARCHED = "(l.slug || E'\\n' || l.long_url || E'\\n' || coalesce(l.title, ''))";

    /** What the click aggregator counts for a link: people's clicks, and those of bots. */
    static final String VISIT_TOTALS = "click_totals";

    private LinkFilter() {}

    static SqlText live(SqlText sql, Visibility visibility) {
        sql.add(" WHERE l.deleted_at IS NULL");
        if (visibility.createdBy() != null) {
            sql.add(" AND l.created_by = ?", visibility.createdBy());
        }
        if (visibility.domain() != null) {
            sql.add(" AND l.domain = ?", visibility.domain());
        }
        return sql;
    }

    /**
     * Adds the clause.
     *
     * @param now for links past their validity
     */
    static SqlText where(SqlText sql, LinkQuery query, Instant now) {
        live(sql, query.visibility());
        String term = query.searchTerm();
        if (term != null && !term.isEmpty()) {
            sql.add(
                    " AND (" + SEARCHED + " ILIKE ? OR (l.tags <> '{}' AND l.tags @> ARRAY[?::text]))",
                    "%" + escapeLike(term) + "%",
                    term);
        }
        if (!query.tags().isEmpty()) {
            sql.add(
                    " AND l.tags <> '{}' AND l.tags " + operator(query.tagsMode()) + " ?",
                    SqlText.textArray(query.tags()));
        }
        if (!query.excludedTags().isEmpty()) {
            sql.add(
                    " AND NOT (l.tags " + operator(query.excludedTagsMode()) + " ?)",
                    SqlText.textArray(query.excludedTags()));
        }
        equal(sql, "l.domain", query.domain());
        equal(sql, "l.created_by", query.createdBy());
        if (query.startDate() != null) {
            sql.add(" AND l.created_at >= ?", LinkRows.timestamp(query.startDate()));
        }
        if (query.endDate() != null) {
            sql.add(" AND l.created_at <= ?", LinkRows.timestamp(query.endDate()));
        }
        if (query.excludePastValidUntil()) {
            sql.add(" AND (l.valid_until IS NULL OR l.valid_until > ?)", LinkRows.timestamp(now));
        }
        if (query.excludeMaxVisitsReached()) {
            sql.add(" AND (l.max_visits IS NULL OR l.max_visits > coalesce(v.clicks + v.bots, 0))");
        }
        return sql;
    }

    /** Whether the query looks at numbers of visits, so that they must be joined. */
    static boolean needsVisits(LinkQuery query) {
        return query.excludeMaxVisitsReached()
                || query.orderBy() == LinkQuery.Order.VISITS
                || query.orderBy() == LinkQuery.Order.NON_BOT_VISITS;
    }

    static String orderBy(LinkQuery query) {
        String direction = query.descending() ? " DESC" : " ASC";
        String key = switch (query.orderBy()) {
            // Ids are given in the order of creation.
            case DATE_CREATED -> "";
            case SHORT_CODE -> "l.slug" + direction + ", ";
            case LONG_URL -> "l.long_url" + direction + ", ";
            case TITLE -> "l.title" + direction + " NULLS LAST, ";
            case VISITS -> "coalesce(v.clicks + v.bots, 0)" + direction + ", ";
            case NON_BOT_VISITS -> "coalesce(v.clicks, 0)" + direction + ", ";
        };
        return " ORDER BY " + key + "l.id" + direction;
    }

    private static void equal(SqlText sql, String column, @Nullable String value) {
        if (value != null) {
            sql.add(" AND " + column + " = ?", value);
        }
    }

    private static String operator(TagsMode mode) {
        return switch (mode) {
            case ANY -> "&&";
            case ALL -> "@>";
        };
    }

    private static String escapeLike(String term) {
        return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    }
}
