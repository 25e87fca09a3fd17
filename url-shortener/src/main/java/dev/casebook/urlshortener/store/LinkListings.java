package dev.casebook.urlshortener.store;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkPage;
import dev.casebook.urlshortener.link.LinkQuery;
import dev.casebook.urlshortener.link.LinkRepository;
import dev.casebook.urlshortener.link.TagCount;
import dev.casebook.urlshortener.link.Visibility;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** The questions about many links at once; see {@link LinkRepository} for what each promises. */
final class LinkListings {
    /** Jumps from one domain to the next along the unique index instead of reading every row. */
    private static final String DOMAINS = """
            WITH RECURSIVE step AS (
              (SELECT domain FROM links ORDER BY domain LIMIT 1)
              UNION ALL
              SELECT (SELECT l.domain FROM links l WHERE l.domain > step.domain ORDER BY l.domain LIMIT 1)
              FROM step WHERE step.domain IS NOT NULL)
            SELECT domain FROM step WHERE domain IS NOT NULL
            """;

    private final Database database;
    private final InstantSource clock;

    LinkListings(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    LinkPage page(LinkQuery query, int page, int itemsPerPage) {
        SqlText rows = select("SELECT " + LinkRows.COLUMNS, query)
                .add(LinkFilter.orderBy(query))
                .add(" LIMIT ? OFFSET ?", itemsPerPage, (page - 1L) * itemsPerPage);
        return database.statement("list", connection -> {
            List<Link> links = read(connection, rows);
            // A first page that is not full has told the total.
            long total = page == 1 && links.size() < itemsPerPage ? links.size() : count(connection, query);
            return new LinkPage(links, page, itemsPerPage, total);
        });
    }

    private long count(Connection connection, LinkQuery query) throws SQLException {
        SqlText sql =
                select("SELECT count(*) FROM (SELECT 1", query).add(" LIMIT ?) AS counted", LinkRepository.COUNTED_MAX);
        try (PreparedStatement statement = sql.prepare(connection);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    List<Link> before(LinkQuery query, long beforeId, int limit) {
        SqlText sql = select("SELECT " + LinkRows.COLUMNS, query)
                .add(" AND l.id < ? ORDER BY l.id DESC LIMIT ?", beforeId, limit);
        return database.statement("listBefore", connection -> read(connection, sql));
    }

    private SqlText select(String head, LinkQuery query) {
        SqlText sql = new SqlText().add(head + " FROM links l");
        if (LinkFilter.needsVisits(query)) {
            sql.add(" LEFT JOIN " + LinkFilter.VISIT_TOTALS + " v ON v.link_id = l.id");
        }
        return LinkFilter.where(sql, query, clock.instant());
    }

    List<TagCount> tags(Visibility visibility) {
        SqlText sql = new SqlText().add("SELECT tag, count(*) AS links FROM links l, unnest(l.tags) AS tag");
        LinkFilter.live(sql, visibility).add(" AND l.tags <> '{}' GROUP BY tag ORDER BY tag");
        return database.statement("tags", connection -> {
            List<TagCount> tags = new ArrayList<>();
            try (PreparedStatement statement = sql.prepare(connection);
                    ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    tags.add(new TagCount(row.getString("tag"), row.getLong("links")));
                }
            }
            return tags;
        });
    }

    List<String> domains() {
        return database.statement("domains", connection -> texts(connection, new SqlText().add(DOMAINS)));
    }

    List<String> crawlableSlugs(int limit) {
        SqlText sql = new SqlText()
                .add("SELECT slug FROM links WHERE crawlable AND domain = '' AND deleted_at IS NULL LIMIT ?", limit);
        return database.statement("crawlableSlugs", connection -> texts(connection, sql));
    }

    private static List<String> texts(Connection connection, SqlText sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (PreparedStatement statement = sql.prepare(connection);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        }
        return texts;
    }

    private static List<Link> read(Connection connection, SqlText sql) throws SQLException {
        List<Link> links = new ArrayList<>();
        try (PreparedStatement statement = sql.prepare(connection);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                links.add(LinkRows.read(rows));
            }
        }
        return links;
    }
}
