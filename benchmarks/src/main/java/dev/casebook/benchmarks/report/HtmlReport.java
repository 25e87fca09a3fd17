package dev.casebook.benchmarks.report;

import static dev.casebook.benchmarks.report.Markup.escaped;

/**
 * A report as one HTML file: style and charts inside, no script, nothing loaded. Follows the reader's dark or light
 * setting and fits a phone: tables scroll by themselves, and of each chart's two widths the page shows the fitting one.
 */
final class HtmlReport {
    private static final String STYLE = """
            *{box-sizing:border-box}
            body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
            main{max-width:808px;margin:0 auto;padding:24px}
            h1{font-size:26px;line-height:1.2;margin:0 0 12px} h2{font-size:18px;margin:32px 0 8px}
            p{margin:8px 0;max-width:70ch} code{font:14px ui-monospace,Menlo,Consolas,monospace}
            .command{display:block;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:10px 12px;white-space:pre-wrap;overflow-wrap:anywhere}
            .small{color:var(--muted);font-size:14px}
            .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:10px;margin:20px 0;padding:0;list-style:none}
            .tiles li{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 12px}
            .tiles b{display:block;font-size:22px;line-height:1.25;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
            .tiles span{color:var(--muted);font-size:13px;display:block}
            .verdict{border-left:4px solid var(--good);background:var(--card);padding:10px 14px;border-radius:0 6px 6px 0;margin:12px 0}
            .verdict.missed{border-color:var(--bad)} .verdict b{color:var(--good)} .verdict.missed b{color:var(--bad)}
            .scroll{overflow-x:auto;margin:8px 0}
            table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums;width:100%}
            th,td{padding:5px 10px;border-bottom:1px solid var(--line);text-align:left;min-width:9ch}
            th{color:var(--muted);font-weight:600;vertical-align:bottom} .r{text-align:right}
            td:first-child,th:first-child{padding-left:0;position:sticky;left:0;background:var(--ground)}
            .scroll:focus-visible{outline:2px solid var(--good);outline-offset:2px}
            figure{margin:28px 0} figcaption{font-weight:600;margin-bottom:10px}
            figure svg{display:block;max-width:none} .narrow{display:none!important}
            @media(max-width:807px){main{padding:20px}.wide{display:none!important}.narrow{display:block!important}h1{font-size:22px}
            td:first-child,th:first-child{max-width:44vw;overflow-wrap:break-word}}
            @media print{:root{color-scheme:light}}
            """;

    private HtmlReport() {}

    static String render(Report report) {
        StringBuilder out = new StringBuilder(32_768);
        out.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        out.append("<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>");
        out.append(escaped(report.title()))
                .append(" · Casebook</title>\n<style>\n:root{")
                .append(Svg.COLOURS);
        out.append("}\n@media(prefers-color-scheme:dark){:root{")
                .append(Svg.COLOURS_DARK)
                .append("}}\n");
        out.append(STYLE).append(Svg.STYLE).append("</style>\n</head>\n<body>\n<main>\n<h1>");
        out.append(escaped(report.title())).append("</h1>\n<code class=\"command\">");
        out.append(escaped(report.command())).append("</code>\n");
        out.append("<p class=\"small\">").append(report.environment().date()).append(" · commit ");
        out.append(escaped(report.environment().commit())).append("<br/>");
        out.append(escaped(report.environment().summary()));
        report.environment()
                .versions()
                .forEach((name, version) ->
                        out.append(" · ").append(escaped(name)).append(' ').append(escaped(version)));
        out.append("</p>\n");
        report.blocks().forEach(block -> block(block, out));
        return out.append("</main>\n</body>\n</html>\n").toString();
    }

    private static void block(Block block, StringBuilder out) {
        switch (block) {
            case Prose prose -> {
                if (!prose.heading().isEmpty()) {
                    out.append("<h2>").append(escaped(prose.heading())).append("</h2>\n");
                }
                out.append("<p>").append(escaped(prose.text())).append("</p>\n");
            }
            case Tiles tiles -> {
                out.append("<ul class=\"tiles\">\n");
                tiles.tiles()
                        .forEach(tile -> out.append("<li><span>")
                                .append(escaped(tile.label()))
                                .append("</span><b>")
                                .append(escaped(tile.value()))
                                .append("</b><span>")
                                .append(escaped(tile.note()))
                                .append("</span></li>\n"));
                out.append("</ul>\n");
            }
            case Verdict verdict ->
                out.append(
                                verdict.met()
                                        ? "<div class=\"verdict\"><b>Met</b> "
                                        : "<div class=\"verdict missed\"><b>Missed</b> ")
                        .append(escaped(verdict.claim()))
                        .append(": ")
                        .append(escaped(verdict.measured()))
                        .append("</div>\n");
            case Table table -> table(table, out);
            case Chart chart ->
                out.append("<figure>\n<figcaption>")
                        .append(escaped(chart.title()))
                        .append("</figcaption>\n<div class=\"wide\">")
                        .append(Svg.inline(chart, Svg.WIDE))
                        .append("</div>\n<div class=\"narrow\">")
                        .append(Svg.inline(chart, Svg.NARROW))
                        .append("</div>\n</figure>\n");
        }
    }

    private static void table(Table table, StringBuilder out) {
        if (!table.title().isEmpty()) {
            out.append("<h2>").append(escaped(table.title())).append("</h2>\n");
        }
        // Without a tab stop nobody could scroll a wide table by the keyboard.
        out.append("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"")
                .append(escaped(table.title().isEmpty() ? "Table" : table.title()))
                .append("\"><table>\n<thead><tr>");
        for (int column = 0; column < table.columns().size(); column++) {
            out.append(table.isNumeric(column) ? "<th class=\"r\">" : "<th>");
            out.append(escaped(table.columns().get(column))).append("</th>");
        }
        out.append("</tr></thead>\n<tbody>\n");
        table.rows().forEach(row -> {
            out.append("<tr>");
            for (int column = 0; column < row.size(); column++) {
                out.append(table.isNumeric(column) ? "<td class=\"r\">" : "<td>");
                out.append(escaped(row.get(column))).append("</td>");
            }
            out.append("</tr>\n");
        });
        out.append("</tbody>\n</table></div>\n");
    }
}
