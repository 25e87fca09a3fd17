package dev.casebook.benchmarks.measure;

import java.util.Arrays;

/**
 * A measurement repeated: the median and how far the repetitions lie apart. The median and not the mean, because
 * disturbances on a shared machine only ever add.
 *
 * @param min the smallest repetition
 * @param max the largest repetition
 * @param samples how many repetitions, at least 1
 */
public record Spread(double median, double min, double max, int samples) {
    /**
     * Summarises repetitions, in any order.
     *
     * @throws IllegalArgumentException when there are none or one is not a number
     */
    public static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("a spread needs at least one value");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        if (Double.isNaN(sorted[sorted.length - 1])) {
            throw new IllegalArgumentException("values must be numbers: " + Arrays.toString(values));
        }
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length);
    }

    /** Half the distance between the extremes as a fraction of the median; 0 when the median is 0. */
    public double relative() {
        return median == 0 ? 0 : (max - min) / 2 / Math.abs(median);
    }
}
