package dev.casebook.urlshortener.analytics.capture;

import dev.casebook.common.permute.SipHash;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The salts of visitor hashes: one per UTC day, drawn by whichever node asks first, shared by all through PostgreSQL, and
 * deleted when the day is over. With the row its bytes leave the table's file; the write-ahead log, replicas and backups
 * forget them when they are recycled.
 *
 * <p>{@link #refresh} (blocking, called about once a minute by one thread) fetches today's and tomorrow's, so that
 * PostgreSQL must be away for a whole day before a click finds none. A click that does is hashed with a salt that this
 * process alone has for the day: it is counted, but the same visitor on another node counts as another.
 * {@link #localDays} tells of it. {@link #saltOf} never blocks and may be called by any thread.
 */
public final class DailySalts {
    /** Clocks of nodes may differ by so much: yesterday's salt is kept that long after midnight. */
    static final Duration CLOCK_SKEW_MAX = Duration.ofHours(1);

    private static final Duration REWRITE_LOCK_WAIT_MAX = Duration.ofSeconds(2);
    private static final Logger log = LoggerFactory.getLogger(DailySalts.class);

    private final DataSource dataSource;
    private final InstantSource clock;
    private final SecureRandom random;
    private final ConcurrentHashMap<Long, SipHash> ofThisProcess = new ConcurrentHashMap<>();
    private final AtomicLong localDays = new AtomicLong();
    /** A row was deleted since the table was last written anew. Touched by {@link #refresh} alone. */
    private boolean rewriteOwed;

    private volatile Map<Long, SipHash> byEpochDay = Map.of();

    /** Salts of the database behind {@code dataSource}, none fetched yet. */
    public DailySalts(DataSource dataSource, InstantSource clock, SecureRandom random) {
        this.dataSource = dataSource;
        this.clock = clock;
        this.random = random;
    }

    /** The salted hash of a day. */
    SipHash saltOf(long epochDay) {
        SipHash shared = byEpochDay.get(epochDay);
        if (shared != null) {
            return shared;
        }
        localDays.incrementAndGet();
        return ofThisProcess.computeIfAbsent(epochDay, day -> new SipHash(draw()));
    }

    /** How many clicks were hashed without the shared salt. */
    long localDays() {
        return localDays.get();
    }

    /**
     * Forgets and deletes what is over and fetches what is needed until tomorrow night.
     *
     * @return false when the database did not answer: what was known of days that are not over stays
     */
    boolean refresh() {
        Instant now = clock.instant();
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        LocalDate oldest = LocalDate.ofInstant(now.minus(CLOCK_SKEW_MAX), ZoneOffset.UTC);
        forgetBefore(oldest.toEpochDay());
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(true);
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM visitor_salts WHERE day < ?")) {
                delete.setObject(1, oldest);
                rewriteOwed |= delete.executeUpdate() > 0;
            }
            Map<Long, SipHash> fetched = new HashMap<>();
            for (LocalDate day = oldest; !day.isAfter(today.plusDays(1)); day = day.plusDays(1)) {
                fetched.put(day.toEpochDay(), new SipHash(fetchOrDraw(connection, day)));
            }
            byEpochDay = Map.copyOf(fetched);
            if (rewriteOwed) {
                rewriteTable(connection);
                rewriteOwed = false;
            }
            return true;
        } catch (SQLException e) {
            log.warn("visitor salts not refreshed, {} days known: {}", byEpochDay.size(), e.getMessage());
            return false;
        }
    }

    private void forgetBefore(long oldestEpochDay) {
        Map<Long, SipHash> kept = new HashMap<>(byEpochDay);
        kept.keySet().removeIf(day -> day < oldestEpochDay);
        byEpochDay = Map.copyOf(kept);
        ofThisProcess.keySet().removeIf(day -> day < oldestEpochDay);
    }

    /**
     * A deleted row stays in the file until a vacuum, which one row a day does not bring about for weeks; a plain vacuum moves
     * rows together without wiping what they leave, and a full one carries a row along for as long as any transaction is older than its
     * deletion. A truncated table gets a new file whoever looks at the old one.
     */
    private static void rewriteTable(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "SET LOCAL lock_timeout = " + REWRITE_LOCK_WAIT_MAX.toMillis()); // a backup may be reading
            statement.execute("LOCK TABLE visitor_salts IN ACCESS EXCLUSIVE MODE");
            statement.execute(
                    "CREATE TEMPORARY TABLE kept_salts ON COMMIT DROP AS SELECT day, salt FROM visitor_salts");
            statement.execute("TRUNCATE visitor_salts");
            statement.execute("INSERT INTO visitor_salts (day, salt) SELECT day, salt FROM kept_salts");
            connection.commit();
        } catch (SQLException failure) {
            connection.rollback();
            throw failure;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private byte[] fetchOrDraw(Connection connection, LocalDate day) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO visitor_salts (day, salt) VALUES (?, ?) ON CONFLICT (day) DO NOTHING")) {
            insert.setObject(1, day);
            insert.setBytes(2, draw());
            insert.executeUpdate();
        }
        try (PreparedStatement select = connection.prepareStatement("SELECT salt FROM visitor_salts WHERE day = ?")) {
            select.setObject(1, day);
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    throw new SQLException("the salt of " + day + " was deleted while it was fetched");
                }
                return rows.getBytes(1);
            }
        }
    }

    private byte[] draw() {
        byte[] salt = new byte[SipHash.KEY_BYTES];
        random.nextBytes(salt);
        return salt;
    }
}
