package dev.casebook.benchmarks.report;

import static dev.casebook.benchmarks.report.Markup.escaped;
import static dev.casebook.benchmarks.report.Markup.px;
import static dev.casebook.benchmarks.report.Svg.CHAR_PX;
import static dev.casebook.benchmarks.report.Svg.line;
import static dev.casebook.benchmarks.report.Svg.text;

import java.util.List;

/** Draws one bar chart: labels left of the bars where there is room, above them where there is not. */
final class BarChartSvg {
    private static final int BAR_PX = 18;
    private static final int GAP_PX = 8;
    private static final int LINE_PX = 16;
    private static final int WHISKER_PX = 4;

    private final BarChart chart;
    private final int width;
    private final int top;
    private final StringBuilder out;

    BarChartSvg(BarChart chart, int width, int top, StringBuilder out) {
        this.chart = chart;
        this.width = width;
        this.top = top;
        this.out = out;
    }

    /** Draws and returns the height. */
    int draw() {
        List<BarChart.Bar> bars =
                chart.groups().stream().flatMap(group -> group.bars().stream()).toList();
        boolean stacked = width < Svg.WIDE;
        int longest = bars.stream().mapToInt(bar -> bar.label().length()).max().orElse(0);
        double left = stacked ? 0 : Math.min(width * 0.36, longest * (double) CHAR_PX + 10);
        int valueChars = bars.stream()
                .mapToInt(bar -> Figures.number(bar.value()).length())
                .max()
                .orElse(1);
        double right = width - valueChars * CHAR_PX - 14;
        Scaling scaling = scaling(bars, left, right);

        text(out, "dim", 0, top + 12, "start", Svg.fitted(chart.unit(), width));
        double y = top + LINE_PX + 8;
        for (BarChart.Group group : chart.groups()) {
            if (!group.name().isEmpty()) {
                text(out, "head", 0, y + 12, "start", Svg.fitted(group.name(), width));
                y += LINE_PX + 6;
            }
            for (BarChart.Bar bar : group.bars()) {
                if (stacked) {
                    text(out, bar.ours() ? "head" : "", 0, y + 11, "start", Svg.fitted(bar.label(), width));
                    y += LINE_PX;
                } else {
                    String label = Svg.fitted(bar.label(), left - 8);
                    text(out, bar.ours() ? "head" : "", left - 8, y + 13, "end", label);
                }
                bar(bar, scaling, left, y);
                y += BAR_PX + GAP_PX;
            }
            y += GAP_PX;
        }
        return (int) Math.ceil(y);
    }

    private void bar(BarChart.Bar bar, Scaling scaling, double left, double y) {
        double end = Math.max(left + 1, scaling.px(bar.value()));
        out.append("<rect x=\"").append(px(left)).append("\" y=\"").append(px(y));
        out.append("\" width=\"").append(px(end - left)).append("\" height=\"").append(BAR_PX);
        out.append("\" rx=\"2\" style=\"fill:var(")
                .append(bar.ours() ? "--c0" : "--peer")
                .append(")\"><title>");
        out.append(escaped(bar.label() + ": " + Figures.number(bar.value()))).append("</title></rect>\n");
        double middle = y + BAR_PX / 2.0;
        double high = end;
        if (bar.low() < bar.high()) {
            double low = scaling.px(bar.low());
            high = scaling.px(bar.high());
            line(out, "whisker", low, middle, high, middle);
            line(out, "whisker", low, middle - WHISKER_PX, low, middle + WHISKER_PX);
            line(out, "whisker", high, middle - WHISKER_PX, high, middle + WHISKER_PX);
        }
        text(out, "", Math.max(end, high) + 6, y + 13, "start", Figures.number(bar.value()));
    }

    private Scaling scaling(List<BarChart.Bar> bars, double left, double right) {
        double max = bars.stream()
                .mapToDouble(bar -> Math.max(bar.value(), bar.high()))
                .max()
                .orElse(1);
        if (chart.scale() == Axis.Scale.LOGARITHMIC) {
            double min = bars.stream()
                    .mapToDouble(bar -> Math.min(bar.value(), bar.low()))
                    .filter(value -> value > 0)
                    .min()
                    .orElse(1);
            // A bar at the axis' very beginning would be invisible: begin a step below the smallest.
            return new Scaling(min / 2, Math.max(max, min), left, right, chart.scale());
        }
        return new Scaling(0, max > 0 ? max : 1, left, right, chart.scale());
    }
}
