package dev.casebook.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RatioIntervalTest {
    private static final double CONFIDENCE = 0.95;

    @Test
    void ratioIsThatOfTheMedians() {
        RatioInterval interval = RatioInterval.of(new double[] {20, 22, 1000}, new double[] {10, 11, 12}, CONFIDENCE);

        assertThat(interval.ratio()).isEqualTo(2);
    }

    @Test
    void agreesWithWelchsTestAsComputedByHand() {
        // ln a = {0, ln 2}, ln b = {0, ln 4}: equal sizes, means ln2/2 and ln2, variances ln2^2/2 and 2*ln2^2.
        // se^2 = 1.25 * ln2^2 ; df = 1.25^2 / (0.25^2 + 1) = 1.4705882 ; t(0.975, df) = 6.1881 (numeric integration of
        // the density).
        RatioInterval interval = RatioInterval.of(new double[] {1, 2}, new double[] {1, 4}, CONFIDENCE);

        double margin = 0.5 * (Math.log(interval.high()) - Math.log(interval.low()));
        double centre = 0.5 * (Math.log(interval.high()) + Math.log(interval.low()));
        assertThat(centre).isCloseTo(-Math.log(2) / 2, within(1e-9));
        assertThat(margin / (Math.sqrt(1.25) * Math.log(2))).isCloseTo(6.1881, within(1e-3));
    }

    @Test
    void coversTheTrueRatioAboutAsOftenAsItPromises() {
        Random random = new Random(42);
        int covered = 0;
        int experiments = 2000;
        for (int i = 0; i < experiments; i++) {
            double[] ours =
                    random.doubles(5).map(u -> 3 * Math.exp(0.2 * gaussian(u))).toArray();
            double[] theirs =
                    random.doubles(5).map(u -> Math.exp(0.1 * gaussian(u))).toArray();
            RatioInterval interval = RatioInterval.of(ours, theirs, CONFIDENCE);
            if (interval.low() <= 3 && 3 <= interval.high()) {
                covered++;
            }
        }
        assertThat(covered / (double) experiments).isBetween(0.93, 0.97);
    }

    @Test
    void isInconclusiveWhenTheRepetitionsOverlap() {
        double[] some = {10, 12, 11, 13};
        double[] others = {11, 12, 10, 13};

        assertThat(RatioInterval.of(some, others, CONFIDENCE).isConclusive()).isFalse();
        assertThat(RatioInterval.of(scaled(some, 5), others, CONFIDENCE).isConclusive())
                .isTrue();
    }

    @Test
    void oneRepetitionProvesNothing() {
        RatioInterval interval = RatioInterval.of(new double[] {50}, new double[] {1, 2, 3}, CONFIDENCE);

        assertThat(interval.ratio()).isEqualTo(25);
        assertThat(interval.isConclusive()).isFalse();
    }

    @Test
    void refusesValuesThatHaveNoRatio() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RatioInterval.of(new double[] {0, 1}, new double[] {1, 1}, CONFIDENCE));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RatioInterval.of(new double[] {1}, new double[] {1}, 1.5));
    }

    private static double[] scaled(double[] values, double factor) {
        return Arrays.stream(values).map(value -> value * factor).toArray();
    }

    private static double gaussian(double uniform) {
        return new org.apache.commons.math3.distribution.NormalDistribution(null, 0, 1)
                .inverseCumulativeProbability(uniform);
    }
}
