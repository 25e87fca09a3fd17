package dev.casebook.urlshortener.analytics.capture;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What happened to this node's clicks, as metrics. The publisher counts once per batch, not per click. */
final class CaptureCounters {
    private static final String DROPPED = "urlshortener.clicks.dropped";
    private static final String DROPPED_HELP = "Clicks that will never be counted, by reason";

    private final Counter published;
    private final Counter spooled;
    private final Counter replayed;
    private final Counter droppedBySpool;

    CaptureCounters(MeterRegistry metrics) {
        published = Counter.builder("urlshortener.clicks.published")
                .description("Clicks acknowledged by Kafka without a detour")
                .register(metrics);
        spooled = Counter.builder("urlshortener.clicks.spooled")
                .description("Clicks written to the spool because Kafka did not take them")
                .register(metrics);
        replayed = Counter.builder("urlshortener.clicks.replayed")
                .description("Spooled clicks acknowledged by Kafka")
                .register(metrics);
        droppedBySpool = Counter.builder(DROPPED)
                .tag("reason", "spool_full")
                .description(DROPPED_HELP)
                .register(metrics);
    }

    static void observe(
            MeterRegistry metrics,
            QueuedClickRecorder queue,
            ClickSpool spool,
            PartitionChooser chooser,
            DailySalts salts,
            LossLedger ledger) {
        FunctionCounter.builder("urlshortener.clicks.recorded", queue, QueuedClickRecorder::recorded)
                .description("Clicks taken off the redirect path")
                .register(metrics);
        FunctionCounter.builder(DROPPED, queue, QueuedClickRecorder::dropped)
                .tag("reason", "queue_full")
                .description(DROPPED_HELP)
                .register(metrics);
        FunctionCounter.builder(DROPPED, ledger, LossLedger::lostBefore)
                .tag("reason", "killed")
                .description(DROPPED_HELP)
                .register(metrics);
        FunctionCounter.builder("urlshortener.clicks.local.salt", salts, DailySalts::localDays)
                .description("Clicks whose visitor was hashed without the salt that all nodes share")
                .register(metrics);
        Gauge.builder("urlshortener.clicks.queue.bytes", queue, QueuedClickRecorder::queuedBytes)
                .description("Bytes waiting between the event loops and the publisher")
                .register(metrics);
        Gauge.builder("urlshortener.clicks.spool.bytes", spool, ClickSpool::bytes)
                .description("Bytes on disk waiting for Kafka")
                .register(metrics);
        Gauge.builder("urlshortener.clicks.hot.links", chooser, PartitionChooser::hotLinks)
                .description("Links whose clicks are spread over all partitions")
                .register(metrics);
    }

    void published(int clicks) {
        published.increment(clicks);
    }

    void spooled(int clicks) {
        spooled.increment(clicks);
    }

    void replayed(int clicks) {
        replayed.increment(clicks);
    }

    void droppedBySpool(int clicks) {
        droppedBySpool.increment(clicks);
    }
}
