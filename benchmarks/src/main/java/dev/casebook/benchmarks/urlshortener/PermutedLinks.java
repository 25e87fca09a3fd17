package dev.casebook.benchmarks.urlshortener;

import dev.casebook.common.codec.Base62;
import dev.casebook.common.permute.FeistelPermutation;
import dev.casebook.common.permute.KeyedPermutation;
import dev.casebook.urlshortener.id.BlockLeases;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/**
 * Links by the million under the very codes that the installation would have given them one by one: counters 0 to {@code count - 1} through the permutation under its
 * own secret key, blocks and sequences moved on accordingly. That this holds is checked by letting the service make one link more.
 *
 * <p>The rows go in by COPY, with the primary key in force; the other indexes are dropped before and built from their own definitions afterwards. All but one: that of
 * the search by parts of a text has some sixty entries a link, would take longer than the lab, and no redirect reads it.
 */
final class PermutedLinks {
    private static final int CODE_CHARS = 7;
    /** 62^7, the service's code space. */
    private static final long CODES = 3_521_614_606_208L;

    private static final String SEARCH_INDEX = "links_search";
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int ROWS_A_NOTICE = 500_000;
    private static final Duration CREATE_MAX = Duration.ofSeconds(30);

    private final KeyedPermutation permutation;
    private final int count;

    private PermutedLinks(byte[] key, int count) {
        this.permutation = new FeistelPermutation(key, CODES);
        this.count = count;
    }

    /**
     * Fills an installation that has no links yet.
     *
     * @param count a multiple of the counters of a block, so that the next link begins a new one
     * @param progress told in words how far it is
     */
    static PermutedLinks load(Deployment deployment, int count, Consumer<String> progress)
            throws SQLException, IOException, InterruptedException {
        if (count % BlockLeases.BLOCK_SIZE != 0) {
            throw new IllegalArgumentException("count must be a multiple of " + BlockLeases.BLOCK_SIZE + ": " + count);
        }
        PermutedLinks links;
        try (Connection connection = deployment.database();
                Statement statement = connection.createStatement()) {
            links = new PermutedLinks(key(statement), count);
            statement.execute("SET maintenance_work_mem = '1GB'");
            Map<String, String> indexes = indexes(statement);
            statement.execute("ALTER TABLE links DROP CONSTRAINT links_key");
            for (String index : indexes.keySet()) {
                statement.execute("DROP INDEX " + index);
            }
            links.copy(connection, owner(statement), progress);
            progress.accept("building the index of slugs");
            statement.execute("ALTER TABLE links ADD CONSTRAINT links_key UNIQUE (domain, slug)");
            indexes.remove(SEARCH_INDEX);
            for (Map.Entry<String, String> index : indexes.entrySet()) {
                progress.accept("building " + index.getKey());
                statement.execute(index.getValue());
            }
            links.moveOn(statement);
            progress.accept("VACUUM (ANALYZE) of the links");
            statement.execute("VACUUM (ANALYZE) links");
            statement.execute("CHECKPOINT");
        }
        String next = LinkFixture.slugs(deployment.uri(), Deployment.KEY, 1, CREATE_MAX, progress)
                .getFirst();
        if (!next.equals(links.code(count))) {
            throw new IllegalStateException("the service's next code is " + next + ", not " + links.code(count));
        }
        return links;
    }

    int count() {
        return count;
    }

    /** The code of the link made as the {@code number}-th, from 0. */
    String code(long number) {
        byte[] code = new byte[CODE_CHARS];
        Base62.encode(permutation.permute(number), code, 0, CODE_CHARS);
        return new String(code, StandardCharsets.US_ASCII);
    }

    private static byte[] key(Statement statement) throws SQLException {
        try (ResultSet row =
                statement.executeQuery("SELECT secret FROM installation_secrets WHERE name = 'short-codes'")) {
            row.next();
            return row.getBytes(1);
        }
    }

    /** The administrator's key, as it makes the links. */
    private static String owner(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT id FROM api_keys")) {
            row.next();
            return row.getString(1);
        }
    }

    /** Definitions of the indexes that belong to no constraint, by name. */
    private static Map<String, String> indexes(Statement statement) throws SQLException {
        Map<String, String> definitions = new LinkedHashMap<>();
        try (ResultSet rows = statement.executeQuery("SELECT indexname, indexdef FROM pg_indexes"
                + " WHERE tablename = 'links' AND indexname NOT IN ('links_pkey', 'links_key') ORDER BY indexname")) {
            while (rows.next()) {
                definitions.put(rows.getString(1), rows.getString(2));
            }
        }
        return definitions;
    }

    private void copy(Connection connection, String owner, Consumer<String> progress) throws SQLException, IOException {
        MessageDigest sha256 = sha256();
        Instant begin = Instant.now().minusMillis(count);
        StringBuilder row = new StringBuilder(256);
        try (OutputStream out = new PGCopyOutputStream(
                connection.unwrap(PGConnection.class),
                "COPY links (id, row_version, domain, slug, long_url, long_url_hash, status, created_at, forward_query,"
                        + " crawlable, tags, created_by) FROM STDIN",
                BUFFER_BYTES)) {
            for (int number = 0; number < count; number++) {
                if (number % ROWS_A_NOTICE == 0) {
                    progress.accept("copied " + number + " of " + count + " links");
                }
                String code = code(number);
                String url = "https://www.example.com/journal/2026/an-article-that-was-shortened/" + code;
                byte[] hash = sha256.digest(url.getBytes(StandardCharsets.UTF_8));
                row.setLength(0);
                row.append(id(number)).append('\t').append(id(number)).append("\t\t");
                row.append(code).append('\t').append(url).append("\t\\\\x");
                HexFormat.of().formatHex(row, hash);
                row.append("\t302\t").append(begin.plusMillis(number)).append("\tt\tf\t{}\t");
                row.append(owner).append('\n');
                out.write(row.toString().getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    /** As if the links had been made one by one: ids, versions and blocks that are used are not given again. */
    private void moveOn(Statement statement) throws SQLException {
        statement.execute("SELECT setval(pg_get_serial_sequence('links', 'id'), " + count
                + "), setval('link_version_seq', " + count + "), setval('short_code_block_seq', "
                + (count - BlockLeases.BLOCK_SIZE) + ")");
        statement.execute("INSERT INTO short_code_blocks (first_counter, node_id) SELECT first, 'lab' FROM"
                + " generate_series(0, " + (count - BlockLeases.BLOCK_SIZE) + ", " + BlockLeases.BLOCK_SIZE
                + ") AS first");
    }

    /** The id of the link made as the {@code number}-th; statistics are kept by id. */
    static long id(long number) {
        return number + 1;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every JDK has SHA-256", missing);
        }
    }
}
