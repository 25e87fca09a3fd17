package dev.casebook.urlshortener.analytics.rollup;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What an aggregator did, as metrics. */
final class AggregatorCounters {
    private final Counter clicks;
    private final Counter batches;
    private final Counter duplicates;
    private final Counter corrupt;
    private final Counter visitsSkipped;
    private final Counter commits;
    private final Counter failures;
    private final Counter fenced;
    private final Counter gaps;
    private final Counter stops;

    AggregatorCounters(MeterRegistry metrics) {
        clicks = counter(metrics, "clicks", "Clicks counted in PostgreSQL");
        batches = counter(metrics, "batches", "Batches counted in PostgreSQL");
        duplicates = counter(metrics, "duplicates", "Batches that came a second time and were left out");
        corrupt = counter(metrics, "corrupt", "Records that were no readable batch");
        visitsSkipped = counter(metrics, "visits.skipped", "Visits counted but not kept one by one");
        commits = counter(metrics, "commits", "Transactions committed");
        failures = counter(metrics, "failures", "Transactions that PostgreSQL failed");
        fenced = counter(metrics, "fenced", "Transactions refused because another member has the partition");
        gaps = counter(metrics, "gaps", "Times that the topic no longer had the offset to go on with");
        stops = counter(metrics, "stops", "Times that Kafka threw this member out");
    }

    private static Counter counter(MeterRegistry metrics, String name, String help) {
        return Counter.builder("urlshortener.aggregator." + name)
                .description(help)
                .register(metrics);
    }

    void committed(RollupRepository.Committed committed) {
        clicks.increment((double) committed.clicks());
        batches.increment((double) committed.batches());
        duplicates.increment((double) committed.duplicateBatches());
        corrupt.increment((double) committed.corruptBatches());
        visitsSkipped.increment((double) committed.visitsSkipped());
        commits.increment();
    }

    void failed() {
        failures.increment();
    }

    void fenced() {
        fenced.increment();
    }

    void gap() {
        gaps.increment();
    }

    void stopped() {
        stops.increment();
    }
}
