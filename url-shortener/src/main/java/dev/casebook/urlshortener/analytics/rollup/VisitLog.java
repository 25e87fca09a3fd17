package dev.casebook.urlshortener.analytics.rollup;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Keeps single visits for a while, in one partition a UTC day, so that forgetting is {@code DROP TABLE} instead of a
 * delete per row. Days outside the retention, or more than a day ahead, have no partition and their visits are not kept
 * (they are counted all the same).
 *
 * <p>Owned by the aggregator's thread; several aggregators agree through an advisory lock.
 */
final class VisitLog {
    private static final int ROWS_PER_STATEMENT = RollupTables.ROWS_PER_STATEMENT;
    private static final long MILLIS_PER_DAY = Duration.ofDays(1).toMillis();
    private static final String PARTITION_PREFIX = "visits_";
    /** Any number that nothing else in this database locks. */
    private static final long ADVISORY_LOCK = 0x636C69636B73L;

    private final InstantSource clock;
    private final int retentionDays;
    private final int visitsPerLinkMax;
    private LocalDate preparedFor = LocalDate.MIN;

    /**
     * A log that keeps so many days beside the current one.
     *
     * @param retentionDays 0 keeps nothing at all
     * @param visitsPerLinkMax how many visits of one link are kept per transaction
     */
    VisitLog(InstantSource clock, int retentionDays, int visitsPerLinkMax) {
        this.clock = clock;
        this.retentionDays = retentionDays;
        this.visitsPerLinkMax = retentionDays == 0 ? 0 : visitsPerLinkMax;
    }

    int visitsPerLinkMax() {
        return visitsPerLinkMax;
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /** Makes the partitions from the start of the retention until tomorrow and drops older ones; once a day, then free. */
    void preparePartitions(DataSource dataSource) throws SQLException {
        LocalDate today = today();
        if (retentionDays == 0 || today.equals(preparedFor)) {
            return;
        }
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_advisory_xact_lock(" + ADVISORY_LOCK + ")");
                LocalDate oldest = today.minusDays(retentionDays);
                List<String> present = partitions(statement);
                for (String partition : present) {
                    if (partition.compareTo(nameOf(oldest)) < 0) {
                        statement.execute("DROP TABLE " + partition);
                    }
                }
                for (LocalDate day = oldest; !day.isAfter(today.plusDays(1)); day = day.plusDays(1)) {
                    if (!present.contains(nameOf(day))) {
                        statement.execute("CREATE TABLE " + nameOf(day) + " PARTITION OF visits FOR VALUES FROM ('"
                                + day + " 00:00+00') TO ('" + day.plusDays(1) + " 00:00+00')");
                    }
                }
            }
            connection.commit();
        }
        preparedFor = today;
    }

    private static String nameOf(LocalDate day) {
        return PARTITION_PREFIX + DateTimeFormatter.BASIC_ISO_DATE.format(day);
    }

    private static List<String> partitions(Statement statement) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(
                "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'visits'::regclass")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    /** Writes visits as part of the caller's transaction. */
    void append(Connection connection, List<Visit> visits) throws SQLException {
        if (retentionDays == 0) {
            return;
        }
        long from = preparedFor.minusDays(retentionDays).toEpochDay() * MILLIS_PER_DAY;
        long to = preparedFor.plusDays(2).toEpochDay() * MILLIS_PER_DAY;
        List<Visit> kept = visits.stream()
                .filter(visit -> visit.epochMillis() >= from && visit.epochMillis() < to)
                .toList();
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO visits (link_id, visited_at, referer, user_agent, network, country, browser, os, device,
                    language, bot)
                SELECT link_id, to_timestamp(millis / 1000.0), referer, user_agent, network, country, browser, os, device,
                    language, bot
                FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AS v (link_id, millis, referer, user_agent, network, country,
                    browser, os, device, language, bot)""")) {
            for (int at = 0; at < kept.size(); at += ROWS_PER_STATEMENT) {
                insert(insert, kept.subList(at, Math.min(at + ROWS_PER_STATEMENT, kept.size())));
            }
        }
    }

    private static void insert(PreparedStatement insert, List<Visit> visits) throws SQLException {
        int rows = visits.size();
        long[] linkIds = new long[rows];
        long[] millis = new long[rows];
        String[][] texts = new String[8][rows];
        boolean[] bots = new boolean[rows];
        for (int i = 0; i < rows; i++) {
            Visit visit = visits.get(i);
            linkIds[i] = visit.linkId();
            millis[i] = visit.epochMillis();
            texts[0][i] = visit.referer();
            texts[1][i] = visit.userAgent();
            texts[2][i] = visit.network();
            texts[3][i] = visit.country();
            texts[4][i] = visit.agent().browser();
            texts[5][i] = visit.agent().os();
            texts[6][i] = visit.agent().device();
            texts[7][i] = visit.language();
            bots[i] = visit.bot();
        }
        ArrayParameters.set(insert, 1, linkIds);
        ArrayParameters.set(insert, 2, millis);
        for (int i = 0; i < texts.length; i++) {
            ArrayParameters.set(insert, 3 + i, texts[i]);
        }
        ArrayParameters.set(insert, 11, bots);
        insert.executeUpdate();
    }
}
