package dev.casebook.urlshortener.store;

import java.time.Duration;

/**
 * Bounds on a node's use of PostgreSQL.
 *
 * @param connections open at most; the server has one process for each
 * @param borrowTimeout how long a caller waits for a free connection, so how long a request hangs when the database is gone
 * @param connectTimeout until a new connection must stand
 * @param statementTimeout after which the server cancels a statement
 */
public record DatabaseLimits(
        int connections, Duration borrowTimeout, Duration connectTimeout, Duration statementTimeout) {
    public DatabaseLimits {
        if (connections < 1) {
            throw new IllegalArgumentException("connections must be >= 1: " + connections);
        }
        requireMillis("borrowTimeout", borrowTimeout, 250);
        requireMillis("connectTimeout", connectTimeout, 1_000);
        requireMillis("statementTimeout", statementTimeout, 1);
    }

    /** 16 connections, 2 s to get one, 2 s to open one, 5 s per statement. */
    public static DatabaseLimits defaults() {
        return new DatabaseLimits(16, Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(5));
    }

    private static void requireMillis(String name, Duration value, long millisMin) {
        if (value.toMillis() < millisMin) {
            throw new IllegalArgumentException(name + " must be >= " + millisMin + " ms: " + value.toMillis() + " ms");
        }
    }
}
