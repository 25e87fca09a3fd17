package dev.casebook.common.id;

import java.time.Duration;

/**
 * How a node holds a worker id.
 *
 * @param owner shown to operators and in the store, say host and process
 * @param workerIdMin lowest id that will do
 * @param workerIdMax highest id that will do; the same as the lowest for a node with a fixed id
 * @param timeToLive until a lease expires in the store unless renewed
 * @param renewEvery between attempts to renew; several should fit into the time to live
 * @param safetyMargin how much earlier than the store the holder gives up: more than the clocks of node and store drift apart within the time
 *     to live
 */
public record LeaseTerms(
        String owner,
        int workerIdMin,
        int workerIdMax,
        Duration timeToLive,
        Duration renewEvery,
        Duration safetyMargin) {
    /** Terms with checked bounds. */
    public LeaseTerms {
        if (workerIdMin < 0 || workerIdMax < workerIdMin) {
            throw new IllegalArgumentException("must be 0 <= workerIdMin <= workerIdMax: workerIdMin=" + workerIdMin
                    + " workerIdMax=" + workerIdMax);
        }
        if (!renewEvery.isPositive() || safetyMargin.isNegative()) {
            throw new IllegalArgumentException(
                    "must be positive: renewEvery=" + renewEvery + ", must be >= 0: safetyMargin=" + safetyMargin);
        }
        if (renewEvery.plus(safetyMargin).compareTo(timeToLive) >= 0) {
            throw new IllegalArgumentException("must be longer than renewEvery=" + renewEvery + " + safetyMargin="
                    + safetyMargin + ": timeToLive=" + timeToLive);
        }
    }

    /** 30 s to live, renewed every 5 s, given up 5 s early. */
    public static LeaseTerms defaults(String owner, int workerIdMin, int workerIdMax) {
        return new LeaseTerms(
                owner, workerIdMin, workerIdMax, Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    /** From asking the store until the holder gives up. */
    Duration usable() {
        return timeToLive.minus(safetyMargin);
    }
}
