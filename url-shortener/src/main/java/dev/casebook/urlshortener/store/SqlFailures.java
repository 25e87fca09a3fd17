package dev.casebook.urlshortener.store;

import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;

/** Tells apart, by SQLSTATE (PostgreSQL manual, appendix A), a database that cannot answer now from a broken statement. */
final class SqlFailures {
    private static final String UNIQUE_VIOLATION = "23505";

    private static final Set<String> UNAVAILABLE_CLASSES = Set.of(
            "08", // connection exception
            "53", // insufficient resources: disk full, out of memory, too many connections
            "57", // operator intervention: shutdown, crash of another session, cancelled by statement_timeout
            "58" // system error outside of the database
            );

    private static final Set<String> UNAVAILABLE_STATES = Set.of(
            "25006", // read-only transaction: a standby that has not been promoted yet
            "25P03", // idle_in_transaction_session_timeout
            "40001", // serialization failure, after all attempts
            "40P01", // deadlock, after all attempts
            "55P03" // lock not available
            );

    private static final Set<String> RETRYABLE_STATES = Set.of("40001", "40P01");

    private SqlFailures() {}

    static boolean isRetryable(SQLException failure) {
        return failure.getSQLState() != null && RETRYABLE_STATES.contains(failure.getSQLState());
    }

    /** The server names the constraint in the message, whatever language the rest of it is in. */
    static boolean isUniqueViolation(SQLException failure, String constraint) {
        return UNIQUE_VIOLATION.equals(failure.getSQLState())
                && failure.getMessage() != null
                && failure.getMessage().contains('"' + constraint + '"');
    }

    static RuntimeException translate(String operation, SQLException failure) {
        return isUnavailable(failure)
                ? new LinkStoreUnavailableException(operation + ": " + failure.getMessage(), failure)
                : new IllegalStateException(
                        operation + " failed with SQLSTATE " + failure.getSQLState() + ": " + failure.getMessage(),
                        failure);
    }

    private static boolean isUnavailable(SQLException failure) {
        if (failure instanceof SQLTransientConnectionException || failure instanceof SQLTimeoutException) {
            return true;
        }
        String state = failure.getSQLState();
        return state != null
                && (UNAVAILABLE_STATES.contains(state)
                        || (state.length() == 5 && UNAVAILABLE_CLASSES.contains(state.substring(0, 2))));
    }
}
