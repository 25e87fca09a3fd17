package dev.casebook.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of formatted cells. Columns whose cells look like numbers are aligned to the right.
 *
 * @param title above the table; empty for none
 * @param rows each as long as {@code columns}
 */
public record Table(String title, List<String> columns, List<List<String>> rows) implements Block {
    public Table {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        for (List<String> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(
                        "a row must have " + columns.size() + " cells, as many as columns: " + row);
            }
        }
    }

    /** Starts a table of these columns. */
    public static Builder of(String title, String... columns) {
        return new Builder(title, List.of(columns));
    }

    /** True when every filled cell of the column begins like a number. */
    boolean isNumeric(int column) {
        return rows.stream()
                .map(row -> row.get(column))
                .filter(cell -> !cell.isEmpty() && !cell.equals("-"))
                .allMatch(cell -> cell.matches("[-+≤≥<>~±]?\\s?[0-9].*"));
    }

    /** Collects rows. */
    public static final class Builder {
        private final String title;
        private final List<String> columns;
        private final List<List<String>> rows = new ArrayList<>();

        private Builder(String title, List<String> columns) {
            this.title = title;
            this.columns = columns;
        }

        /** Adds a row, one cell per column. */
        public Builder row(String... cells) {
            rows.add(List.of(cells));
            return this;
        }

        /** The table so far. */
        public Table build() {
            return new Table(title, columns, rows);
        }
    }
}
