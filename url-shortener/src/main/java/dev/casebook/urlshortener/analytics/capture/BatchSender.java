package dev.casebook.urlshortener.analytics.capture;

import org.jspecify.annotations.Nullable;

/** Sends batches without waiting for them. */
interface BatchSender extends AutoCloseable {
    /**
     * Starts to send a batch; {@code outcome} is called exactly once, with null or with what went wrong, on any thread,
     * perhaps before this returns. Blocks for a tenth of a second at most, and only while the topic was never reached.
     */
    void send(byte[] batch, int partition, Outcome outcome);

    /** Replaces a connection that will not recover. */
    void reconnect();

    /** Waits for what is under way, each outcome is told before this returns. */
    @Override
    void close();

    /** How the sending of one batch ended. */
    @FunctionalInterface
    interface Outcome {
        /** Null means that Kafka's in-sync replicas have the batch; otherwise it may or may not. */
        void settled(@Nullable Exception failure);
    }
}
