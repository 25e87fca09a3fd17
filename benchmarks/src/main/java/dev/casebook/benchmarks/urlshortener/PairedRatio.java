package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.RoundResults;
import dev.casebook.benchmarks.measure.RatioInterval;
import dev.casebook.benchmarks.measure.Spread;
import dev.casebook.benchmarks.report.Figures;
import java.util.Map;

/**
 * The ratio of two contenders round by round. On a machine whose speed drifts by a third within minutes, two contenders of the same round saw much the same machine; the
 * medians of two columns did not.
 */
final class PairedRatio {
    private static final double CONFIDENCE = 0.95;
    /** Without variance of its own, so that the interval becomes that of one sample: Student's over the logarithms. */
    private static final double[] ONE = {1, 1};

    private PairedRatio() {}

    static RatioInterval of(RoundResults results, String contender, String baseline, String metric) {
        double[] above = results.values(contender, metric);
        double[] below = results.values(baseline, metric);
        double[] ratios = new double[above.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = above[i] / below[i];
        }
        return RatioInterval.of(ratios, ONE, CONFIDENCE);
    }

    /** "1.07x (1.05x to 1.10x)". */
    static String written(RatioInterval ratio) {
        return Figures.ratio(ratio.ratio()) + " (" + Figures.ratio(ratio.low()) + " to " + Figures.ratio(ratio.high())
                + ")";
    }

    /** "12.3 (11.9 to 14.0)". */
    static String written(Spread spread) {
        return Figures.number(spread.median()) + " (" + Figures.number(spread.min()) + " to "
                + Figures.number(spread.max()) + ")";
    }

    static Map<String, Object> data(RatioInterval ratio) {
        return Map.of(
                "median", ratio.ratio(),
                "low", ratio.low(),
                "high", ratio.high(),
                "confidence", ratio.confidence());
    }
}
