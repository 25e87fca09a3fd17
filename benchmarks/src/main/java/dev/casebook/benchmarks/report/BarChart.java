package dev.casebook.benchmarks.report;

import java.util.List;

/**
 * Horizontal bars with error bars, in groups that are compared with each other.
 *
 * @param unit of the values, with which direction is better: "µs of server CPU per request (less is better)"
 */
public record BarChart(String title, String unit, Axis.Scale scale, List<Group> groups) implements Chart {
    public BarChart {
        groups = List.copyOf(groups);
    }

    /** Bars from 0. */
    public static BarChart of(String title, String unit, List<Group> groups) {
        return new BarChart(title, unit, Axis.Scale.LINEAR, groups);
    }

    /** Bars of one comparison without a name of its own. */
    public static BarChart ofBars(String title, String unit, List<Bar> bars) {
        return of(title, unit, List.of(new Group("", bars)));
    }

    /**
     * Bars that belong together.
     *
     * @param name above them; empty for none
     */
    public record Group(String name, List<Bar> bars) {
        public Group {
            bars = List.copyOf(bars);
        }
    }

    /**
     * One measurement with its spread.
     *
     * @param low lower end of the error bar, {@code value} when there is none
     * @param high upper end of the error bar, {@code value} when there is none
     * @param ours true for what this workspace implements, false for a peer: the two get different colours
     */
    public record Bar(String label, double value, double low, double high, boolean ours) {}
}
