package dev.casebook.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/** A report as text for the terminal that started the run. */
final class ConsoleReport {
    private static final int PROSE_COLUMNS = 100;

    private ConsoleReport() {}

    static String render(Report report) {
        StringBuilder out = new StringBuilder(2048);
        out.append('\n').append(report.title()).append('\n');
        for (Block block : report.blocks()) {
            switch (block) {
                case Prose prose -> {
                    String heading = prose.heading().isEmpty() ? "" : prose.heading() + ": ";
                    out.append('\n').append(wrapped(heading + prose.text())).append('\n');
                }
                case Tiles tiles -> {
                    out.append('\n');
                    int width = tiles.tiles().stream()
                            .mapToInt(tile -> tile.label().length())
                            .max()
                            .orElse(0);
                    tiles.tiles()
                            .forEach(tile -> out.append("  ")
                                    .append(padded(tile.label(), width, false))
                                    .append("  ")
                                    .append(tile.value())
                                    .append(tile.note().isEmpty() ? "" : "  (" + tile.note() + ")")
                                    .append('\n'));
                }
                case Table table -> {
                    out.append('\n');
                    table(table, out);
                }
                case Verdict verdict ->
                    out.append(verdict.met() ? "\n  met     " : "\n  MISSED  ")
                            .append(verdict.claim())
                            .append(": ")
                            .append(verdict.measured())
                            .append('\n');
                case Chart ignored -> {}
            }
        }
        return out.toString();
    }

    static void table(Table table, StringBuilder out) {
        if (!table.title().isEmpty()) {
            out.append(table.title()).append('\n');
        }
        int[] widths = new int[table.columns().size()];
        List<List<String>> lines = new ArrayList<>();
        lines.add(table.columns());
        lines.addAll(table.rows());
        for (List<String> line : lines) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], line.get(column).length());
            }
        }
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder("  ");
            for (int column = 0; column < widths.length; column++) {
                text.append(padded(line.get(column), widths[column], table.isNumeric(column)))
                        .append("  ");
            }
            out.append(text.toString().stripTrailing()).append('\n');
        }
    }

    private static String padded(String text, int width, boolean right) {
        String spaces = " ".repeat(width - text.length());
        return right ? spaces + text : text + spaces;
    }

    private static String wrapped(String text) {
        StringBuilder out = new StringBuilder();
        int column = 0;
        for (String word : text.split("\\s+", -1)) {
            if (column > 0 && column + 1 + word.length() > PROSE_COLUMNS) {
                out.append('\n');
                column = 0;
            }
            if (column > 0) {
                out.append(' ');
                column++;
            }
            out.append(word);
            column += word.length();
        }
        return out.toString();
    }
}
