package dev.casebook.benchmarks.load;

import java.time.Duration;

/**
 * How much load for how long.
 *
 * @param ratePerSecond over all lanes
 * @param warmUp sent first at the same rate and not counted
 * @param duration measured time
 */
public record LoadPlan(double ratePerSecond, Duration warmUp, Duration duration) {
    /** A million lanes could not send more; a typing error, most likely. */
    private static final double RATE_MAX = 10_000_000;

    public LoadPlan {
        if (!(ratePerSecond > 0 && ratePerSecond <= RATE_MAX)) {
            throw new IllegalArgumentException("the rate must be > 0 and <= 10,000,000 per second: " + ratePerSecond);
        }
        if (warmUp.isNegative() || !duration.isPositive()) {
            throw new IllegalArgumentException(
                    "the warm-up must be >= 0 and the duration > 0: " + warmUp + ", " + duration);
        }
    }
}
