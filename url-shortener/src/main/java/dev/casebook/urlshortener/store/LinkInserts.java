package dev.casebook.urlshortener.store;

import dev.casebook.urlshortener.link.IdempotencyClaim;
import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkDraft;
import dev.casebook.urlshortener.link.LinkKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The statements that make links. Each inserts the links and their outbox rows at once, so that one link costs one round
 * trip and one commit, and a thousand links the same.
 *
 * <p>{@code ON CONFLICT .. DO UPDATE .. WHERE deleted_at IS NOT NULL} lets the unique index decide: a free key is
 * inserted, a tombstone is revived, a live link makes the row drop out of RETURNING. The version of a revived row comes
 * from a nextval in SET, which is evaluated under the row's lock, not from EXCLUDED, which was evaluated before it: a
 * deletion that commits in between has a smaller version than we do.
 */
final class LinkInserts {
    /** Rows of one statement; larger ones gain nothing and hold locks longer. */
    static final int ROWS_MAX = 1_000;

    private static final String COLUMNS = """
            (domain, slug, long_url, long_url_hash, status, created_at, valid_since, valid_until, max_visits, password_hash, \
            rules, forward_query, crawlable, title, tags, created_by)
            """;

    private static final String REVIVE = """
            ON CONFLICT (domain, slug) DO UPDATE SET
              id = EXCLUDED.id, row_version = nextval('link_version_seq'), long_url = EXCLUDED.long_url,
              long_url_hash = EXCLUDED.long_url_hash, status = EXCLUDED.status, created_at = EXCLUDED.created_at,
              valid_since = EXCLUDED.valid_since, valid_until = EXCLUDED.valid_until, max_visits = EXCLUDED.max_visits,
              password_hash = EXCLUDED.password_hash, rules = EXCLUDED.rules, forward_query = EXCLUDED.forward_query,
              crawlable = EXCLUDED.crawlable, blocked = false, title = EXCLUDED.title, tags = EXCLUDED.tags,
              created_by = EXCLUDED.created_by, deleted_at = NULL
            WHERE l.deleted_at IS NOT NULL
            RETURNING l.id, l.row_version, l.domain, l.slug
            """;

    private static final String INSERT_ONE = "WITH link AS (INSERT INTO links AS l " + COLUMNS
            + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?) " + REVIVE + "), change AS ("
            + PostgresOutbox.INSERT_FROM_LINK
            + ")";
    private static final String RESULT = " SELECT id, row_version, domain, slug FROM link";

    private static final String INSERT_ONE_PLAIN = INSERT_ONE + RESULT;
    private static final String INSERT_ONE_CLAIMED = INSERT_ONE + """
            , claim AS (
              INSERT INTO idempotency_keys (owner, idempotency_key, fingerprint, domain, slug, link_id, expires_at)
              SELECT ?, ?, ?, domain, slug, id, ? FROM link)
            """ + RESULT;

    private static final String INSERT_MANY = "WITH link AS (INSERT INTO links AS l " + COLUMNS
            + """
            SELECT domain, slug, long_url, sha256(convert_to(long_url, 'UTF8')), status, created_at::timestamptz, valid_since::timestamptz,
                   valid_until::timestamptz, max_visits, password_hash, rules::jsonb, forward_query, crawlable, title,
                   tags::text[], created_by
            FROM unnest(?::text[], ?::text[], ?::text[], ?::int[], ?::text[], ?::text[], ?::text[], ?::int[],
                        ?::text[], ?::text[], ?::bool[], ?::bool[], ?::text[], ?::text[], ?::text[])
              AS given (domain, slug, long_url, status, created_at, valid_since, valid_until, max_visits,
                        password_hash, rules, forward_query, crawlable, title, tags, created_by)
            """
            + REVIVE + "), change AS (" + PostgresOutbox.INSERT_FROM_LINK + ")" + RESULT;

    private LinkInserts() {}

    /** Inserts one link, with its claim if there is one; empty when a live link has the key. */
    static Optional<Link> one(Connection connection, LinkDraft draft, @Nullable IdempotencyClaim claim)
            throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(claim == null ? INSERT_ONE_PLAIN : INSERT_ONE_CLAIMED)) {
            statement.setString(1, draft.key().domain());
            statement.setString(2, draft.key().slug());
            statement.setString(3, draft.longUrl());
            statement.setBytes(4, LinkRows.hash(draft.longUrl()));
            statement.setInt(5, draft.status().code());
            statement.setObject(6, LinkRows.timestamp(draft.createdAt()));
            statement.setObject(7, LinkRows.timestamp(draft.validSince()), Types.TIMESTAMP_WITH_TIMEZONE);
            statement.setObject(8, LinkRows.timestamp(draft.validUntil()), Types.TIMESTAMP_WITH_TIMEZONE);
            statement.setObject(9, draft.maxVisits(), Types.INTEGER);
            statement.setString(10, draft.passwordHash());
            statement.setString(11, LinkRows.rulesJson(draft.rules()));
            statement.setBoolean(12, draft.forwardQuery());
            statement.setBoolean(13, draft.crawlable());
            statement.setString(14, draft.title());
            statement.setArray(15, connection.createArrayOf("text", draft.tags().toArray()));
            statement.setString(16, draft.createdBy());
            if (claim != null) {
                statement.setString(17, claim.owner());
                statement.setString(18, claim.idempotencyKey());
                statement.setString(19, claim.fingerprint());
                statement.setObject(20, LinkRows.timestamp(claim.expiresAt()));
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(draft.stored(row.getLong("id"), row.getLong("row_version")))
                        : Optional.empty();
            }
        }
    }

    /**
     * Inserts links in one statement.
     *
     * @param drafts at most {@link #ROWS_MAX}, each key once (a row cannot be revived twice by one statement)
     * @return the links made, by key
     */
    static Map<LinkKey, Link> many(Connection connection, List<LinkDraft> drafts) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT_MANY)) {
            Columns columns = new Columns(connection, statement, drafts);
            columns.set("text", draft -> draft.key().domain());
            columns.set("text", draft -> draft.key().slug());
            columns.set("text", LinkDraft::longUrl);
            columns.set("int4", draft -> draft.status().code());
            columns.set("text", draft -> draft.createdAt().toString());
            columns.set("text", draft -> text(draft.validSince()));
            columns.set("text", draft -> text(draft.validUntil()));
            columns.set("int4", LinkDraft::maxVisits);
            columns.set("text", LinkDraft::passwordHash);
            columns.set("text", draft -> LinkRows.rulesJson(draft.rules()));
            columns.set("bool", LinkDraft::forwardQuery);
            columns.set("bool", LinkDraft::crawlable);
            columns.set("text", LinkDraft::title);
            columns.set("text", draft -> arrayLiteral(draft.tags()));
            columns.set("text", LinkDraft::createdBy);
            Map<LinkKey, LinkDraft> byKey = new HashMap<>();
            drafts.forEach(draft -> byKey.put(draft.key(), draft));
            Map<LinkKey, Link> links = new HashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    LinkKey key = new LinkKey(row.getString("domain"), row.getString("slug"));
                    LinkDraft draft = byKey.get(key);
                    if (draft == null) {
                        throw new IllegalStateException("inserted a key that was not given: " + key);
                    }
                    links.put(key, draft.stored(row.getLong("id"), row.getLong("row_version")));
                }
            }
            return links;
        }
    }

    /** Turns rows into the arrays that unnest turns into rows again. */
    private static final class Columns {
        private final Connection connection;
        private final PreparedStatement statement;
        private final List<LinkDraft> drafts;
        private int index;

        Columns(Connection connection, PreparedStatement statement, List<LinkDraft> drafts) {
            this.connection = connection;
            this.statement = statement;
            this.drafts = drafts;
        }

        void set(String type, Function<LinkDraft, @Nullable Object> column) throws SQLException {
            @Nullable Object[] values = new Object[drafts.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = column.apply(drafts.get(i));
            }
            statement.setArray(++index, connection.createArrayOf(type, values));
        }
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    /** An array as text: unnest flattens arrays of arrays, and rows differ in how many tags they have. */
    private static String arrayLiteral(Iterable<String> elements) {
        StringBuilder literal = new StringBuilder("{");
        for (String element : elements) {
            literal.append(literal.length() > 1 ? ",\"" : "\"")
                    .append(element.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
        return literal.append('}').toString();
    }
}
