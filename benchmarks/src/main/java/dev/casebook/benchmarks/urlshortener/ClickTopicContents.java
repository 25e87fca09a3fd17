package dev.casebook.benchmarks.urlshortener;

import dev.casebook.urlshortener.analytics.wire.BatchIdentity;
import dev.casebook.urlshortener.analytics.wire.ClickBatchReader;
import dev.casebook.urlshortener.analytics.wire.CorruptBatchException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * All clicks of a topic from its first record to its last, a repeated batch counted once: what the statistics have to add up to.
 *
 * @param clicksByLink clicks of each link
 * @param batches different ones
 * @param repeated records that repeat a batch
 */
record ClickTopicContents(Map<Long, Long> clicksByLink, long batches, long repeated) {
    private static final String TOPIC = "us.clicks";
    private static final Duration POLL = Duration.ofMillis(200);

    long clicks() {
        return clicksByLink.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Reads the topic of an installation without a namespace. */
    static ClickTopicContents read(String bootstrapServers) throws CorruptBatchException {
        Map<Long, Long> clicks = new TreeMap<>();
        Set<BatchIdentity> seen = new HashSet<>();
        long records = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers)) {
            List<TopicPartition> partitions = partitions(consumer);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    records++;
                    ClickBatchReader batch = new ClickBatchReader(record.value());
                    if (!seen.add(batch.identity())) {
                        continue;
                    }
                    while (batch.next()) {
                        if (batch.linkId() > 0) {
                            clicks.merge(batch.linkId(), 1L, Long::sum);
                        }
                    }
                }
            }
        }
        return new ClickTopicContents(clicks, seen.size(), records - seen.size());
    }

    /** The next offset of each partition. */
    static Map<Long, Long> endOffsets(String bootstrapServers) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers)) {
            Map<Long, Long> ends = new TreeMap<>();
            consumer.endOffsets(partitions(consumer))
                    .forEach((partition, end) -> ends.put((long) partition.partition(), end));
            return ends;
        }
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
        return consumer.partitionsFor(TOPIC).stream()
                .map(info -> new TopicPartition(TOPIC, info.partition()))
                .toList();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
