package dev.casebook.urlshortener.analytics.capture;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * An idempotent producer with acks=all. It sees one record per batch of clicks: a record costs it some microseconds, which
 * per click would be as much as the redirect itself.
 */
final class KafkaBatchSender implements BatchSender {
    private static final Duration CLOSE_MARGIN = Duration.ofSeconds(1);

    private final Map<String, Object> config = new HashMap<>();
    private final String topic;
    private final Duration deliveryTimeout;
    private Producer<byte[], byte[]> producer;

    KafkaBatchSender(CaptureSettings settings) {
        topic = settings.topic();
        deliveryTimeout = settings.deliveryTimeout();
        int deliveryMillis = (int) settings.deliveryTimeout().toMillis();
        int lingerMillis = Math.min(5, deliveryMillis / 4);
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(ProducerConfig.CLIENT_ID_CONFIG, "casebook-clicks");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.LINGER_MS_CONFIG, lingerMillis);
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, ClickPublisher.IN_FLIGHT_MAX * 128L * 1024);
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none"); // the dictionary of a batch has done that
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, deliveryMillis);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (deliveryMillis - lingerMillis) / 2);
        config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 100);
        // The default forgets a topic after five quiet minutes, and the next click would have to wait for it.
        config.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, (int)
                Duration.ofDays(7).toMillis());
        producer = connect();
    }

    private Producer<byte[], byte[]> connect() {
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the callback tells the outcome
    public void send(byte[] batch, int partition, Outcome outcome) {
        AtomicBoolean told = new AtomicBoolean();
        Outcome once = failure -> {
            if (told.compareAndSet(false, true)) {
                outcome.settled(failure);
            }
        };
        try {
            producer.send(
                    new ProducerRecord<>(topic, partition, null, batch), (metadata, failure) -> once.settled(failure));
        } catch (KafkaException | IllegalStateException e) {
            once.settled(e);
        }
    }

    @Override
    public void reconnect() {
        producer.close(Duration.ZERO);
        producer = connect();
    }

    @Override
    public void close() {
        producer.close(deliveryTimeout.plus(CLOSE_MARGIN));
    }
}
