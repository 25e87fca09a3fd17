package dev.casebook.urlshortener.analytics.capture;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What a node's click capture can be told.
 *
 * @param bootstrapServers of Kafka
 * @param topic made when it is not there
 * @param partitions how many partitions clicks are spread over; the topic gets at least as many
 * @param folder where the spool and the loss ledger live; of this node alone
 * @param queueBytes size of the queue between event loops and publisher, a power of two; a click takes about 230 bytes
 * @param spoolBytesMax how much may wait on disk for Kafka; clicks beyond are dropped and counted
 * @param flushInterval how long a click waits at most for company in its batch; at most {@link #FLUSH_INTERVAL_MAX}
 * @param deliveryTimeout after which an unacknowledged batch goes to the spool; what Kafka has not acknowledged within it is
 *     what a {@code kill -9} can lose beside the queue
 */
public record CaptureSettings(
        String bootstrapServers,
        String topic,
        int partitions,
        Path folder,
        int queueBytes,
        long spoolBytesMax,
        Duration flushInterval,
        Duration deliveryTimeout) {
    /** The longest wait for company that is allowed. */
    public static final Duration FLUSH_INTERVAL_MAX = Duration.ofMillis(100);

    /** Partitions unless told otherwise: so many aggregators can share the work. */
    public static final int PARTITIONS_DEFAULT = 8;

    private static final int QUEUE_BYTES_DEFAULT = 16 * 1024 * 1024;
    private static final long SPOOL_BYTES_DEFAULT = 512L * 1024 * 1024;
    private static final int PARTITIONS_MAX = 1024;

    public CaptureSettings {
        if (partitions < 1 || partitions > PARTITIONS_MAX) {
            throw new IllegalArgumentException("partitions must be in [1, " + PARTITIONS_MAX + "]: " + partitions);
        }
        if (spoolBytesMax < 0) {
            throw new IllegalArgumentException("spoolBytesMax must be >= 0: " + spoolBytesMax);
        }
        if (flushInterval.isNegative() || flushInterval.compareTo(FLUSH_INTERVAL_MAX) > 0) {
            throw new IllegalArgumentException(
                    "flushInterval must be in [0, " + FLUSH_INTERVAL_MAX + "]: " + flushInterval);
        }
        if (deliveryTimeout.toMillis() < 100) {
            throw new IllegalArgumentException("deliveryTimeout must be >= 100 ms: " + deliveryTimeout);
        }
    }

    /** 16 MiB of queue, 512 MiB of spool, batches within 50 ms, delivery within 3 s. */
    public static CaptureSettings of(String bootstrapServers, String topic, Path folder) {
        return new CaptureSettings(
                bootstrapServers,
                topic,
                PARTITIONS_DEFAULT,
                folder,
                QUEUE_BYTES_DEFAULT,
                SPOOL_BYTES_DEFAULT,
                Duration.ofMillis(50),
                Duration.ofSeconds(3));
    }

    /** The same with another number of partitions. */
    public CaptureSettings withPartitions(int count) {
        return new CaptureSettings(
                bootstrapServers, topic, count, folder, queueBytes, spoolBytesMax, flushInterval, deliveryTimeout);
    }

    /** The same with another queue. */
    public CaptureSettings withQueueBytes(int bytes) {
        return new CaptureSettings(
                bootstrapServers, topic, partitions, folder, bytes, spoolBytesMax, flushInterval, deliveryTimeout);
    }

    /** The same with another spool limit. */
    public CaptureSettings withSpoolBytesMax(long bytes) {
        return new CaptureSettings(
                bootstrapServers, topic, partitions, folder, queueBytes, bytes, flushInterval, deliveryTimeout);
    }

    /** The same with another delivery timeout. */
    public CaptureSettings withDeliveryTimeout(Duration timeout) {
        return new CaptureSettings(
                bootstrapServers, topic, partitions, folder, queueBytes, spoolBytesMax, flushInterval, timeout);
    }
}
