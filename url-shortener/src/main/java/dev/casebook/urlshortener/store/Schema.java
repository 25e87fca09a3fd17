package dev.casebook.urlshortener.store;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings a database to the schema this build needs; see {@code db/migration/url-shortener}. */
public final class Schema {
    private static final String LOCATION = "classpath:db/migration/url-shortener";
    private static final int CONNECT_RETRIES = 10;

    private Schema() {}

    /**
     * Applies the migrations that are missing. Several nodes may start at once: a lock in the database lets one migrate
     * and the others wait.
     *
     * @return how many migrations were applied
     * @throws org.flywaydb.core.api.FlywayException when the database cannot be reached, or was changed by hand
     */
    public static int migrate(DataSource dataSource) {
        return Flyway.configure()
                .dataSource(dataSource)
                .locations(LOCATION)
                .connectRetries(CONNECT_RETRIES)
                .cleanDisabled(true)
                .load()
                .migrate()
                .migrationsExecuted;
    }
}
