package dev.casebook.urlshortener.store;

import dev.casebook.urlshortener.safety.BlockedHosts;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.HashSet;
import java.util.Set;

/** The installation's own list of hosts that links must not lead to. Thread-safe. */
public final class PostgresBlockedHosts implements BlockedHosts {
    private final Database database;

    /** Keeps the list in a database. */
    public PostgresBlockedHosts(Database database) {
        this.database = database;
    }

    @Override
    public Set<String> read() {
        return database.statement("readBlockedHosts", connection -> {
            Set<String> hosts = new HashSet<>();
            try (PreparedStatement statement = connection.prepareStatement("SELECT host FROM blocked_hosts");
                    ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    hosts.add(row.getString(1));
                }
            }
            return hosts;
        });
    }

    /** Adds a host, ASCII and lower case; false when it is there already. */
    public boolean add(String host) {
        return database.statement("addBlockedHost", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "INSERT INTO blocked_hosts (host) VALUES (?) ON CONFLICT (host) DO NOTHING")) {
                statement.setString(1, host);
                return statement.executeUpdate() == 1;
            }
        });
    }

    /** Takes a host off the list; false when it was not on it. */
    public boolean remove(String host) {
        return database.statement("removeBlockedHost", connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("DELETE FROM blocked_hosts WHERE host = ?")) {
                statement.setString(1, host);
                return statement.executeUpdate() == 1;
            }
        });
    }
}
