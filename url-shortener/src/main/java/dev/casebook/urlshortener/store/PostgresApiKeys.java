package dev.casebook.urlshortener.store;

import dev.casebook.urlshortener.auth.ApiKey;
import dev.casebook.urlshortener.auth.ApiKeyRepository;
import dev.casebook.urlshortener.auth.Restriction;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** API keys as rows of {@code api_keys}. Thread-safe. */
public final class PostgresApiKeys implements ApiKeyRepository {
    private static final String COLUMNS = "id, key_hash, name, restrictions, created_at, expires_at, revoked_at";

    private final Database database;

    /** Keeps keys in a database. */
    public PostgresApiKeys(Database database) {
        this.database = database;
    }

    @Override
    public boolean insert(Stored stored) {
        ApiKey key = stored.key();
        return database.statement("insertApiKey", connection -> {
            try (PreparedStatement statement = connection.prepareStatement("INSERT INTO api_keys (" + COLUMNS
                    + ") VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key_hash) DO NOTHING")) {
                statement.setString(1, key.id());
                statement.setBytes(2, HexFormat.of().parseHex(stored.hash()));
                statement.setString(3, key.name());
                statement.setArray(
                        4,
                        connection.createArrayOf(
                                "text",
                                key.restrictions().stream()
                                        .map(Restriction::toText)
                                        .sorted()
                                        .toArray()));
                statement.setObject(5, LinkRows.timestamp(key.createdAt()));
                statement.setObject(6, LinkRows.timestamp(key.expiresAt()), Types.TIMESTAMP_WITH_TIMEZONE);
                statement.setObject(7, LinkRows.timestamp(key.revokedAt()), Types.TIMESTAMP_WITH_TIMEZONE);
                return statement.executeUpdate() == 1;
            }
        });
    }

    @Override
    public Optional<Stored> findByHash(String hash) {
        return database.statement("findApiKey", connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT " + COLUMNS + " FROM api_keys WHERE key_hash = ?")) {
                statement.setBytes(1, HexFormat.of().parseHex(hash));
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() ? Optional.of(read(row)) : Optional.empty();
                }
            }
        });
    }

    @Override
    public List<ApiKey> list() {
        return database.statement("listApiKeys", connection -> {
            List<ApiKey> keys = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(
                            "SELECT " + COLUMNS + " FROM api_keys ORDER BY created_at, id");
                    ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    keys.add(read(row).key());
                }
            }
            return keys;
        });
    }

    @Override
    public boolean revoke(String id, Instant now) {
        return database.statement("revokeApiKey", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL")) {
                statement.setObject(1, LinkRows.timestamp(now));
                statement.setString(2, id);
                return statement.executeUpdate() == 1;
            }
        });
    }

    private static Stored read(ResultSet row) throws SQLException {
        Set<Restriction> restrictions = new LinkedHashSet<>();
        for (String text : (String[]) row.getArray("restrictions").getArray()) {
            restrictions.add(Restriction.ofText(text));
        }
        ApiKey key = new ApiKey(
                row.getString("id"),
                row.getString("name"),
                restrictions,
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                instant(row, "expires_at"),
                instant(row, "revoked_at"));
        return new Stored(key, HexFormat.of().formatHex(row.getBytes("key_hash")));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }
}
