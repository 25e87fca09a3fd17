package dev.casebook.urlshortener.store;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkChange;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The table {@code link_outbox}. Thread-safe. */
public final class PostgresOutbox implements Outbox {
    /** The writer publishes its change itself; only after this long a relay does it in its place. */
    static final Duration PUBLISH_GRACE = Duration.ofMillis(500);

    /** Writes the entries of a data-modifying CTE named {@code link} that returns row_version, domain and slug. */
    static final String INSERT_FROM_LINK = """
            INSERT INTO link_outbox (row_version, domain, slug, available_at)
            SELECT row_version, domain, slug, clock_timestamp() + interval '%d milliseconds' FROM link
            """.formatted(PUBLISH_GRACE.toMillis());

    private static final String LEASE = """
            WITH due AS (
              SELECT row_version FROM link_outbox WHERE available_at <= clock_timestamp()
              ORDER BY row_version LIMIT ? FOR UPDATE SKIP LOCKED)
            UPDATE link_outbox o
            SET available_at = clock_timestamp() + ? * interval '1 millisecond', attempts = o.attempts + 1
            FROM due, links l
            WHERE o.row_version = due.row_version AND l.domain = o.domain AND l.slug = o.slug
            RETURNING o.row_version AS entry, o.attempts, %s
            """.formatted(LinkRows.COLUMNS);

    private static final String PENDING = """
            SELECT o.row_version AS entry, o.attempts, %s
            FROM link_outbox o JOIN links l ON l.domain = o.domain AND l.slug = o.slug
            WHERE o.row_version > ? ORDER BY o.row_version LIMIT ?
            """.formatted(LinkRows.COLUMNS);

    private final Database database;

    /** Reads and writes the outbox of a database. */
    public PostgresOutbox(Database database) {
        this.database = database;
    }

    @Override
    public List<Entry> lease(int entriesMax, Duration lease) {
        return database.statement("outboxLease", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(LEASE)) {
                statement.setInt(1, entriesMax);
                statement.setLong(2, lease.toMillis());
                return read(statement);
            }
        });
    }

    @Override
    public List<Entry> pending(long afterVersion, int entriesMax) {
        return database.statement("outboxPending", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(PENDING)) {
                statement.setLong(1, afterVersion);
                statement.setInt(2, entriesMax);
                return read(statement);
            }
        });
    }

    private static List<Entry> read(PreparedStatement statement) throws SQLException {
        List<Entry> entries = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                Link link = LinkRows.read(row);
                LinkChange newest = new LinkChange(link.key(), link.version(), LinkRows.isDeleted(row) ? null : link);
                entries.add(new Entry(row.getLong("entry"), row.getInt("attempts"), newest));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::version));
        return entries;
    }

    @Override
    public void delete(Collection<Long> entries) {
        database.statement("outboxDelete", connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("DELETE FROM link_outbox WHERE row_version = ANY (?)")) {
                statement.setArray(1, connection.createArrayOf("int8", entries.toArray()));
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public void postpone(Collection<Long> entries, Duration delay) {
        database.statement("outboxPostpone", connection -> {
            try (PreparedStatement statement = connection.prepareStatement("""
                    UPDATE link_outbox SET available_at = clock_timestamp() + ? * interval '1 millisecond'
                    WHERE row_version = ANY (?)""")) {
                statement.setLong(1, delay.toMillis());
                statement.setArray(2, connection.createArrayOf("int8", entries.toArray()));
                return statement.executeUpdate();
            }
        });
    }

    /** How many entries there are; for metrics and tests, as it reads them all. */
    public long size() {
        return database.statement("outboxSize", connection -> {
            try (PreparedStatement statement = connection.prepareStatement("SELECT count(*) FROM link_outbox");
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }
}
