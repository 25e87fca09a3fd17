package dev.casebook.urlshortener.analytics.rollup;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Binds whole columns to {@code unnest(?)}: one statement for thousands of rows, sent in binary where that is shorter. */
final class ArrayParameters {
    private ArrayParameters() {}

    static void set(PreparedStatement statement, int parameter, long[] values) throws SQLException {
        statement.setObject(
                parameter, values); // JDBC's createArrayOf would box each; PostgreSQL's driver takes the array
    }

    static void set(PreparedStatement statement, int parameter, int[] values) throws SQLException {
        statement.setObject(parameter, values);
    }

    static void set(PreparedStatement statement, int parameter, boolean[] values) throws SQLException {
        statement.setObject(parameter, values);
    }

    static void set(PreparedStatement statement, int parameter, String[] values) throws SQLException {
        statement.setArray(parameter, statement.getConnection().createArrayOf("text", values));
    }
}
