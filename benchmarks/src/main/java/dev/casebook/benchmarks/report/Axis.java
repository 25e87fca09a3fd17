package dev.casebook.benchmarks.report;

import java.util.List;

/**
 * How one direction of a plot is scaled and labelled.
 *
 * @param label with the unit in it: "latency, ms"
 * @param ticks explicit tick marks; empty to have round ones chosen
 */
public record Axis(String label, Scale scale, List<Tick> ticks) {
    public Axis {
        ticks = List.copyOf(ticks);
    }

    /** Even steps, beginning at 0 unless values are negative. */
    public static Axis linear(String label) {
        return new Axis(label, Scale.LINEAR, List.of());
    }

    /** Even factors; values must be greater than 0. */
    public static Axis logarithmic(String label) {
        return new Axis(label, Scale.LOGARITHMIC, List.of());
    }

    /**
     * The axis of a latency distribution after HdrHistogram: the more nines, the further right. Points on it have
     * {@link #nines} of their percentile as x.
     */
    public static Axis percentiles() {
        return new Axis(
                "percentile of requests",
                Scale.LOGARITHMIC,
                List.of(
                        new Tick(1, "0%"),
                        new Tick(2, "50%"),
                        new Tick(10, "90%"),
                        new Tick(100, "99%"),
                        new Tick(1_000, "99.9%"),
                        new Tick(10_000, "99.99%"),
                        new Tick(100_000, "99.999%"),
                        new Tick(1_000_000, "99.9999%")));
    }

    /**
     * Where a percentile lies on {@link #percentiles}.
     *
     * @param percentile at least 0 and less than 100
     */
    public static double nines(double percentile) {
        return 100 / (100 - percentile);
    }

    /** How values map to positions. */
    public enum Scale {
        LINEAR,
        LOGARITHMIC
    }

    /** A labelled position. */
    public record Tick(double value, String label) {}
}
