package dev.casebook.urlshortener.analytics.stats;

import dev.casebook.urlshortener.analytics.Dimension;
import dev.casebook.urlshortener.analytics.Granularity;
import dev.casebook.urlshortener.analytics.LinkCount;
import dev.casebook.urlshortener.analytics.OrphanKind;
import dev.casebook.urlshortener.link.Visibility;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions about clicks from the rollups. A total is one row; a time series one row per hour or day of the range;
 * the top values at most {@link Dimension#VALUES_MAX}+1 rows per day of the range; unique visitors one row per day. A link
 * clicked a hundred million times answers as fast as one clicked once.
 *
 * <p>Link ids may be those of links, of {@link OrphanKind}, or {@link LinkCount#ALL_LINKS}. Counts lag behind the clicks
 * by the time of a batch and a transaction, well under a second. Blocking; safe for concurrent use. Every method throws
 * {@link StatisticsUnavailableException} when the database does not answer.
 */
public final class ClickStatistics {
    private static final int HOUR_CODE = 0;
    private static final int DAY_CODE = 1;

    private final DataSource dataSource;

    /** Reads from a database with the schema of {@code V2__analytics.sql}. */
    public ClickStatistics(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Clicks of a link since ever. */
    public LinkCount total(long linkId) {
        return totals(List.of(linkId)).getOrDefault(linkId, LinkCount.none(linkId));
    }

    /** Clicks since ever of many links, for a list of them; a link without clicks is absent. */
    public Map<Long, LinkCount> totals(Collection<Long> linkIds) {
        return read("""
                SELECT link_id, clicks, bots, revision FROM click_totals WHERE link_id = ANY (?)""", select -> {
            select.setObject(1, linkIds.stream().mapToLong(Long::longValue).toArray());
            Map<Long, LinkCount> totals = new HashMap<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    totals.put(
                            rows.getLong(1),
                            new LinkCount(rows.getLong(1), rows.getLong(2), rows.getLong(3), rows.getLong(4)));
                }
            }
            return totals;
        });
    }

    /**
     * Clicks by hour, day or month, ascending. Buckets without clicks are absent.
     *
     * @param from inclusive; a bucket belongs to the range when its start does
     * @param to exclusive
     */
    public List<Bucket> series(long linkId, Granularity granularity, Instant from, Instant to) {
        String bucket = granularity == Granularity.MONTH ? "date_trunc('month', bucket, 'UTC')" : "bucket";
        return read(
                "SELECT " + bucket + " AS start, sum(clicks), sum(bots) FROM click_rollup"
                        + " WHERE link_id = ? AND granularity = ? AND dimension = 0 AND bucket >= ? AND bucket < ?"
                        + " GROUP BY start ORDER BY start",
                select -> {
                    select.setLong(1, linkId);
                    select.setInt(2, granularity == Granularity.HOUR ? HOUR_CODE : DAY_CODE);
                    select.setObject(3, from.atOffset(ZoneOffset.UTC));
                    select.setObject(4, to.atOffset(ZoneOffset.UTC));
                    List<Bucket> buckets = new ArrayList<>();
                    try (ResultSet rows = select.executeQuery()) {
                        while (rows.next()) {
                            buckets.add(new Bucket(
                                    rows.getObject(1, OffsetDateTime.class).toInstant(),
                                    rows.getLong(2),
                                    rows.getLong(3)));
                        }
                    }
                    return buckets;
                });
    }

    /**
     * The values with the most clicks, people's and bots' together, most first.
     *
     * @param from first UTC day
     * @param to day after the last
     * @param limit at least 1
     */
    public List<ValueCount> top(long linkId, Dimension dimension, LocalDate from, LocalDate to, int limit) {
        return read("""
                SELECT value, sum(clicks), sum(bots) FROM click_rollup
                WHERE link_id = ? AND granularity = 1 AND dimension = ? AND bucket >= ? AND bucket < ?
                GROUP BY value ORDER BY sum(clicks) + sum(bots) DESC, value LIMIT ?""", select -> {
            select.setLong(1, linkId);
            select.setInt(2, dimension.code());
            select.setObject(3, from.atStartOfDay().atOffset(ZoneOffset.UTC));
            select.setObject(4, to.atStartOfDay().atOffset(ZoneOffset.UTC));
            select.setInt(5, limit);
            List<ValueCount> values = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    values.add(new ValueCount(rows.getString(1), rows.getLong(2), rows.getLong(3)));
                }
            }
            return values;
        });
    }

    /**
     * Distinct visitors of a link, summed over days: someone who comes on two days counts twice, as nobody can know that it
     * was the same person once the first day's salt is gone. Exact for days with up to 256 visitors, 1.6 % standard error
     * beyond. Bots are left out.
     *
     * @param from first UTC day
     * @param to day after the last
     */
    public long uniqueVisitors(long linkId, LocalDate from, LocalDate to) {
        return read("""
                SELECT coalesce(sum(visitors), 0) FROM click_visitors WHERE link_id = ? AND day >= ? AND day < ?""", select -> {
            select.setLong(1, linkId);
            select.setObject(2, from);
            select.setObject(3, to);
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }

    /**
     * Clicks of several links together, in a range of hours.
     *
     * @param from inclusive, null for ever; the hour it falls into counts whole
     * @param to exclusive, null for now; likewise
     */
    public long count(VisitScope scope, @Nullable Instant from, @Nullable Instant to, boolean withBots) {
        VisitScope.Condition links = scope.onCounts();
        String sum = "SELECT coalesce(sum(clicks), 0) + CASE WHEN ? THEN coalesce(sum(bots), 0) ELSE 0 END FROM ";
        boolean ever = from == null && to == null;
        String rows = ever
                ? "click_totals WHERE " + links.sql()
                : "click_rollup WHERE " + links.sql() + " AND granularity = " + HOUR_CODE + " AND dimension = 0"
                        + " AND bucket >= coalesce(date_trunc('hour', ?::timestamptz), '-infinity'::timestamptz)"
                        + " AND bucket < coalesce(?::timestamptz, 'infinity'::timestamptz)";
        return read(sum + rows, select -> {
            select.setBoolean(1, withBots);
            int next = links.bind(select, 2);
            if (!ever) {
                select.setObject(next, utc(from), java.sql.Types.TIMESTAMP_WITH_TIMEZONE);
                select.setObject(next + 1, utc(to), java.sql.Types.TIMESTAMP_WITH_TIMEZONE);
            }
            try (ResultSet rowsFound = select.executeQuery()) {
                rowsFound.next();
                return rowsFound.getLong(1);
            }
        });
    }

    /** Clicks since ever of links that a caller sees, by tag; a tag without clicks is absent. Costs a row per tag of each link. */
    public Map<String, LinkCount> totalsByTag(Visibility visibility) {
        VisitScope.Condition links = new VisitScope.LiveLinks(visibility, null, null).onLinks();
        return read(
                "SELECT tag, sum(c.clicks), sum(c.bots) FROM links l CROSS JOIN unnest(l.tags) AS tag"
                        + " JOIN click_totals c ON c.link_id = l.id WHERE l.tags <> '{}' AND " + links.sql()
                        + " GROUP BY tag",
                select -> {
                    links.bind(select, 1);
                    Map<String, LinkCount> totals = new HashMap<>();
                    try (ResultSet rows = select.executeQuery()) {
                        while (rows.next()) {
                            totals.put(
                                    rows.getString(1),
                                    new LinkCount(LinkCount.ALL_LINKS, rows.getLong(2), rows.getLong(3), 0));
                        }
                    }
                    return totals;
                });
    }

    /** Totals of the installation. */
    public Overview overview() {
        List<Long> ids = new ArrayList<>(
                Arrays.stream(OrphanKind.values()).map(OrphanKind::linkId).toList());
        ids.add(LinkCount.ALL_LINKS);
        Map<Long, LinkCount> totals = totals(ids);
        Map<OrphanKind, LinkCount> orphans = new EnumMap<>(OrphanKind.class);
        for (OrphanKind kind : OrphanKind.values()) {
            orphans.put(kind, totals.getOrDefault(kind.linkId(), LinkCount.none(kind.linkId())));
        }
        return new Overview(totals.getOrDefault(LinkCount.ALL_LINKS, LinkCount.none(LinkCount.ALL_LINKS)), orphans);
    }

    /** Single visits, newest first, as far as they are kept. How many there were in all, the rollups tell. */
    public List<RecordedVisit> visits(VisitQuery query) {
        VisitScope.Condition links = query.scope().onVisits();
        return read(
                "SELECT link_id, visited_at, referer, user_agent, network, country, browser, os, device, language, bot"
                        + " FROM visits WHERE " + links.sql()
                        + " AND visited_at >= coalesce(?::timestamptz, '-infinity'::timestamptz)"
                        + " AND visited_at < coalesce(?::timestamptz, 'infinity'::timestamptz) AND (? OR NOT bot)"
                        + " ORDER BY visited_at DESC LIMIT ? OFFSET ?",
                select -> {
                    int parameter = links.bind(select, 1);
                    select.setObject(parameter++, utc(query.from()), java.sql.Types.TIMESTAMP_WITH_TIMEZONE);
                    select.setObject(parameter++, utc(query.to()), java.sql.Types.TIMESTAMP_WITH_TIMEZONE);
                    select.setBoolean(parameter++, query.withBots());
                    select.setInt(parameter++, query.pageSize());
                    select.setInt(parameter, (query.page() - 1) * query.pageSize());
                    List<RecordedVisit> visits = new ArrayList<>();
                    try (ResultSet rows = select.executeQuery()) {
                        while (rows.next()) {
                            visits.add(visit(rows));
                        }
                    }
                    return visits;
                });
    }

    private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private static RecordedVisit visit(ResultSet row) throws SQLException {
        return new RecordedVisit(
                row.getLong(1),
                row.getObject(2, OffsetDateTime.class).toInstant(),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                row.getBoolean(11));
    }

    private interface Reading<T> {
        T of(PreparedStatement select) throws SQLException;
    }

    private <T> T read(String sql, Reading<T> reading) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            return reading.of(select);
        } catch (SQLException e) {
            throw new StatisticsUnavailableException("click statistics cannot be read now", e);
        }
    }
}
