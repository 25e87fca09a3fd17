package dev.casebook.benchmarks.measure;

import java.util.Arrays;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * How many times larger one measurement is than another, with the range in which that ratio lies.
 *
 * <p>Ratios are judged on logarithms, so that "twice" and "half" are equally far from 1: the interval is Welch's for the
 * difference of two means with unequal variances (B. L. Welch, Biometrika 34, 1947), taken back by {@code exp}. Each
 * value must be an independent repetition (a fork, a round), never an iteration inside one: those are correlated and
 * would make the interval too narrow.
 *
 * @param ratio ratio of the medians
 * @param low lower bound; 0 when there are too few repetitions to tell
 * @param high upper bound; infinite when there are too few repetitions to tell
 * @param confidence probability that the interval covers the ratio, e.g. 0.95
 */
public record RatioInterval(double ratio, double low, double high, double confidence) {
    /**
     * The ratio {@code numerator / denominator} of two sets of repetitions.
     *
     * @throws IllegalArgumentException when a set is empty or holds a value that is not greater than 0
     */
    public static RatioInterval of(double[] numerator, double[] denominator, double confidence) {
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("confidence must be in (0, 1): " + confidence);
        }
        double ratio = Spread.of(numerator).median() / Spread.of(denominator).median();
        double[] above = logarithms(numerator);
        double[] below = logarithms(denominator);
        if (above.length < 2 || below.length < 2) {
            return new RatioInterval(ratio, 0, Double.POSITIVE_INFINITY, confidence);
        }
        double aboveError = variance(above) / above.length;
        double belowError = variance(below) / below.length;
        double difference = mean(above) - mean(below);
        double error = aboveError + belowError;
        if (error == 0) {
            return new RatioInterval(ratio, ratio, ratio, confidence);
        }
        double freedom = error
                * error
                / (aboveError * aboveError / (above.length - 1) + belowError * belowError / (below.length - 1));
        double quantile = new TDistribution(freedom).inverseCumulativeProbability(0.5 + confidence / 2);
        double margin = quantile * Math.sqrt(error);
        return new RatioInterval(ratio, Math.exp(difference - margin), Math.exp(difference + margin), confidence);
    }

    /** True when the interval excludes 1: the two really differ. */
    public boolean isConclusive() {
        return low > 1 || high < 1;
    }

    private static double[] logarithms(double[] values) {
        for (double value : values) {
            if (!(value > 0)) {
                throw new IllegalArgumentException("values must be > 0: " + Arrays.toString(values));
            }
        }
        return Arrays.stream(values).map(Math::log).toArray();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).sum() / values.length;
    }

    private static double variance(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values)
                        .map(value -> (value - mean) * (value - mean))
                        .sum()
                / (values.length - 1);
    }
}
