package dev.casebook.benchmarks.report;

import static dev.casebook.benchmarks.report.Markup.escaped;
import static dev.casebook.benchmarks.report.Markup.px;
import static dev.casebook.benchmarks.report.Svg.CHAR_PX;
import static dev.casebook.benchmarks.report.Svg.line;
import static dev.casebook.benchmarks.report.Svg.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Draws one line chart: legend, y label, grid, series with error bars or bands, markers. */
final class LineChartSvg {
    private static final int LINE_PX = 18;
    private static final int COLOURS = 6;
    /** Up to as many points each one gets a dot and, with spread, an error bar; beyond, spread is drawn as a band. */
    private static final int DOTS_MAX = 24;

    private static final String[] DASHES = {"", "", "", "7 3", "2 3", "9 3 2 3"};

    private final LineChart chart;
    private final int width;
    private final int top;
    private final StringBuilder out;

    LineChartSvg(LineChart chart, int width, int top, StringBuilder out) {
        this.chart = chart;
        this.width = width;
        this.top = top;
        this.out = out;
    }

    /** Draws and returns the height. */
    int draw() {
        List<LineChart.Point> points = chart.series().stream()
                .flatMap(series -> drawable(series).stream())
                .toList();
        double y = top + legend();
        text(out, "dim", 0, y + 12, "start", Svg.fitted(chart.y().label(), width));
        y += LINE_PX + 8;
        double bottom = y + (width < Svg.WIDE ? 220 : 280);
        if (points.isEmpty()) {
            text(out, "dim", width / 2.0, (y + bottom) / 2, "middle", "no data");
            return (int) bottom;
        }

        Scaling down = Scaling.round(
                extreme(points, LineChart.Point::low, chart.y().scale(), false),
                extreme(points, LineChart.Point::high, chart.y().scale(), true),
                bottom,
                y,
                chart.y().scale());
        List<Axis.Tick> rows =
                chart.y().ticks().isEmpty() ? down.ticks() : chart.y().ticks();
        int longest =
                rows.stream().mapToInt(tick -> tick.label().length()).max().orElse(1);
        double left = longest * CHAR_PX + 8;
        Scaling across = Scaling.tight(
                extreme(points, LineChart.Point::x, chart.x().scale(), false),
                extreme(points, LineChart.Point::x, chart.x().scale(), true),
                left,
                width - 12,
                chart.x().scale());

        grid(rows, down, left);
        columns(across, bottom);
        text(out, "dim", width - 12, bottom + 36, "end", Svg.fitted(chart.x().label(), width));
        chart.markers().forEach(marker -> marker(marker, across, bottom, down.endPx()));
        for (int i = 0; i < chart.series().size(); i++) {
            series(chart.series().get(i), i, across, down);
        }
        return (int) bottom + 42;
    }

    private int legend() {
        if (chart.series().size() < 2) {
            return 0;
        }
        double x = 0;
        int row = 0;
        for (int i = 0; i < chart.series().size(); i++) {
            String name = Svg.fitted(chart.series().get(i).name(), width - 24);
            double need = 26 + name.length() * (double) CHAR_PX + 12;
            if (x > 0 && x + need > width) {
                x = 0;
                row++;
            }
            double y = top + row * (double) LINE_PX + 8;
            out.append("<line ")
                    .append(stroke(i))
                    .append(" x1=\"")
                    .append(px(x))
                    .append("\" y1=\"")
                    .append(px(y));
            out.append("\" x2=\"")
                    .append(px(x + 18))
                    .append("\" y2=\"")
                    .append(px(y))
                    .append("\" class=\"series\"/>\n");
            text(out, "", x + 24, y + 4, "start", name);
            x += need;
        }
        return (row + 1) * LINE_PX + 6;
    }

    private void grid(List<Axis.Tick> ticks, Scaling scaling, double left) {
        for (Axis.Tick tick : ticks) {
            double y = scaling.px(tick.value());
            line(out, tick.value() == scaling.from() ? "axis" : "grid", left, y, width - 12, y);
            text(out, "dim", left - 6, y + 4, "end", tick.label());
        }
    }

    private void columns(Scaling scaling, double bottom) {
        List<Axis.Tick> ticks =
                chart.x().ticks().isEmpty() ? scaling.ticks() : chart.x().ticks();
        double free = Double.NEGATIVE_INFINITY;
        for (Axis.Tick tick : ticks) {
            if (tick.value() < scaling.from() || tick.value() > scaling.to() * (1 + 1e-9)) {
                continue;
            }
            double x = scaling.px(tick.value());
            line(out, "axis", x, bottom, x, bottom + 4);
            double half = tick.label().length() * CHAR_PX / 2.0;
            double middle = Math.min(x, width - half);
            if (middle - half >= free) {
                text(out, "dim", middle, bottom + 18, "middle", tick.label());
                free = middle + half + 6;
            }
        }
    }

    private void marker(LineChart.Marker marker, Scaling across, double bottom, double upper) {
        if (marker.x() < across.from() || marker.x() > across.to()) {
            return;
        }
        double x = across.px(marker.x());
        line(out, "mark", x, bottom, x, upper);
        boolean onRight = x + marker.label().length() * CHAR_PX + 6 < width;
        text(out, "dim", onRight ? x + 4 : x - 4, upper + 11, onRight ? "start" : "end", marker.label());
    }

    private void series(LineChart.Series series, int index, Scaling across, Scaling down) {
        List<LineChart.Point> points = drawable(series);
        if (points.isEmpty()) {
            return;
        }
        boolean dotted = points.size() <= DOTS_MAX;
        boolean spread = points.stream().anyMatch(point -> point.low() < point.high());
        if (spread && !dotted) {
            band(points, index, across, down);
        }
        out.append("<path class=\"series\" ").append(stroke(index)).append(" d=\"");
        String command = "M";
        for (LineChart.Point point : points) {
            out.append(command).append(px(across.px(point.x()))).append(' ').append(px(down.px(point.y())));
            command = "L";
        }
        out.append("\"/>\n");
        for (LineChart.Point point : points) {
            double x = across.px(point.x());
            if (dotted && point.low() < point.high()) {
                line(out, "whisker", x, down.px(point.low()), x, down.px(point.high()));
            }
            out.append("<circle cx=\"").append(px(x)).append("\" cy=\"").append(px(down.px(point.y())));
            out.append(dotted ? "\" r=\"3\"" : "\" r=\"5\" class=\"hit\"");
            out.append(" style=\"fill:var(--c").append(index % COLOURS).append(")\"><title>");
            out.append(escaped(series.name() + ": " + Figures.number(point.y()) + " at " + Figures.number(point.x())));
            out.append("</title></circle>\n");
        }
    }

    private void band(List<LineChart.Point> points, int index, Scaling across, Scaling down) {
        out.append("<path class=\"band\" style=\"fill:var(--c")
                .append(index % COLOURS)
                .append(")\" d=\"");
        String command = "M";
        for (LineChart.Point point : points) {
            out.append(command).append(px(across.px(point.x()))).append(' ').append(px(down.px(point.high())));
            command = "L";
        }
        for (LineChart.Point point : points.reversed()) {
            out.append('L').append(px(across.px(point.x()))).append(' ').append(px(down.px(point.low())));
        }
        out.append("Z\"/>\n");
    }

    private static String stroke(int index) {
        String dash = DASHES[index % DASHES.length];
        return "style=\"stroke:var(--c" + index % COLOURS + ")\""
                + (dash.isEmpty() ? "" : " stroke-dasharray=\"" + dash + "\"");
    }

    /** Points that the axes can show: a logarithm has no place for 0. */
    private List<LineChart.Point> drawable(LineChart.Series series) {
        List<LineChart.Point> points = new ArrayList<>();
        for (LineChart.Point point : series.points()) {
            boolean x = Double.isFinite(point.x()) && (chart.x().scale() == Axis.Scale.LINEAR || point.x() > 0);
            boolean y = Double.isFinite(point.y()) && (chart.y().scale() == Axis.Scale.LINEAR || point.y() > 0);
            if (x && y) {
                points.add(point);
            }
        }
        return points;
    }

    private static double extreme(
            List<LineChart.Point> points, ToDoubleFunction<LineChart.Point> of, Axis.Scale scale, boolean max) {
        var values = points.stream()
                .mapToDouble(of)
                .filter(value -> Double.isFinite(value) && (scale == Axis.Scale.LINEAR || value > 0));
        return (max ? values.max() : values.min()).orElse(1);
    }
}
