package dev.casebook.urlshortener.fault;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What stands in the topic, read from its first record to its last and decoded from the published layout of a batch, not by the service's
 * reader: the oracle of what the statistics must say. A batch that came twice counts once.
 *
 * @param clicksByLink clicks of each link
 * @param batches different ones
 * @param repeated records that repeat a batch
 */
record TopicContents(Map<Long, Long> clicksByLink, long batches, long repeated) {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int HEADER_BYTES = 40;
    private static final int SESSION = 16;
    private static final int SEQUENCE = 24;
    private static final int TIME_AND_CLICKS = 32;
    private static final int ADDRESS_LENGTH_MASK = 0xF;
    private static final int TEXTS_PER_CLICK = 3;
    private static final int TEXT_NEW = 1;

    private record Identity(int partition, long session, long sequence) {}

    long clicks() {
        return clicksByLink.values().stream().mapToLong(Long::longValue).sum();
    }

    static TopicContents read(String bootstrapServers, String topic) {
        Map<Long, Long> clicks = new TreeMap<>();
        Set<Identity> seen = new HashSet<>();
        long records = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers)) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    records++;
                    ByteBuffer batch = ByteBuffer.wrap(record.value());
                    if (seen.add(new Identity(record.partition(), batch.getLong(SESSION), batch.getLong(SEQUENCE)))) {
                        countClicks(batch, clicks);
                    }
                }
            }
        }
        return new TopicContents(clicks, seen.size(), records - seen.size());
    }

    static Map<Integer, Long> endOffsets(String bootstrapServers, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers)) {
            Map<Integer, Long> ends = new TreeMap<>();
            consumer.endOffsets(partitions(consumer, topic))
                    .forEach((partition, end) -> ends.put(partition.partition(), end));
            return ends;
        }
    }

    private static void countClicks(ByteBuffer batch, Map<Long, Long> clicks) {
        int count = (int) (batch.getLong(TIME_AND_CLICKS) & 0xFFFF);
        batch.position(HEADER_BYTES);
        for (int i = 0; i < count; i++) {
            long zigzag = varint(batch);
            long link = zigzag >>> 1 ^ -(zigzag & 1);
            varint(batch); // time
            int addressLength = batch.get() & ADDRESS_LENGTH_MASK;
            batch.position(batch.position() + addressLength + Long.BYTES);
            for (int text = 0; text < TEXTS_PER_CLICK; text++) {
                if (varint(batch) == TEXT_NEW) {
                    int length = (int) varint(batch);
                    batch.position(batch.position() + length);
                }
            }
            if (link > 0) {
                clicks.merge(link, 1L, Long::sum);
            }
        }
        if (batch.hasRemaining()) {
            throw new AssertionError(batch.remaining() + " bytes behind the last click of a batch");
        }
    }

    private static long varint(ByteBuffer from) {
        long value = 0;
        int shift = 0;
        byte b;
        do {
            b = from.get();
            value |= (b & 0x7FL) << shift;
            shift += 7;
        } while (b < 0);
        return value;
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map((PartitionInfo info) -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
