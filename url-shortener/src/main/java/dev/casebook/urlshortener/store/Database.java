package dev.casebook.urlshortener.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * The pool of connections and the two ways to use one: a single statement, which is its own transaction, or several in
 * one. Counts and times each by name ({@code urlshortener.db.operations}), so that reads and writes per request can be seen.
 * Thread-safe; callers block, so they are virtual threads.
 */
public final class Database implements AutoCloseable {
    /** The server's own limits come first; the socket gives up a little later, for a server that no longer answers at all. */
    private static final Duration SOCKET_GRACE = Duration.ofSeconds(2);

    /** Deadlocks and serialization failures are the server's way to say "again". */
    private static final int ATTEMPTS_MAX = 4;

    private final HikariDataSource pool;
    private final MeterRegistry metrics;

    private Database(HikariDataSource pool, MeterRegistry metrics) {
        this.pool = pool;
        this.metrics = metrics;
    }

    /**
     * Opens a pool.
     *
     * @throws LinkStoreUnavailableException when the first connection cannot be made
     */
    public static Database open(
            String jdbcUrl, String user, String password, DatabaseLimits limits, MeterRegistry metrics) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("url-shortener");
        config.setJdbcUrl(jdbcUrl);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(limits.connections());
        config.setMinimumIdle(Math.min(2, limits.connections()));
        config.setConnectionTimeout(limits.borrowTimeout().toMillis());
        config.setValidationTimeout(Math.min(1_000, limits.borrowTimeout().toMillis()));
        config.setInitializationFailTimeout(limits.connectTimeout().toMillis());
        config.setMetricRegistry(metrics);
        config.addDataSourceProperty("ApplicationName", "casebook url-shortener");
        config.addDataSourceProperty(
                "connectTimeout", Long.toString(limits.connectTimeout().toSeconds()));
        config.addDataSourceProperty(
                "socketTimeout",
                Long.toString(limits.statementTimeout().plus(SOCKET_GRACE).toSeconds()));
        config.addDataSourceProperty("tcpKeepAlive", "true");
        // Few distinct statements, each many times: prepare them on the server at once instead of at the fifth use.
        config.addDataSourceProperty("prepareThreshold", "1");
        config.addDataSourceProperty(
                "options",
                "-c statement_timeout=" + limits.statementTimeout().toMillis()
                        + " -c idle_in_transaction_session_timeout="
                        + limits.statementTimeout().toMillis());
        try {
            return new Database(new HikariDataSource(config), metrics);
        } catch (com.zaxxer.hikari.pool.HikariPool.PoolInitializationException failed) {
            throw new LinkStoreUnavailableException(
                    "cannot connect to " + jdbcUrl + ": " + failed.getMessage(), failed);
        }
    }

    /** Where the operations are counted. */
    MeterRegistry metrics() {
        return metrics;
    }

    /** The pool, for those who bring their own statements. */
    public DataSource dataSource() {
        return pool;
    }

    /** Whether the database answers; borrows a connection, so it waits as long as any statement would. */
    public boolean isReachable() {
        try (Connection connection = pool.getConnection()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Work on a connection. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /**
     * Runs one statement, committed by itself: one round trip. Again when the server asks for that, as what it has
     * taken back has written nothing.
     *
     * @param name of the operation in metrics, one of a small fixed set
     * @throws LinkStoreUnavailableException when the database cannot answer now
     */
    <T> T statement(String name, Work<T> work) {
        return attempts(name, work);
    }

    /**
     * Runs several statements in one transaction; again from the start when the server asks for that. Whatever the work
     * throws rolls back.
     *
     * @throws LinkStoreUnavailableException when the database cannot answer now
     */
    <T> T transaction(String name, Work<T> work) {
        return attempts(name, connection -> inTransaction(connection, work));
    }

    private <T> T attempts(String name, Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            long start = System.nanoTime();
            try (Connection connection = pool.getConnection()) {
                T result = work.on(connection);
                record(name, "ok", start);
                return result;
            } catch (SQLException failure) {
                boolean again = SqlFailures.isRetryable(failure) && attempt < ATTEMPTS_MAX;
                record(name, again ? "retried" : "failed", start);
                if (!again) {
                    throw SqlFailures.translate(name, failure);
                }
            }
        }
    }

    private static <T> T inTransaction(Connection connection, Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        boolean committed = false;
        try {
            T result = work.on(connection);
            connection.commit();
            committed = true;
            return result;
        } finally {
            // A connection that goes back to the pool is rolled back there; this only says so where it happens.
            if (!committed && !connection.isClosed()) {
                connection.rollback();
            }
        }
    }

    private void record(String name, String outcome, long startNanos) {
        metrics.timer("urlshortener.db.operations", "operation", name, "outcome", outcome)
                .record(Duration.ofNanos(System.nanoTime() - startNanos));
    }

    @Override
    public void close() {
        pool.close();
    }
}
