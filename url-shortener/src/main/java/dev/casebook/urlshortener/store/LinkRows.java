package dev.casebook.urlshortener.store;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.RedirectRule;
import dev.casebook.urlshortener.link.RedirectRuleJson;
import dev.casebook.urlshortener.link.RedirectStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Between rows of {@code links} and {@link Link}. */
final class LinkRows {
    /** What {@link #read} needs. */
    static final String COLUMNS = """
            l.id, l.domain, l.slug, l.row_version, l.long_url, l.status, l.created_at, l.valid_since, l.valid_until, \
            l.max_visits, l.password_hash, l.rules, l.forward_query, l.crawlable, l.blocked, l.title, l.tags, \
            l.created_by, l.deleted_at""";

    private LinkRows() {}

    static Link read(ResultSet row) throws SQLException {
        return new Link(
                row.getLong("id"),
                new LinkKey(row.getString("domain"), row.getString("slug")),
                row.getLong("row_version"),
                row.getString("long_url"),
                RedirectStatus.of(row.getInt("status")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                instant(row, "valid_since"),
                instant(row, "valid_until"),
                row.getObject("max_visits", Integer.class),
                row.getString("password_hash"),
                rules(row.getString("rules")),
                row.getBoolean("forward_query"),
                row.getBoolean("crawlable"),
                row.getBoolean("blocked"),
                row.getString("title"),
                tags(row.getArray("tags")),
                row.getString("created_by"));
    }

    static boolean isDeleted(ResultSet row) throws SQLException {
        return row.getObject("deleted_at") != null;
    }

    private static List<RedirectRule> rules(@Nullable String json) {
        return json == null ? List.of() : RedirectRuleJson.read(json);
    }

    private static Set<String> tags(Array array) throws SQLException {
        return Set.of((String[]) array.getArray());
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    static @Nullable OffsetDateTime timestamp(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    /** Null for no rules: the common case costs no JSON. */
    static @Nullable String rulesJson(List<RedirectRule> rules) {
        return rules.isEmpty() ? null : RedirectRuleJson.write(rules);
    }

    static byte[] hash(String longUrl) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(longUrl.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
