package dev.casebook.urlshortener.analytics.rollup;

import java.util.List;

/**
 * What a poll brought of one partition.
 *
 * @param expectedOffset where the database stands, as this consumer believes
 * @param nextOffset where it will stand
 * @param records values of the Kafka records in between, in order
 */
record PartitionBatches(int partition, long expectedOffset, long nextOffset, List<byte[]> records) {}
