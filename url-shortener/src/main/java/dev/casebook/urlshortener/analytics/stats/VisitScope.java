package dev.casebook.urlshortener.analytics.stats;

import dev.casebook.urlshortener.analytics.LinkCount;
import dev.casebook.urlshortener.link.Visibility;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whose visits are meant. */
public sealed interface VisitScope {
    /** Those of some links, or of {@link dev.casebook.urlshortener.analytics.OrphanKind}s. */
    record Ids(List<Long> linkIds) implements VisitScope {
        public Ids {
            linkIds = List.copyOf(linkIds);
        }
    }

    /** Those of all links that there ever were, orphans excluded. */
    record AllLinks() implements VisitScope {}

    /**
     * Those of the links that there are now and that fulfil every condition.
     *
     * @param tag null for links with any tags or none
     * @param domain in the form of {@code LinkKey.domain}; null for every domain
     */
    record LiveLinks(
            Visibility visibility,
            @Nullable String tag,
            @Nullable String domain) implements VisitScope {
        /** The condition on {@code links l}. */
        Condition onLinks() {
            return conditionOf(this);
        }
    }

    /** A condition on {@code link_id}, with the values of its placeholders. */
    record Condition(String sql, List<Object> values) {
        /** Binds the values from {@code index} on; gives the next free index. */
        int bind(PreparedStatement statement, int index) throws SQLException {
            int next = index;
            for (Object value : values) {
                statement.setObject(next++, value);
            }
            return next;
        }
    }

    /** The condition for tables that hold links one by one. */
    default Condition onVisits() {
        return switch (this) {
            case Ids ids ->
                new Condition(
                        "link_id = ANY (?)",
                        List.of(ids.linkIds().stream()
                                .mapToLong(Long::longValue)
                                .toArray()));
            case AllLinks all -> new Condition("link_id > 0", List.of());
            case LiveLinks live -> {
                Condition links = live.onLinks();
                yield new Condition("link_id IN (SELECT l.id FROM links l WHERE " + links.sql() + ")", links.values());
            }
        };
    }

    /** The condition for rollups and totals, where all links together have a row of their own. */
    default Condition onCounts() {
        return this instanceof AllLinks ? new Condition("link_id = " + LinkCount.ALL_LINKS, List.of()) : onVisits();
    }

    private static Condition conditionOf(LiveLinks live) {
        StringBuilder sql = new StringBuilder("l.deleted_at IS NULL");
        List<Object> values = new ArrayList<>();
        if (live.visibility().createdBy() != null) {
            sql.append(" AND l.created_by = ?");
            values.add(live.visibility().createdBy());
        }
        if (live.visibility().domain() != null) {
            sql.append(" AND l.domain = ?");
            values.add(live.visibility().domain());
        }
        if (live.domain() != null) {
            sql.append(" AND l.domain = ?");
            values.add(live.domain());
        }
        if (live.tag() != null) {
            sql.append(" AND l.tags <> '{}' AND l.tags @> ARRAY[?::text]");
            values.add(live.tag());
        }
        return new Condition(sql.toString(), values);
    }
}
