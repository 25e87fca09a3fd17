package dev.casebook.urlshortener.store;

import dev.casebook.backing.PostgresService;
import dev.casebook.backing.testing.SharedBacking;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A migrated database of its own in the shared PostgreSQL. */
public final class TestDatabase {
    private TestDatabase() {}

    /** Opens a pool on a new database. */
    public static Database open() {
        return open(DatabaseLimits.defaults());
    }

    static Database open(DatabaseLimits limits) {
        PostgresService postgres = SharedBacking.postgres();
        Database database = Database.open(
                SharedBacking.freshDatabase(), postgres.user(), postgres.password(), limits, new SimpleMeterRegistry());
        Schema.migrate(database.dataSource());
        return database;
    }

    /** Runs a statement that no class of ours would. */
    static void execute(Database database, String sql) {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(sql, failure);
        }
    }
}
