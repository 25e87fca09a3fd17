package dev.casebook.urlshortener.redirect;

import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * {@link VisitGrants} in one statement, as long as all that is wanted is left: the row's lock makes the test and the addition
 * one step. Near the end of a limit the rest is read and asked for again. That others are faster is no reason to give up:
 * the count only grows, so each further round has less to ask for, and at most {@code wanted} rounds lead to an answer.
 */
public final class PostgresVisitGrants implements VisitGrants {
    private static final String GRANT = """
            INSERT INTO visit_grants AS v (link_id, granted) VALUES (?, ?)
            ON CONFLICT (link_id) DO UPDATE SET granted = v.granted + EXCLUDED.granted
            WHERE v.granted + EXCLUDED.granted <= ?
            """;

    private static final String GRANTED = "SELECT granted FROM visit_grants WHERE link_id = ?";

    private final DataSource dataSource;

    public PostgresVisitGrants(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public int grant(long linkId, int wanted, int max) {
        try (Connection connection = dataSource.getConnection()) {
            int asked = Math.min(wanted, max);
            while (asked > 0 && !tryGrant(connection, linkId, asked, max)) {
                asked = Math.min(asked, max - handedOut(connection, linkId));
            }
            return Math.max(asked, 0);
        } catch (SQLException e) {
            throw new LinkStoreUnavailableException("visits cannot be counted now", e);
        }
    }

    private static boolean tryGrant(Connection connection, long linkId, int visits, int max) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(GRANT)) {
            statement.setLong(1, linkId);
            statement.setInt(2, visits);
            statement.setInt(3, max);
            return statement.executeUpdate() == 1;
        }
    }

    private static int handedOut(Connection connection, long linkId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(GRANTED)) {
            statement.setLong(1, linkId);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }
}
