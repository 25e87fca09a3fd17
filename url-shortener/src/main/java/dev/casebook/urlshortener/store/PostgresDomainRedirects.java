package dev.casebook.urlshortener.store;

import dev.casebook.urlshortener.link.DomainRedirects;
import dev.casebook.urlshortener.link.DomainRedirectsStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Redirects of domains in PostgreSQL. Thread-safe. */
public final class PostgresDomainRedirects implements DomainRedirectsStore {
    private static final String COLUMNS = "base_url_redirect, invalid_short_url_redirect, regular_404_redirect";

    private final Database database;

    public PostgresDomainRedirects(Database database) {
        this.database = database;
    }

    @Override
    public Map<String, DomainRedirects> all() {
        return database.statement("domainRedirects", connection -> {
            Map<String, DomainRedirects> all = new HashMap<>();
            try (PreparedStatement select =
                            connection.prepareStatement("SELECT " + COLUMNS + ", domain FROM domain_redirects");
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    all.put(row.getString("domain"), read(row));
                }
            }
            return Map.copyOf(all);
        });
    }

    @Override
    public DomainRedirects change(String domain, UnaryOperator<DomainRedirects> edit) {
        return database.transaction("changeDomainRedirects", connection -> {
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO domain_redirects (domain) VALUES (?) ON CONFLICT DO NOTHING")) {
                insert.setString(1, domain);
                insert.executeUpdate();
            }
            DomainRedirects edited = edit.apply(locked(connection, domain));
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE domain_redirects SET "
                            + "base_url_redirect = ?, invalid_short_url_redirect = ?, regular_404_redirect = ? WHERE domain = ?")) {
                update.setString(1, edited.baseUrl());
                update.setString(2, edited.invalidShortUrl());
                update.setString(3, edited.regular404());
                update.setString(4, domain);
                update.executeUpdate();
            }
            return edited;
        });
    }

    private static DomainRedirects locked(Connection connection, String domain) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT " + COLUMNS + " FROM domain_redirects WHERE domain = ? FOR UPDATE")) {
            select.setString(1, domain);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("a row just inserted is gone: " + domain);
                }
                return read(row);
            }
        }
    }

    private static DomainRedirects read(ResultSet row) throws SQLException {
        return new DomainRedirects(
                row.getString("base_url_redirect"),
                row.getString("invalid_short_url_redirect"),
                row.getString("regular_404_redirect"));
    }
}
