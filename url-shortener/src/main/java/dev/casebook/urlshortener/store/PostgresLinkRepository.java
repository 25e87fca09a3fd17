package dev.casebook.urlshortener.store;

import dev.casebook.urlshortener.link.IdempotencyClaim;
import dev.casebook.urlshortener.link.InsertOutcome;
import dev.casebook.urlshortener.link.InsertTerms;
import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkChange;
import dev.casebook.urlshortener.link.LinkDraft;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkPage;
import dev.casebook.urlshortener.link.LinkQuery;
import dev.casebook.urlshortener.link.LinkRepository;
import dev.casebook.urlshortener.link.TagCount;
import dev.casebook.urlshortener.link.Visibility;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Links in PostgreSQL.
 *
 * <p>Who decides what: that a key is free, the index {@code links_key}; that an idempotency key is new, the primary key of
 * {@code idempotency_keys} in the very statement that makes the link; that no equal link exists ({@code findIfExists}), an
 * advisory lock on the destination's hash, since "no such row" cannot be locked otherwise. Versions come from a sequence,
 * evaluated while the row is locked, so they grow in the order of a key's commits.
 *
 * <p>Thread-safe.
 */
public final class PostgresLinkRepository implements LinkRepository {
    private static final String FIND =
            "SELECT " + LinkRows.COLUMNS + " FROM links l WHERE l.domain = ? AND l.slug = ? AND l.deleted_at IS NULL";

    private static final String FIND_EQUAL = "SELECT " + LinkRows.COLUMNS
            + " FROM links l WHERE l.long_url_hash = ? AND l.deleted_at IS NULL ORDER BY l.id";

    private static final String FIND_CLAIM = """
            SELECT k.fingerprint AS claim_fingerprint, k.domain AS claim_domain, k.slug AS claim_slug, %s
            FROM idempotency_keys k
            LEFT JOIN links l ON l.domain = k.domain AND l.slug = k.slug AND l.id = k.link_id AND l.deleted_at IS NULL
            WHERE k.owner = ? AND k.idempotency_key = ? AND k.expires_at > ?
            """.formatted(LinkRows.COLUMNS);

    private static final String UPDATE = """
            WITH link AS (
              UPDATE links SET row_version = nextval('link_version_seq'), long_url = ?, long_url_hash = ?, status = ?,
                valid_since = ?, valid_until = ?, max_visits = ?, password_hash = ?, rules = ?::jsonb, forward_query = ?,
                crawlable = ?, blocked = ?, title = ?, tags = ?
              WHERE id = ? RETURNING row_version, domain, slug), change AS (%s)
            SELECT row_version FROM link
            """.formatted(PostgresOutbox.INSERT_FROM_LINK);

    /** Links that share a destination and are looked at for one that serves. */
    private static final int EQUAL_URLS_MAX = 1_000;

    private static final int CLAIM_ATTEMPTS_MAX = 3;
    private static final int TAG_BATCH_LINKS = 500;
    private static final long FIND_IF_EXISTS_LOCKS = 0x6c696e6b;

    private final Database database;
    private final InstantSource clock;
    private final LinkListings listings;

    /** Makes the repository; the schema must be there, see {@link Schema}. */
    public PostgresLinkRepository(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
        listings = new LinkListings(database, clock);
    }

    @Override
    public Optional<Link> find(LinkKey key) {
        return database.statement("find", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(FIND)) {
                statement.setString(1, key.domain());
                statement.setString(2, key.slug());
                return first(statement);
            }
        });
    }

    @Override
    public InsertOutcome insert(LinkDraft draft, InsertTerms terms) {
        if (terms.match() != null) {
            Optional<Link> served = findServing(draft, terms.match());
            if (served.isPresent()) {
                return new InsertOutcome.Matched(served.get());
            }
        }
        for (int attempt = 1; ; attempt++) {
            Optional<InsertOutcome> outcome = terms.match() == null
                    ? database.statement("insert", connection -> insertClaimed(connection, draft, terms.claim()))
                    : insertUnlessServed(draft, terms.match(), terms.claim());
            if (outcome.isPresent()) {
                return outcome.get();
            }
            IdempotencyClaim claim = requireClaim(terms);
            Optional<InsertOutcome.Claimed> claimed = findClaim(claim);
            if (claimed.isPresent()) {
                return claimed.get();
            }
            if (attempt == CLAIM_ATTEMPTS_MAX) {
                throw new IllegalStateException("idempotency key is neither free nor taken: " + claim.idempotencyKey());
            }
            deleteExpired(claim);
        }
    }

    /** Empty when the idempotency key is recorded already, perhaps by a record that has expired. */
    private static Optional<InsertOutcome> insertClaimed(
            Connection connection, LinkDraft draft, @Nullable IdempotencyClaim claim) throws SQLException {
        try {
            return Optional.of(LinkInserts.one(connection, draft, claim)
                    .<InsertOutcome>map(InsertOutcome.Inserted::new)
                    .orElseGet(InsertOutcome.KeyTaken::new));
        } catch (SQLException failure) {
            if (SqlFailures.isUniqueViolation(failure, "idempotency_keys_key")) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private Optional<InsertOutcome> insertUnlessServed(
            LinkDraft draft, InsertTerms.Match match, @Nullable IdempotencyClaim claim) {
        return database.transaction("insertUnlessServed", connection -> {
            // Each statement of a READ COMMITTED transaction sees what was committed before it: once we have the lock,
            // the
            // next one sees the link of whoever had it before.
            try (PreparedStatement lock = connection.prepareStatement("SELECT pg_advisory_xact_lock(?)")) {
                lock.setLong(
                        1,
                        FIND_IF_EXISTS_LOCKS
                                ^ ByteBuffer.wrap(LinkRows.hash(draft.longUrl()))
                                        .getLong());
                lock.execute();
            }
            Optional<Link> served = findServing(connection, draft, match);
            if (served.isPresent()) {
                return Optional.of(new InsertOutcome.Matched(served.get()));
            }
            Optional<InsertOutcome> outcome = insertClaimed(connection, draft, claim);
            if (outcome.isEmpty()) {
                connection.rollback();
            }
            return outcome;
        });
    }

    private Optional<Link> findServing(LinkDraft draft, InsertTerms.Match match) {
        return database.statement("findServing", connection -> findServing(connection, draft, match));
    }

    private static Optional<Link> findServing(Connection connection, LinkDraft draft, InsertTerms.Match match)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIND_EQUAL)) {
            statement.setMaxRows(EQUAL_URLS_MAX);
            statement.setBytes(1, LinkRows.hash(draft.longUrl()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Link link = LinkRows.read(rows);
                    if (match.visibility().covers(link) && draft.isServedBy(link, match.slugToo())) {
                        return Optional.of(link);
                    }
                }
                return Optional.empty();
            }
        }
    }

    private static IdempotencyClaim requireClaim(InsertTerms terms) {
        if (terms.claim() == null) {
            throw new IllegalStateException("an insert without an idempotency key conflicts with one");
        }
        return terms.claim();
    }

    @Override
    public Optional<InsertOutcome.Claimed> findClaim(IdempotencyClaim claim) {
        return database.statement("findClaim", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(FIND_CLAIM)) {
                statement.setString(1, claim.owner());
                statement.setString(2, claim.idempotencyKey());
                statement.setObject(3, LinkRows.timestamp(claim.now()));
                try (ResultSet row = statement.executeQuery()) {
                    if (!row.next()) {
                        return Optional.empty();
                    }
                    boolean linkIsLive = row.getObject("id") != null;
                    return Optional.of(new InsertOutcome.Claimed(
                            row.getString("claim_fingerprint"),
                            new LinkKey(row.getString("claim_domain"), row.getString("claim_slug")),
                            linkIsLive ? Optional.of(LinkRows.read(row)) : Optional.empty()));
                }
            }
        });
    }

    private void deleteExpired(IdempotencyClaim claim) {
        database.statement("deleteExpiredClaim", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "DELETE FROM idempotency_keys WHERE owner = ? AND idempotency_key = ? AND expires_at <= ?")) {
                statement.setString(1, claim.owner());
                statement.setString(2, claim.idempotencyKey());
                statement.setObject(3, LinkRows.timestamp(claim.now()));
                return statement.executeUpdate();
            }
        });
    }

    /**
     * Forgets idempotency keys that have expired.
     *
     * @param rowsMax how many at most
     * @return how many were forgotten
     */
    public int deleteExpiredClaims(int rowsMax) {
        return database.statement("deleteExpiredClaims", connection -> {
            try (PreparedStatement statement = connection.prepareStatement("""
                    DELETE FROM idempotency_keys WHERE (owner, idempotency_key) IN (
                      SELECT owner, idempotency_key FROM idempotency_keys WHERE expires_at <= ?
                      ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED)""")) {
                statement.setObject(1, LinkRows.timestamp(clock.instant()));
                statement.setInt(2, rowsMax);
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public List<Optional<Link>> insertAll(List<LinkDraft> drafts, NextKey nextKey) {
        if (nextKey.equals(NextKey.NONE) && drafts.size() <= LinkInserts.ROWS_MAX) {
            // One statement, which commits itself: one round trip instead of two.
            return database.statement("insertGroup", connection -> insertRounds(connection, drafts, nextKey));
        }
        return database.transaction("insertAll", connection -> insertRounds(connection, drafts, nextKey));
    }

    private record Pending(int index, LinkDraft draft, int keysTaken) {}

    /**
     * Rounds end because {@code nextKey} gives up. Every bulk insert takes its rows in the order of their keys, so that two of
     * them with keys in common wait for each other in one direction only; should a later round break that, the server
     * detects the deadlock and the transaction is run again.
     */
    private static List<Optional<Link>> insertRounds(Connection connection, List<LinkDraft> drafts, NextKey nextKey)
            throws SQLException {
        List<Optional<Link>> links = new ArrayList<>(drafts.size());
        List<Pending> pending = new ArrayList<>(drafts.size());
        for (int i = 0; i < drafts.size(); i++) {
            links.add(Optional.empty());
            pending.add(new Pending(i, drafts.get(i), 0));
        }
        while (!pending.isEmpty()) {
            pending.sort(Comparator.comparing((Pending row) -> row.draft().key().domain())
                    .thenComparing(row -> row.draft().key().slug())
                    .thenComparingInt(Pending::index));
            List<Pending> taken = new ArrayList<>();
            for (int from = 0; from < pending.size(); from += LinkInserts.ROWS_MAX) {
                List<Pending> chunk = pending.subList(from, Math.min(pending.size(), from + LinkInserts.ROWS_MAX));
                insertChunk(connection, chunk, links, taken);
            }
            pending.clear();
            for (Pending row : taken) {
                int keysTaken = row.keysTaken() + 1;
                LinkKey next = nextKey.after(row.index(), keysTaken);
                if (next != null) {
                    pending.add(new Pending(row.index(), row.draft().withKey(next), keysTaken));
                }
            }
        }
        return links;
    }

    /** Of rows with one key, the first in the caller's order gets it. */
    private static void insertChunk(
            Connection connection, List<Pending> chunk, List<Optional<Link>> links, List<Pending> taken)
            throws SQLException {
        Set<LinkKey> keys = new HashSet<>();
        List<Pending> distinct = new ArrayList<>(chunk.size());
        for (Pending row : chunk) {
            (keys.add(row.draft().key()) ? distinct : taken).add(row);
        }
        Map<LinkKey, Link> made = LinkInserts.many(
                connection, distinct.stream().map(Pending::draft).toList());
        for (Pending row : distinct) {
            Link link = made.get(row.draft().key());
            if (link == null) {
                taken.add(row);
            } else {
                links.set(row.index(), Optional.of(link));
            }
        }
    }

    @Override
    public Optional<Link> update(LinkKey key, Visibility visibility, UnaryOperator<Link> edit) {
        return database.transaction("update", connection -> {
            Optional<Link> before = findForUpdate(connection, key).filter(visibility::covers);
            if (before.isEmpty()) {
                return before;
            }
            Link link = before.get();
            Link after = edit.apply(link);
            return after.equals(link) ? before : Optional.of(write(connection, link, after));
        });
    }

    private static Optional<Link> findForUpdate(Connection connection, LinkKey key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIND + " FOR UPDATE")) {
            statement.setString(1, key.domain());
            statement.setString(2, key.slug());
            return first(statement);
        }
    }

    private static Link write(Connection connection, Link before, Link after) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(UPDATE)) {
            statement.setString(1, after.longUrl());
            statement.setBytes(2, LinkRows.hash(after.longUrl()));
            statement.setInt(3, after.status().code());
            statement.setObject(4, LinkRows.timestamp(after.validSince()), Types.TIMESTAMP_WITH_TIMEZONE);
            statement.setObject(5, LinkRows.timestamp(after.validUntil()), Types.TIMESTAMP_WITH_TIMEZONE);
            statement.setObject(6, after.maxVisits(), Types.INTEGER);
            statement.setString(7, after.passwordHash());
            statement.setString(8, LinkRows.rulesJson(after.rules()));
            statement.setBoolean(9, after.forwardQuery());
            statement.setBoolean(10, after.crawlable());
            statement.setBoolean(11, after.blocked());
            statement.setString(12, after.title());
            statement.setArray(
                    13,
                    connection.createArrayOf(
                            "text", after.tags().stream().sorted().toArray()));
            statement.setLong(14, before.id());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("a locked row is gone: " + before.key());
                }
                return after.withVersion(row.getLong("row_version"));
            }
        }
    }

    @Override
    public Optional<LinkChange> delete(LinkKey key, Visibility visibility) {
        SqlText sql = new SqlText();
        sql.add(
                "WITH link AS (UPDATE links l SET row_version = nextval('link_version_seq'), deleted_at = ?",
                LinkRows.timestamp(clock.instant()));
        LinkFilter.live(sql, visibility)
                .add(" AND l.domain = ? AND l.slug = ?", key.domain(), key.slug())
                .add(" RETURNING l.row_version, l.domain, l.slug), change AS (" + PostgresOutbox.INSERT_FROM_LINK
                        + ") SELECT row_version FROM link");
        return database.statement("delete", connection -> {
            try (PreparedStatement statement = sql.prepare(connection);
                    ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new LinkChange(key, row.getLong("row_version"), null))
                        : Optional.empty();
            }
        });
    }

    @Override
    public LinkPage list(LinkQuery query, int page, int itemsPerPage) {
        return listings.page(query, page, itemsPerPage);
    }

    @Override
    public List<Link> listBefore(LinkQuery query, long beforeId, int limit) {
        return listings.before(query, beforeId, limit);
    }

    @Override
    public List<TagCount> tags(Visibility visibility) {
        return listings.tags(visibility);
    }

    @Override
    public List<String> crawlableSlugs(int limit) {
        return listings.crawlableSlugs(limit);
    }

    @Override
    public List<String> domains() {
        return listings.domains();
    }

    @Override
    public int replaceTag(String tag, @Nullable String replacement, Visibility visibility) {
        if (tag.equals(replacement)) {
            return 0;
        }
        int changed = 0;
        int batch;
        do {
            batch = database.transaction("replaceTag", connection -> {
                SqlText sql = new SqlText()
                        .add("""
                                WITH link AS (
                                  UPDATE links SET row_version = nextval('link_version_seq'), tags = ARRAY(
                                    SELECT DISTINCT t FROM unnest(array_remove(links.tags, ?) || ?::text[]) AS t)
                                  WHERE id IN (SELECT l.id FROM links l""", tag, SqlText.textArray(replacement == null ? List.of() : List.of(replacement)));
                LinkFilter.live(sql, visibility)
                        .add(" AND l.tags <> '{}' AND l.tags @> ARRAY[?::text]", tag)
                        .add(" ORDER BY l.id LIMIT ? FOR UPDATE)", TAG_BATCH_LINKS)
                        .add(" RETURNING row_version, domain, slug), change AS (" + PostgresOutbox.INSERT_FROM_LINK
                                + ") SELECT count(*) FROM link");
                try (PreparedStatement statement = sql.prepare(connection);
                        ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getInt(1);
                }
            });
            changed += batch;
        } while (batch == TAG_BATCH_LINKS);
        return changed;
    }

    private static Optional<Link> first(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(LinkRows.read(row)) : Optional.empty();
        }
    }
}
