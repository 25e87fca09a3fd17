package dev.casebook.benchmarks.urlshortener;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/** Writes generated statistics into an installation's tables, in the order in which they are generated and with the primary keys in force. */
final class StoredRollups implements RollupTraffic.Rows {
    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream rollups;
    private final OutputStream visitors;
    private final Map<Long, Long> rows = new HashMap<>();
    private final StringBuilder line = new StringBuilder();

    private StoredRollups(OutputStream rollups, OutputStream visitors) {
        this.rollups = rollups;
        this.visitors = visitors;
    }

    /** Writes a year of the given links. Returns how many rows of {@code click_rollup} each has. */
    static Map<Long, Long> write(Deployment deployment, RollupTraffic traffic, List<RollupTraffic.Clicked> links)
            throws SQLException, IOException {
        Map<Long, Long> rows;
        try (Connection first = deployment.database();
                Connection second = deployment.database();
                OutputStream rollups = new PGCopyOutputStream(
                        first.unwrap(PGConnection.class),
                        "COPY click_rollup (link_id, granularity, dimension, bucket, value, clicks, bots) FROM STDIN",
                        BUFFER_BYTES);
                OutputStream visitors = new PGCopyOutputStream(
                        second.unwrap(PGConnection.class),
                        "COPY click_visitors (link_id, day, visitors, sketch) FROM STDIN",
                        BUFFER_BYTES)) {
            StoredRollups tables = new StoredRollups(rollups, visitors);
            traffic.write(links, tables);
            rows = tables.rows;
        }
        try (Connection connection = deployment.database();
                Statement statement = connection.createStatement()) {
            for (RollupTraffic.Clicked link : links) {
                statement.execute("INSERT INTO click_totals (link_id, clicks, bots, revision, last_at) VALUES ("
                        + link.link() + ", " + link.clicks() + ", 0, 1, now())");
            }
            statement.execute("VACUUM (ANALYZE) click_rollup, click_visitors, click_totals");
            statement.execute("CHECKPOINT");
        }
        return rows;
    }

    @Override
    public void clicks(long link, int granularity, int dimension, long bucket, String value, long clicks) {
        rows.merge(link, 1L, Long::sum);
        line.setLength(0);
        line.append(link).append('\t').append(granularity).append('\t').append(dimension);
        line.append('\t').append(Instant.ofEpochSecond(bucket)).append('\t').append(value);
        line.append('\t').append(clicks).append("\t0\n");
        send(rollups);
    }

    @Override
    public void visitors(long link, LocalDate day, long count, byte[] sketch) {
        line.setLength(0);
        line.append(link).append('\t').append(day).append('\t').append(count).append("\t\\\\x");
        HexFormat.of().formatHex(line, sketch).append('\n');
        send(visitors);
    }

    private void send(OutputStream to) {
        try {
            to.write(line.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
