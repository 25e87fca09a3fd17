package dev.casebook.urlshortener.analytics.capture;

import dev.casebook.common.permute.SipHash;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The salts of visitor hashes: one per UTC day, drawn by whichever node asks first, shared by all through PostgreSQL, and
 * deleted when the day is over.
 *
 * <p>{@link #refresh} (blocking, called about once a minute by one thread) fetches today's and tomorrow's, so that
 * PostgreSQL must be away for a whole day before a click finds none. A click that does is hashed with a salt of this
 * process alone: it is counted, but the same visitor on another node counts as another. {@link #localDays} tells of it.
 * {@link #saltOf} never blocks and may be called by any thread.
 */
public final class DailySalts {
    /** Clocks of nodes may differ by so much: yesterday's salt is kept that long after midnight. */
    static final Duration CLOCK_SKEW_MAX = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(DailySalts.class);

    private final DataSource dataSource;
    private final InstantSource clock;
    private final SecureRandom random;
    private final SipHash ofThisProcess;
    private final AtomicLong localDays = new AtomicLong();
    private volatile Map<Long, SipHash> byEpochDay = Map.of();

    /** Salts of the database behind {@code dataSource}, none fetched yet. */
    public DailySalts(DataSource dataSource, InstantSource clock, SecureRandom random) {
        this.dataSource = dataSource;
        this.clock = clock;
        this.random = random;
        ofThisProcess = new SipHash(draw());
    }

    /** The salted hash of a day. */
    SipHash saltOf(long epochDay) {
        SipHash shared = byEpochDay.get(epochDay);
        if (shared != null) {
            return shared;
        }
        localDays.incrementAndGet();
        return ofThisProcess;
    }

    /** How many clicks were hashed without the shared salt. */
    long localDays() {
        return localDays.get();
    }

    /**
     * Fetches what is needed until tomorrow night and deletes what is over.
     *
     * @return false when the database did not answer: what was known stays
     */
    boolean refresh() {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        LocalDate oldest = LocalDate.ofInstant(clock.instant().minus(CLOCK_SKEW_MAX), ZoneOffset.UTC);
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(true);
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM visitor_salts WHERE day < ?")) {
                delete.setObject(1, oldest);
                delete.executeUpdate();
            }
            Map<Long, SipHash> fetched = new HashMap<>();
            for (LocalDate day = oldest; !day.isAfter(today.plusDays(1)); day = day.plusDays(1)) {
                fetched.put(day.toEpochDay(), new SipHash(fetchOrDraw(connection, day)));
            }
            byEpochDay = Map.copyOf(fetched);
            return true;
        } catch (SQLException e) {
            log.warn("visitor salts not refreshed, {} days known: {}", byEpochDay.size(), e.getMessage());
            return false;
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
