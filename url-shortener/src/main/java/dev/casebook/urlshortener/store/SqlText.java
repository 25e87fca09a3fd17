package dev.casebook.urlshortener.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement put together from fragments, with the values of its placeholders beside it in order. Values never become
 * text. Not thread-safe.
 */
final class SqlText {
    private final StringBuilder text = new StringBuilder(512);
    private final List<@Nullable Object> values = new ArrayList<>();

    /** Appends a fragment with as many placeholders as there are values. */
    SqlText add(String fragment, @Nullable Object... fragmentValues) {
        text.append(fragment);
        for (Object value : fragmentValues) {
            values.add(value);
        }
        return this;
    }

    /** A value for a placeholder of type {@code text[]}. */
    static Object textArray(Collection<String> elements) {
        return elements.toArray(new String[0]);
    }

    PreparedStatement prepare(Connection connection) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text.toString());
        int index = 0;
        for (Object value : values) {
            index++;
            if (value instanceof String[] array) {
                statement.setArray(index, connection.createArrayOf("text", array));
            } else {
                statement.setObject(index, value);
            }
        }
        return statement;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
