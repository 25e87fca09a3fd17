package dev.casebook.urlshortener.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.urlshortener.link.InsertTerms;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import dev.casebook.urlshortener.link.Links;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatabaseIT {
    private static final DatabaseLimits NARROW =
            new DatabaseLimits(2, Duration.ofMillis(300), Duration.ofSeconds(2), Duration.ofMillis(400));

    private Database database;

    @BeforeEach
    void open() {
        database = TestDatabase.open(NARROW);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static int sleep(Connection connection, double seconds) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_sleep(" + seconds + ")");
            return 1;
        }
    }

    @Test
    void aStatementThatTakesTooLongIsUnavailability() {
        assertThatThrownBy(() -> database.statement("slow", connection -> sleep(connection, 30)))
                .isInstanceOf(LinkStoreUnavailableException.class)
                .hasMessageContaining("slow");
    }

    @Test
    void aBrokenStatementIsNot() {
        assertThatThrownBy(() -> database.statement("broken", connection -> {
                    try (Statement statement = connection.createStatement()) {
                        return statement.execute("SELECT nonsense");
                    }
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("42703");
    }

    @Test
    void aKilledSessionIsUnavailabilityAndTheNextCallWorks() {
        PostgresLinkRepository links = new PostgresLinkRepository(database, InstantSource.system());
        links.insert(Links.draft("kept", "https://example.com/"), InsertTerms.NONE);

        assertThatThrownBy(() -> database.statement("killed", connection -> {
                    try (Statement statement = connection.createStatement()) {
                        return statement.execute("SELECT pg_terminate_backend(pg_backend_pid())");
                    }
                }))
                .isInstanceOf(LinkStoreUnavailableException.class);

        assertThat(links.find(LinkKey.ofSlug("kept"))).isPresent();
    }

    @Test
    void noFreeConnectionIsUnavailabilityAfterTheBorrowTimeout() throws Exception {
        try (Connection one = database.dataSource().getConnection();
                Connection two = database.dataSource().getConnection()) {
            assertThat(one).isNotSameAs(two);
            assertThatThrownBy(() -> database.statement("starved", connection -> 1))
                    .isInstanceOf(LinkStoreUnavailableException.class);
        }
    }

    @Test
    void aServerThatIsNotThereIsUnavailability() {
        assertThatThrownBy(() -> Database.open(
                                "jdbc:postgresql://127.0.0.1:1/nothing", "u", "p", NARROW, new SimpleMeterRegistry())
                        .close())
                .isInstanceOf(LinkStoreUnavailableException.class)
                .hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void aTransactionIsRunAgainAfterADeadlockAndNotForever() {
        AtomicInteger runs = new AtomicInteger();
        String result = database.transaction("retried", connection -> {
            if (runs.incrementAndGet() < 3) {
                raise(connection, "40P01");
            }
            return "done";
        });
        assertThat(result).isEqualTo("done");

        runs.set(0);
        assertThatThrownBy(() -> database.transaction("hopeless", connection -> {
                    runs.incrementAndGet();
                    raise(connection, "40001");
                    return 1;
                }))
                .isInstanceOf(LinkStoreUnavailableException.class);
        assertThat(runs).hasValue(4);
    }

    private static void raise(Connection connection, String state) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DO $$ BEGIN RAISE EXCEPTION 'asked for' USING ERRCODE = '" + state + "'; END $$");
        }
    }

    @Test
    void aTransactionThatThrowsLeavesNothing() {
        assertThatThrownBy(() -> database.transaction("undone", connection -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("INSERT INTO blocked_hosts (host) VALUES ('undone.example')");
                    }
                    throw new UnsupportedOperationException("no");
                }))
                .isInstanceOf(UnsupportedOperationException.class);

        assertThat(new PostgresBlockedHosts(database).read()).isEmpty();
    }

    @Test
    void migratingAgainChangesNothing() {
        assertThat(Schema.migrate(database.dataSource())).isZero();
    }
}
