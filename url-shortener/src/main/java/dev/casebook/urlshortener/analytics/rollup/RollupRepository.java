package dev.casebook.urlshortener.analytics.rollup;

import dev.casebook.urlshortener.analytics.CountryLocator;
import dev.casebook.urlshortener.analytics.LinkCount;
import dev.casebook.urlshortener.analytics.wire.ClickBatchReader;
import dev.casebook.urlshortener.analytics.wire.CorruptBatchException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transaction that makes counting exact: offsets, the memory of which batches were counted, and every count that follows
 * from them change together or not at all.
 *
 * <ol>
 *   <li>Move each partition's offset, on condition that it stands where this consumer believes. That row lock is also what
 *       keeps two consumers of one partition apart: the second waits, then finds the condition false and is fenced.
 *   <li>Leave out batches whose identity was counted already (sent twice after an unclear outcome).
 *   <li>Add up in memory; upsert sums ({@link RollupTables}).
 *   <li>Store what was counted, commit.
 * </ol>
 *
 * <p>A crash before the commit leaves the offset where it was, so the records are read again; after it they are not. The
 * commit does not wait for the disk ({@code synchronous_commit = off}): if PostgreSQL's machine dies, the last fraction
 * of a second of counts is lost together with the offsets that cover it, and is read again.
 *
 * <p>Safe for concurrent use; every call is one transaction on one connection.
 */
final class RollupRepository {
    /** How long a session is remembered after its last batch: longer than a spool or a topic keeps anything. */
    static final Duration SESSION_RETENTION = Duration.ofDays(60);

    private static final Logger log = LoggerFactory.getLogger(RollupRepository.class);

    private final DataSource dataSource;
    private final String topic;
    private final UserAgents userAgents;
    private final CountryLocator countries;
    private final VisitLog visitLog;
    private final InstantSource clock;

    /** What one transaction did. */
    record Committed(
            List<LinkCount> totals,
            long clicks,
            long batches,
            long duplicateBatches,
            long corruptBatches,
            long visitsSkipped) {}

    private record SessionKey(int partition, long session) {}

    RollupRepository(
            DataSource dataSource,
            String topic,
            UserAgents userAgents,
            CountryLocator countries,
            VisitLog visitLog,
            InstantSource clock) {
        this.dataSource = dataSource;
        this.topic = topic;
        this.userAgents = userAgents;
        this.countries = countries;
        this.visitLog = visitLog;
        this.clock = clock;
    }

    /** Where counting goes on in each partition; 0 for one that was never counted. */
    Map<Integer, Long> nextOffsets(Collection<Integer> partitions) throws SQLException {
        Map<Integer, Long> offsets = new TreeMap<>();
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(true);
            int[] wanted = partitions.stream().mapToInt(Integer::intValue).toArray();
            try (PreparedStatement insert = connection.prepareStatement("""
                    INSERT INTO click_offsets (topic, "partition", next_offset)
                    SELECT ?, p, 0 FROM unnest(?) AS p ORDER BY p ON CONFLICT DO NOTHING""")) {
                insert.setString(1, topic);
                ArrayParameters.set(insert, 2, wanted);
                insert.executeUpdate();
            }
            try (PreparedStatement select = connection.prepareStatement("""
                    SELECT "partition", next_offset FROM click_offsets WHERE topic = ? AND "partition" = ANY (?)""")) {
                select.setString(1, topic);
                ArrayParameters.set(select, 2, wanted);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        offsets.put(rows.getInt(1), rows.getLong(2));
                    }
                }
            }
        }
        return offsets;
    }

    /**
     * Counts what a poll brought.
     *
     * @throws FencedException when a partition's offset is not where the caller believes; nothing is changed
     * @throws SQLException when the database fails; nothing is changed, unless the connection broke during the commit, so
     *     the caller must read the offsets again
     */
    Committed count(List<PartitionBatches> polled) throws SQLException, FencedException {
        List<PartitionBatches> ordered = polled.stream()
                .sorted(Comparator.comparingInt(PartitionBatches::partition))
                .toList();
        visitLog.preparePartitions(dataSource);
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                Committed committed = count(connection, ordered);
                connection.commit();
                return committed;
            } catch (SQLException | FencedException | RuntimeException e) {
                rollback(connection, e);
                throw e;
            }
        }
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private Committed count(Connection connection, List<PartitionBatches> polled) throws SQLException, FencedException {
        try (Statement settings = connection.createStatement()) {
            settings.execute("SET LOCAL synchronous_commit = off");
        }
        moveOffsets(connection, polled);

        List<ClickBatchReader> readable = new ArrayList<>();
        long corrupt = readAll(polled, readable);
        Map<SessionKey, SequenceWindow> sessions = sessionsOf(connection, readable);
        RollupDelta delta = new RollupDelta(userAgents, countries, visitLog.visitsPerLinkMax());
        long duplicates = 0;
        for (ClickBatchReader batch : readable) {
            SessionKey key = new SessionKey(
                    batch.identity().partition(), batch.identity().session());
            SequenceWindow window = sessions.computeIfAbsent(key, k -> SequenceWindow.empty());
            if (!window.add(batch.identity().sequence())) {
                duplicates++;
                continue;
            }
            add(delta, batch);
        }
        RollupTables tables = new RollupTables(connection);
        List<LinkCount> totals = new ArrayList<>(tables.add(delta.links()));
        visitLog.append(connection, delta.visits());
        storeSessions(connection, sessions);
        // Every transaction changes these rows, so they are locked last and shortest.
        LinkDelta all = delta.allLinks();
        if (!all.days.isEmpty()) {
            totals.addAll(tables.add(List.of(all)));
        }
        return new Committed(
                totals, delta.clicks(), readable.size() - duplicates, duplicates, corrupt, delta.visitsSkipped());
    }

    private void moveOffsets(Connection connection, List<PartitionBatches> polled)
            throws SQLException, FencedException {
        try (PreparedStatement update = connection.prepareStatement("""
                UPDATE click_offsets SET next_offset = ?
                WHERE topic = ? AND "partition" = ? AND next_offset = ?""")) {
            for (PartitionBatches batches : polled) {
                update.setLong(1, batches.nextOffset());
                update.setString(2, topic);
                update.setInt(3, batches.partition());
                update.setLong(4, batches.expectedOffset());
                if (update.executeUpdate() != 1) {
                    throw new FencedException("partition " + batches.partition() + " of " + topic
                            + " no longer stands at " + batches.expectedOffset());
                }
            }
        }
    }

    /** Opens every record; what cannot be read would never be readable, so it is reported, counted and left out. */
    private long readAll(List<PartitionBatches> polled, List<ClickBatchReader> readable) {
        long corrupt = 0;
        for (PartitionBatches batches : polled) {
            for (byte[] bytes : batches.records()) {
                try {
                    ClickBatchReader batch = new ClickBatchReader(bytes);
                    batch.checkToEnd();
                    if (batch.identity().partition() != batches.partition()) {
                        throw new CorruptBatchException(
                                "meant for partition " + batch.identity().partition());
                    }
                    if (batch.identity().sequence() < 0) {
                        throw new CorruptBatchException(
                                "sequence " + batch.identity().sequence());
                    }
                    readable.add(batch);
                } catch (CorruptBatchException e) {
                    corrupt++;
                    log.error(
                            "a record of {}-{} in [{}, {}) is no click batch and is not counted: {}",
                            topic,
                            batches.partition(),
                            batches.expectedOffset(),
                            batches.nextOffset(),
                            e.getMessage());
                }
            }
        }
        return corrupt;
    }

    private static void add(RollupDelta delta, ClickBatchReader batch) {
        try {
            delta.add(batch);
        } catch (CorruptBatchException e) {
            throw new IllegalStateException("a batch that was readable no longer is", e);
        }
    }

    private Map<SessionKey, SequenceWindow> sessionsOf(Connection connection, List<ClickBatchReader> batches)
            throws SQLException {
        List<SessionKey> wanted = batches.stream()
                .map(batch -> new SessionKey(
                        batch.identity().partition(), batch.identity().session()))
                .distinct()
                .toList();
        Map<SessionKey, SequenceWindow> windows = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT s."partition", s.session, s.highest, s.counted
                FROM unnest(?, ?) AS k ("partition", session)
                JOIN click_sessions s ON s.topic = ? AND s."partition" = k."partition" AND s.session = k.session""")) {
            ArrayParameters.set(
                    select, 1, wanted.stream().mapToInt(SessionKey::partition).toArray());
            ArrayParameters.set(
                    select, 2, wanted.stream().mapToLong(SessionKey::session).toArray());
            select.setString(3, topic);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    windows.put(
                            new SessionKey(rows.getInt(1), rows.getLong(2)),
                            SequenceWindow.of(rows.getLong(3), rows.getBytes(4)));
                }
            }
        }
        return windows;
    }

    private void storeSessions(Connection connection, Map<SessionKey, SequenceWindow> sessions) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement("""
                INSERT INTO click_sessions (topic, "partition", session, highest, counted, seen_at)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (topic, "partition", session)
                DO UPDATE SET highest = EXCLUDED.highest, counted = EXCLUDED.counted, seen_at = EXCLUDED.seen_at""")) {
            for (Map.Entry<SessionKey, SequenceWindow> session : sessions.entrySet()) {
                upsert.setString(1, topic);
                upsert.setInt(2, session.getKey().partition());
                upsert.setLong(3, session.getKey().session());
                upsert.setLong(4, session.getValue().highest());
                upsert.setBytes(5, session.getValue().bitmap());
                upsert.setObject(6, clock.instant().atOffset(ZoneOffset.UTC));
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
    }

    /** Forgets sessions of which no batch can still be under way. */
    void pruneSessions() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement delete =
                        connection.prepareStatement("DELETE FROM click_sessions WHERE seen_at < ?")) {
            connection.setAutoCommit(true);
            delete.setObject(1, clock.instant().minus(SESSION_RETENTION).atOffset(ZoneOffset.UTC));
            delete.executeUpdate();
        }
    }
}
