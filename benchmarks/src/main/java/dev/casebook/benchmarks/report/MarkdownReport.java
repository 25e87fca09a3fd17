package dev.casebook.benchmarks.report;

import java.util.Locale;

/** A report as GitHub Markdown, to paste into a document; charts are left to the HTML. */
final class MarkdownReport {
    private MarkdownReport() {}

    static String render(Report report) {
        StringBuilder out = new StringBuilder(4096);
        out.append("# ")
                .append(report.title())
                .append("\n\n`")
                .append(report.command())
                .append("`  \n");
        out.append(report.environment().date())
                .append(", commit ")
                .append(report.environment().commit());
        out.append(". ").append(report.environment().summary()).append("\n");
        for (Block block : report.blocks()) {
            out.append('\n');
            switch (block) {
                case Prose prose -> {
                    if (!prose.heading().isEmpty()) {
                        out.append("**").append(prose.heading()).append(".** ");
                    }
                    out.append(prose.text()).append('\n');
                }
                case Tiles tiles ->
                    tiles.tiles()
                            .forEach(tile -> out.append(String.format(
                                    Locale.ROOT,
                                    "- %s: **%s**%s%n",
                                    tile.label(),
                                    tile.value(),
                                    tile.note().isEmpty() ? "" : " (" + tile.note() + ")")));
                case Verdict verdict ->
                    out.append(verdict.met() ? "- Met: " : "- **Missed**: ")
                            .append(verdict.claim())
                            .append(": ")
                            .append(verdict.measured())
                            .append('\n');
                case Table table -> table(table, out);
                case Chart chart ->
                    out.append("_Chart in the HTML report: ")
                            .append(chart.title())
                            .append("_\n");
            }
        }
        return out.toString();
    }

    static void table(Table table, StringBuilder out) {
        if (!table.title().isEmpty()) {
            out.append("### ").append(table.title()).append("\n\n");
        }
        out.append('|');
        table.columns()
                .forEach(column -> out.append(' ').append(escaped(column)).append(" |"));
        out.append("\n|");
        for (int column = 0; column < table.columns().size(); column++) {
            out.append(table.isNumeric(column) ? " ---: |" : " --- |");
        }
        out.append('\n');
        table.rows().forEach(row -> {
            out.append('|');
            row.forEach(cell -> out.append(' ').append(escaped(cell)).append(" |"));
            out.append('\n');
        });
    }

    private static String escaped(String cell) {
        return cell.replace("|", "\\|");
    }
}
