package dev.casebook.urlshortener.store;

import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.sql.ResultSet;

/**
 * Secrets that all nodes of an installation share and that must never change, since what they permuted or signed is out in
 * the world. Made by whoever asks first: of several at once the primary key picks one. Thread-safe.
 */
public final class PostgresInstallationSecrets {
    private final Database database;
    private final SecureRandom random;

    /** Keeps secrets in a database. */
    public PostgresInstallationSecrets(Database database, SecureRandom random) {
        this.database = database;
        this.random = random;
    }

    /**
     * The secret of a name, the same at every call and on every node.
     *
     * @param length in bytes, when it has to be made
     */
    public byte[] secret(String name, int length) {
        byte[] proposal = new byte[length];
        random.nextBytes(proposal);
        byte[] secret = database.transaction("secret", connection -> {
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO installation_secrets (name, secret) VALUES (?, ?) ON CONFLICT (name) DO NOTHING")) {
                insert.setString(1, name);
                insert.setBytes(2, proposal);
                insert.executeUpdate();
            }
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT secret FROM installation_secrets WHERE name = ?")) {
                select.setString(1, name);
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    return row.getBytes(1);
                }
            }
        });
        if (secret.length != length) {
            throw new IllegalStateException(
                    "installation secret " + name + " has " + secret.length + " bytes instead of " + length);
        }
        return secret;
    }
}
