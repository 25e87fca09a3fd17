package dev.casebook.urlshortener.redirect;

import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** {@link VisitGrants} in one statement per grant: the row's lock makes the test and the addition one step. */
public final class PostgresVisitGrants implements VisitGrants {
    private static final String GRANT = """
            INSERT INTO visit_grants AS v (link_id, granted) VALUES (?, ?)
            ON CONFLICT (link_id) DO UPDATE SET granted = v.granted + EXCLUDED.granted
            WHERE v.granted + EXCLUDED.granted <= ?
            """;

    private final DataSource dataSource;

    public PostgresVisitGrants(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public boolean grant(long linkId, int visits, int max) {
        if (visits > max) {
            return false;
        }
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(GRANT)) {
            statement.setLong(1, linkId);
            statement.setInt(2, visits);
            statement.setInt(3, max);
            return statement.executeUpdate() == 1;
        } catch (SQLException e) {
            throw new LinkStoreUnavailableException("visits cannot be counted now", e);
        }
    }
}
