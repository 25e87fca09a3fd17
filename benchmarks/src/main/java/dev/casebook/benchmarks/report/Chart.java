package dev.casebook.benchmarks.report;

/** A block drawn as SVG. */
public sealed interface Chart extends Block permits LineChart, BarChart {
    /** Stands above the plot: what is shown, not what it means. */
    String title();
}
