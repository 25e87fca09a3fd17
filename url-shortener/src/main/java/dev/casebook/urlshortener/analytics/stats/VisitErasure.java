package dev.casebook.urlshortener.analytics.stats;

import dev.casebook.urlshortener.analytics.LinkCount;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;

/**
 * Takes away what was counted and kept of a link's visits, as if they had not been; clicks under way are counted afterwards as
 * new ones. Of the sum over all links the totals, hours and days go down by the same amounts (its tops by value keep them).
 *
 * <p>Exact beside running aggregators, and never in a deadlock with one, because rows are locked in the aggregator's order: links
 * ascending and orphans after them, of each its hours and days before all else, the sum over all links last. What is
 * subtracted is what the very statement deleted. The visits granted to a link with a limit stay granted.
 *
 * <p>Blocking; safe for concurrent use.
 */
public final class VisitErasure {
    private static final String LOCK = """
            SELECT 1 FROM click_rollup WHERE link_id = ? AND dimension = 0 ORDER BY granularity, bucket FOR UPDATE""";

    /** The same buckets of all links together, before they are changed in whatever order the join gives. */
    private static final String LOCK_ALL = """
            SELECT 1 FROM click_rollup a WHERE a.link_id = 0 AND a.dimension = 0 AND EXISTS (
              SELECT 1 FROM click_rollup r WHERE r.link_id = ? AND r.dimension = 0 AND r.granularity = a.granularity
                AND r.bucket = a.bucket)
            ORDER BY a.granularity, a.bucket FOR UPDATE OF a""";

    private static final String ERASE = """
            WITH gone AS (
              DELETE FROM click_rollup WHERE link_id = ? RETURNING granularity, dimension, bucket, clicks, bots),
            less AS (
              UPDATE click_rollup a SET clicks = a.clicks - g.clicks, bots = a.bots - g.bots
              FROM gone g WHERE ? AND a.link_id = 0 AND a.dimension = 0 AND g.dimension = 0
                AND a.granularity = g.granularity AND a.bucket = g.bucket)
            SELECT coalesce(sum(clicks), 0), coalesce(sum(bots), 0) FROM gone WHERE granularity = 0 AND dimension = 0""";

    private static final String LESS = """
            UPDATE click_totals SET clicks = clicks - ?, bots = bots - ?, revision = revision + 1 WHERE link_id = ?""";

    private final DataSource dataSource;

    /** Writes to a database with the schema of {@code V2__analytics.sql}. */
    public VisitErasure(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Erases the visits of links, or of orphan kinds, in one transaction.
     *
     * @return how many visits had been counted
     * @throws StatisticsUnavailableException when the database does not answer; then nothing is erased
     */
    public long erase(Collection<Long> linkIds) {
        List<Long> ordered = linkIds.stream().sorted(Long::compareUnsigned).toList();
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            boolean committed = false;
            try {
                long erased = 0;
                for (long linkId : ordered) {
                    erased += erase(connection, linkId);
                }
                connection.commit();
                committed = true;
                return erased;
            } finally {
                if (!committed && !connection.isClosed()) {
                    connection.rollback();
                }
            }
        } catch (SQLException e) {
            throw new StatisticsUnavailableException("visits cannot be deleted now", e);
        }
    }

    private static long erase(Connection connection, long linkId) throws SQLException {
        lock(connection, LOCK, linkId);
        boolean isLink = linkId > LinkCount.ALL_LINKS;
        if (isLink) {
            lock(connection, LOCK_ALL, linkId);
        }
        long clicks;
        long bots;
        try (PreparedStatement erase = connection.prepareStatement(ERASE)) {
            erase.setLong(1, linkId);
            erase.setBoolean(2, isLink);
            try (ResultSet row = erase.executeQuery()) {
                row.next();
                clicks = row.getLong(1);
                bots = row.getLong(2);
            }
        }
        delete(connection, "DELETE FROM click_visitors WHERE link_id = ?", linkId);
        delete(connection, "DELETE FROM visits WHERE link_id = ?", linkId);
        subtract(connection, linkId, clicks, bots);
        if (isLink) {
            subtract(connection, LinkCount.ALL_LINKS, clicks, bots);
        }
        return clicks + bots;
    }

    private static void lock(Connection connection, String sql, long linkId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, linkId);
            select.executeQuery().close();
        }
    }

    private static void delete(Connection connection, String sql, long linkId) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setLong(1, linkId);
            delete.executeUpdate();
        }
    }

    private static void subtract(Connection connection, long linkId, long clicks, long bots) throws SQLException {
        try (PreparedStatement less = connection.prepareStatement(LESS)) {
            less.setLong(1, clicks);
            less.setLong(2, bots);
            less.setLong(3, linkId);
            less.executeUpdate();
        }
    }
}
