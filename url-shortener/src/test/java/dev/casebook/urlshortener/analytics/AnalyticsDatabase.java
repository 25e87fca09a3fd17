package dev.casebook.urlshortener.analytics;

import dev.casebook.backing.testing.SharedBacking;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A database of its own with the tables of analytics, and plain looks into them that share no code with what is tested. */
public final class AnalyticsDatabase {
    private static final String SCHEMA = "/db/migration/url-shortener/V2__analytics.sql";

    private final String url;
    private final DataSource dataSource;

    private AnalyticsDatabase(String url) {
        this.url = url;
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(url);
        dataSource = source;
    }

    public static AnalyticsDatabase fresh() throws IOException, SQLException {
        return create(SharedBacking.freshDatabase());
    }

    /** Makes the tables in an empty database. */
    public static AnalyticsDatabase create(String url) throws IOException, SQLException {
        AnalyticsDatabase database = new AnalyticsDatabase(url);
        try (InputStream script = AnalyticsDatabase.class.getResourceAsStream(SCHEMA)) {
            if (script == null) {
                throw new IOException("not on the class path: " + SCHEMA);
            }
            database.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        }
        return database;
    }

    public String url() {
        return url;
    }

    public DataSource dataSource() {
        return dataSource;
    }

    public void execute(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The one number that a query returns. */
    public long number(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** People's and bots' clicks by link, orphans and the sum of all left out. */
    public Map<Long, Long> totals() throws SQLException {
        return byLink("SELECT link_id, clicks + bots FROM click_totals WHERE link_id > 0");
    }

    /** The same, summed from one granularity's buckets. */
    public Map<Long, Long> totalsOfBuckets(Granularity granularity) throws SQLException {
        return byLink("SELECT link_id, sum(clicks + bots) FROM click_rollup WHERE link_id > 0 AND dimension = 0"
                + " AND granularity = " + (granularity == Granularity.HOUR ? 0 : 1) + " GROUP BY link_id");
    }

    /** The same, summed from the values of a dimension. */
    public Map<Long, Long> totalsOfValues(Dimension dimension) throws SQLException {
        return byLink("SELECT link_id, sum(clicks + bots) FROM click_rollup WHERE link_id > 0 AND dimension = "
                + dimension.code() + " GROUP BY link_id");
    }

    private Map<Long, Long> byLink(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            Map<Long, Long> counts = new TreeMap<>();
            while (rows.next()) {
                counts.put(rows.getLong(1), rows.getLong(2));
            }
            return counts;
        }
    }
}
