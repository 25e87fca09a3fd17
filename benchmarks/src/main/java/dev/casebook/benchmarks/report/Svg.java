package dev.casebook.benchmarks.report;

import static dev.casebook.benchmarks.report.Markup.escaped;
import static dev.casebook.benchmarks.report.Markup.px;

/**
 * Draws charts as SVG in Java, so that a report needs no script, prints, and opens in a mail client. Text does not scale
 * with the picture: a page holds each chart at two widths and shows the one that fits (see {@link HtmlReport}).
 */
final class Svg {
    static final int WIDE = 760;
    static final int NARROW = 324;

    /** Colours by role, in both schemes; the six series colours are told apart by colour-blind readers too. */
    static final String COLOURS = """
            --ink:#1c2430;--muted:#5b6776;--line:#d9dee5;--ground:#ffffff;--card:#f5f7fa;--good:#0b7a4b;--bad:#b3261e;
            --c0:#1f5fd0;--c1:#c25700;--c2:#0b7a4b;--c3:#b0177e;--c4:#6b4fc8;--c5:#4d6075;--peer:#93a0b0;""";

    static final String COLOURS_DARK = """
            --ink:#e6eaf0;--muted:#9aa6b5;--line:#303a47;--ground:#12161c;--card:#1a2029;--good:#4cc38a;--bad:#ff7b72;
            --c0:#6ea8ff;--c1:#ff9f4a;--c2:#4cc38a;--c3:#ff7ac6;--c4:#b3a1ff;--c5:#a9b8c9;--peer:#66748a;""";

    static final String STYLE = """
            .chart text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
            .chart .dim{fill:var(--muted)} .chart .head{font-weight:600} .chart .title{font-size:15px;font-weight:600}
            .chart .grid{stroke:var(--line);stroke-width:1} .chart .axis{stroke:var(--muted);stroke-width:1}
            .chart .mark{stroke:var(--muted);stroke-width:1;stroke-dasharray:4 3}
            .chart .whisker{stroke:var(--ink);stroke-width:1.4;fill:none}
            .chart .series{fill:none;stroke-width:2;stroke-linejoin:round}
            .chart .band{stroke:none;opacity:.16} .chart .hit{opacity:0}
            """;

    static final int CHAR_PX = 7;

    private Svg() {}

    /** The chart for a page that brings {@link #STYLE} and the colours. */
    static String inline(Chart chart, int width) {
        StringBuilder body = new StringBuilder(8192);
        int height = draw(chart, width, 0, body);
        return "<svg class=\"chart\" role=\"img\" aria-label=\"" + escaped(chart.title()) + "\" width=\"" + width
                + "\" height=\"" + height + "\" viewBox=\"0 0 " + width + " " + height + "\">" + body + "</svg>\n";
    }

    /** The chart as a file of its own, dark where the reader's system is dark. */
    static String standalone(Chart chart) {
        int margin = 16;
        StringBuilder body = new StringBuilder(8192);
        body.append("<text class=\"title\" x=\"0\" y=\"14\">")
                .append(escaped(chart.title()))
                .append("</text>\n");
        int height = draw(chart, WIDE, 32, body);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" width=\"" + (WIDE + 2 * margin)
                + "\" height=\"" + (height + 2 * margin) + "\" viewBox=\"" + -margin + " " + -margin + " "
                + (WIDE + 2 * margin) + " " + (height + 2 * margin) + "\">\n<style>svg{" + COLOURS
                + "}@media(prefers-color-scheme:dark){svg{" + COLOURS_DARK + "}}\n" + STYLE + "</style>\n<rect x=\""
                + -margin + "\" y=\"" + -margin + "\" width=\"100%\" height=\"100%\" style=\"fill:var(--ground)\"/>\n"
                + body + "</svg>\n";
    }

    private static int draw(Chart chart, int width, int top, StringBuilder out) {
        return switch (chart) {
            case LineChart lines -> new LineChartSvg(lines, width, top, out).draw();
            case BarChart bars -> new BarChartSvg(bars, width, top, out).draw();
        };
    }

    static void line(StringBuilder out, String type, double x1, double y1, double x2, double y2) {
        out.append("<line class=\"").append(type);
        out.append("\" x1=\"").append(px(x1)).append("\" y1=\"").append(px(y1));
        out.append("\" x2=\"").append(px(x2)).append("\" y2=\"").append(px(y2)).append("\"/>\n");
    }

    static void text(StringBuilder out, String type, double x, double y, String anchor, String text) {
        out.append("<text class=\"").append(type).append("\" x=\"").append(px(x));
        out.append("\" y=\"")
                .append(px(y))
                .append("\" text-anchor=\"")
                .append(anchor)
                .append("\">");
        out.append(escaped(text)).append("</text>\n");
    }

    /** The text, cut with an ellipsis to what fits; labels have no wrapping in SVG. */
    static String fitted(String text, double widthPx) {
        int characters = (int) (widthPx / CHAR_PX);
        return text.length() <= characters ? text : text.substring(0, Math.max(1, characters - 1)) + "…";
    }
}
