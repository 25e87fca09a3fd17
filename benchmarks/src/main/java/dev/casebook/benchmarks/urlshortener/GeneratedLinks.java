package dev.casebook.benchmarks.urlshortener;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/**
 * Links by the million, made by PostgreSQL itself and not through the service. Their slugs are a bijection of their numbers, so that clients can name them without having a
 * list, and in no order, as generated codes are: {@code n * MULTIPLIER mod PRIME} in eight hexadecimal digits. {@code redirect.lua} computes the same.
 */
final class GeneratedLinks {
    private static final long MULTIPLIER = 100_000_007;
    private static final long PRIME = 4_294_967_291L;

    private static final String INSERT = """
            INSERT INTO %s (domain, slug, long_url, long_url_hash, status, created_at, forward_query, crawlable, tags)
            SELECT '', slug, url, sha256(convert_to(url, 'UTF8')), 302, now(), false, false, '{}'
            FROM generate_series(0, %d - 1) AS n,
              LATERAL (SELECT lpad(to_hex(n::bigint * %d %% %d), 8, '0') AS slug) AS s,
              LATERAL (SELECT 'https://example.com/casebook/generated/' || slug AS url) AS u
            """;

    private GeneratedLinks() {}

    /** Inserts links 0 to {@code count - 1} with all the table's indexes in force, and lets the planner know. */
    static void insert(Deployment deployment, String table, int count) throws SQLException {
        deployment.sql(INSERT.formatted(table, count, MULTIPLIER, PRIME), "VACUUM (ANALYZE) " + table, "CHECKPOINT");
    }

    /** As {@link #insert} into {@code links}, over a connection that commits by itself. */
    static void insert(Connection connection, int count) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(INSERT.formatted("links", count, MULTIPLIER, PRIME));
            statement.execute("VACUUM (ANALYZE) links");
        }
    }

    /** The slug of a link. */
    static String slug(long number) {
        return String.format(Locale.ROOT, "%08x", number * MULTIPLIER % PRIME);
    }

    /**
     * As {@link #insert} into {@code links}, by the million in minutes: indexes that a redirect never reads are dropped for
     * good, and the one that it reads is built after the rows are there.
     */
    static void insertForRedirects(Deployment deployment, int count) throws SQLException {
        deployment.sql(
                "DROP INDEX links_search, links_long_url_hash, links_created_by, links_tags, links_created_at, links_crawlable",
                "ALTER TABLE links DROP CONSTRAINT links_key");
        deployment.sql(INSERT.formatted("links", count, MULTIPLIER, PRIME));
        deployment.sql(
                "SET maintenance_work_mem = '512MB'; ALTER TABLE links ADD CONSTRAINT links_key UNIQUE (domain, slug)",
                "VACUUM (ANALYZE) links",
                "CHECKPOINT");
    }
}
