package dev.casebook.urlshortener.analytics.rollup;

import dev.casebook.urlshortener.analytics.Dimension;
import dev.casebook.urlshortener.analytics.LinkCount;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Adds sums to the rollup tables within a transaction that someone else begins and commits.
 *
 * <p><b>Locks.</b> First the totals of all hours and days, in the order of the links given (the same in every transaction)
 * and of their buckets. Whoever holds a link's day total may write everything else of that link and day, so two
 * aggregators never deadlock, a new value cannot slip past {@link Dimension#VALUES_MAX}, and a sketch can be read, merged
 * and written back.
 *
 * <p><b>Cost.</b> Rows, not clicks: per link and poll one hour, one day, at most six values, one sketch and one total,
 * however many clicks there were. Only days are told apart by dimension; hours carry the total alone, which halves the
 * rows that a click on a quiet link costs.
 */
final class RollupTables {
    /** Rows of one statement; more are sent as several. */
    static final int ROWS_PER_STATEMENT = 5_000;

    static final int HOUR_CODE = 0;
    static final int DAY_CODE = 1;

    private static final long SECONDS_PER_HOUR = 3_600;
    private static final long SECONDS_PER_DAY = 86_400;

    private final Connection connection;

    /** One row of {@code click_rollup} to be added to; {@code bucket} in epoch seconds. */
    private record Row(long linkId, int granularity, int dimension, long bucket, String value, Tally tally) {}

    private record ValuesKey(long linkId, int dimension, long bucket) {}

    RollupTables(Connection connection) {
        this.connection = connection;
    }

    /** Adds what a poll found and returns the new totals of these links. */
    List<LinkCount> add(Collection<LinkDelta> links) throws SQLException {
        List<Row> totals = new ArrayList<>();
        for (LinkDelta link : links) {
            link.hours.forEach((hour, tally) -> totals.add(
                    new Row(link.linkId, HOUR_CODE, Dimension.TOTAL.code(), hour * SECONDS_PER_HOUR, "", tally)));
            link.days.forEach((day, sums) -> totals.add(
                    new Row(link.linkId, DAY_CODE, Dimension.TOTAL.code(), day * SECONDS_PER_DAY, "", sums.total)));
        }
        upsert(totals);
        upsert(boundedValues(links));
        addVisitors(links);
        return addTotals(links);
    }

    private void upsert(List<Row> rows) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement("""
                INSERT INTO click_rollup (link_id, granularity, dimension, bucket, value, clicks, bots)
                SELECT link_id, granularity, dimension, to_timestamp(bucket), value, clicks, bots
                FROM unnest(?, ?, ?, ?, ?, ?, ?)
                    AS d (link_id, granularity, dimension, bucket, value, clicks, bots)
                ON CONFLICT (link_id, granularity, dimension, bucket, value)
                DO UPDATE SET clicks = click_rollup.clicks + EXCLUDED.clicks, bots = click_rollup.bots + EXCLUDED.bots""")) {
            for (int from = 0; from < rows.size(); from += ROWS_PER_STATEMENT) {
                List<Row> part = rows.subList(from, Math.min(from + ROWS_PER_STATEMENT, rows.size()));
                ArrayParameters.set(
                        upsert, 1, part.stream().mapToLong(Row::linkId).toArray());
                ArrayParameters.set(
                        upsert, 2, part.stream().mapToInt(Row::granularity).toArray());
                ArrayParameters.set(
                        upsert, 3, part.stream().mapToInt(Row::dimension).toArray());
                ArrayParameters.set(
                        upsert, 4, part.stream().mapToLong(Row::bucket).toArray());
                ArrayParameters.set(upsert, 5, part.stream().map(Row::value).toArray(String[]::new));
                ArrayParameters.set(
                        upsert,
                        6,
                        part.stream().mapToLong(row -> row.tally.clicks).toArray());
                ArrayParameters.set(
                        upsert,
                        7,
                        part.stream().mapToLong(row -> row.tally.bots).toArray());
                upsert.executeUpdate();
            }
        }
    }

    /** The values to be added to, those beyond the limit folded into one. Reads only while the day totals are locked. */
    private List<Row> boundedValues(Collection<LinkDelta> links) throws SQLException {
        Map<ValuesKey, Set<String>> stored = storedValues(links);
        List<Row> rows = new ArrayList<>();
        for (LinkDelta link : links) {
            link.days.forEach((day, sums) -> {
                for (Dimension dimension : Dimension.values()) {
                    ValuesKey key = new ValuesKey(link.linkId, dimension.code(), day * SECONDS_PER_DAY);
                    bound(key, sums.values(dimension), stored.getOrDefault(key, Set.of()), rows);
                }
            });
        }
        return rows;
    }

    private static void bound(ValuesKey key, Map<String, Tally> added, Set<String> stored, List<Row> rows) {
        Set<String> present = new HashSet<>(stored);
        present.remove(Dimension.OTHER);
        Tally other = new Tally();
        added.forEach((value, tally) -> {
            if (value.equals(Dimension.OTHER) || (!present.contains(value) && present.size() >= Dimension.VALUES_MAX)) {
                other.add(tally);
            } else {
                present.add(value);
                rows.add(new Row(key.linkId, DAY_CODE, key.dimension, key.bucket, value, tally));
            }
        });
        if (other.clicks + other.bots > 0) {
            rows.add(new Row(key.linkId, DAY_CODE, key.dimension, key.bucket, Dimension.OTHER, other));
        }
    }

    private Map<ValuesKey, Set<String>> storedValues(Collection<LinkDelta> links) throws SQLException {
        List<ValuesKey> keys = new ArrayList<>();
        for (LinkDelta link : links) {
            link.days.forEach((day, sums) -> {
                for (Dimension dimension : Dimension.values()) {
                    if (!sums.values(dimension).isEmpty()) {
                        keys.add(new ValuesKey(link.linkId, dimension.code(), day * SECONDS_PER_DAY));
                    }
                }
            });
        }
        Map<ValuesKey, Set<String>> stored = new HashMap<>();
        // LATERAL with LIMIT: one index descent a key whatever the planner believes, and never more rows than the
        // limit.
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT k.link_id, k.dimension, k.bucket, r.value
                FROM unnest(?, ?, ?) AS k (link_id, dimension, bucket)
                CROSS JOIN LATERAL (
                    SELECT value FROM click_rollup
                    WHERE link_id = k.link_id AND granularity = 1 AND dimension = k.dimension
                        AND bucket = to_timestamp(k.bucket)
                    LIMIT ?) r""")) {
            for (int from = 0; from < keys.size(); from += ROWS_PER_STATEMENT) {
                List<ValuesKey> part = keys.subList(from, Math.min(from + ROWS_PER_STATEMENT, keys.size()));
                ArrayParameters.set(
                        select, 1, part.stream().mapToLong(ValuesKey::linkId).toArray());
                ArrayParameters.set(
                        select, 2, part.stream().mapToInt(ValuesKey::dimension).toArray());
                ArrayParameters.set(
                        select, 3, part.stream().mapToLong(ValuesKey::bucket).toArray());
                select.setInt(4, Dimension.VALUES_MAX + 1);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        stored.computeIfAbsent(
                                        new ValuesKey(rows.getLong(1), rows.getInt(2), rows.getLong(3)),
                                        key -> new HashSet<>())
                                .add(rows.getString(4));
                    }
                }
            }
        }
        return stored;
    }

    private record VisitorsRow(long linkId, long epochDay, VisitorSketch sketch) {}

    private void addVisitors(Collection<LinkDelta> links) throws SQLException {
        List<VisitorsRow> added = new ArrayList<>();
        for (LinkDelta link : links) {
            link.days.forEach((day, sums) -> {
                if (sums.visitors.estimate() > 0) {
                    added.add(new VisitorsRow(link.linkId, day, sums.visitors));
                }
            });
        }
        for (int from = 0; from < added.size(); from += ROWS_PER_STATEMENT) {
            List<VisitorsRow> part = added.subList(from, Math.min(from + ROWS_PER_STATEMENT, added.size()));
            mergeStored(part);
            storeVisitors(part);
        }
    }

    private void mergeStored(List<VisitorsRow> added) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT k.row, v.sketch
                FROM unnest(?, ?) WITH ORDINALITY AS k (link_id, day, row)
                CROSS JOIN LATERAL (
                    SELECT sketch FROM click_visitors
                    WHERE link_id = k.link_id AND day = DATE '1970-01-01' + k.day
                    LIMIT 1) v""")) {
            ArrayParameters.set(
                    select, 1, added.stream().mapToLong(VisitorsRow::linkId).toArray());
            ArrayParameters.set(
                    select,
                    2,
                    added.stream().mapToInt(row -> (int) row.epochDay).toArray());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    added.get(rows.getInt(1) - 1).sketch.merge(VisitorSketch.of(rows.getBytes(2)));
                }
            }
        }
    }

    private void storeVisitors(List<VisitorsRow> rows) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement("""
                INSERT INTO click_visitors (link_id, day, visitors, sketch) VALUES (?, ?, ?, ?)
                ON CONFLICT (link_id, day) DO UPDATE SET visitors = EXCLUDED.visitors, sketch = EXCLUDED.sketch""")) {
            for (VisitorsRow row : rows) {
                upsert.setLong(1, row.linkId);
                upsert.setObject(2, LocalDate.ofEpochDay(row.epochDay));
                upsert.setLong(3, row.sketch.estimate());
                upsert.setBytes(4, row.sketch.toBytes());
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
    }

    private List<LinkCount> addTotals(Collection<LinkDelta> links) throws SQLException {
        List<LinkDelta> all = List.copyOf(links);
        List<LinkCount> totals = new ArrayList<>();
        try (PreparedStatement upsert = connection.prepareStatement("""
                INSERT INTO click_totals (link_id, clicks, bots, revision, last_at)
                SELECT link_id, clicks, bots, 1, to_timestamp(last_millis / 1000.0)
                FROM unnest(?, ?, ?, ?) AS d (link_id, clicks, bots, last_millis)
                ON CONFLICT (link_id) DO UPDATE SET
                    clicks = click_totals.clicks + EXCLUDED.clicks,
                    bots = click_totals.bots + EXCLUDED.bots,
                    revision = click_totals.revision + 1,
                    last_at = greatest(click_totals.last_at, EXCLUDED.last_at)
                RETURNING link_id, clicks, bots, revision""")) {
            for (int from = 0; from < all.size(); from += ROWS_PER_STATEMENT) {
                List<LinkDelta> part = all.subList(from, Math.min(from + ROWS_PER_STATEMENT, all.size()));
                ArrayParameters.set(
                        upsert, 1, part.stream().mapToLong(link -> link.linkId).toArray());
                ArrayParameters.set(
                        upsert,
                        2,
                        part.stream().mapToLong(link -> link.total.clicks).toArray());
                ArrayParameters.set(
                        upsert,
                        3,
                        part.stream().mapToLong(link -> link.total.bots).toArray());
                ArrayParameters.set(
                        upsert,
                        4,
                        part.stream().mapToLong(link -> link.lastMillis).toArray());
                try (ResultSet rows = upsert.executeQuery()) {
                    while (rows.next()) {
                        totals.add(new LinkCount(rows.getLong(1), rows.getLong(2), rows.getLong(3), rows.getLong(4)));
                    }
                }
            }
        }
        return totals;
    }
}
