package dev.casebook.urlshortener.analytics.rollup;

import dev.casebook.urlshortener.analytics.CountryLocator;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads clicks from Kafka and counts them in PostgreSQL, each exactly once.
 *
 * <p>Kafka only divides the partitions among the group's members; where reading goes on is PostgreSQL's to say. A partition
 * that was just assigned, or whose last transaction failed, is paused and <em>unplaced</em> until its offset has been read
 * from there. A poll becomes one transaction ({@link RollupRepository}); nothing is kept between polls, so a rebalance
 * finds nothing to hand over, and a member that was thought dead and polls on is fenced by the offset's condition.
 *
 * <p>While PostgreSQL is away the member stays in the group: it polls with every partition paused and tries again. While
 * Kafka is away polls are empty.
 *
 * <p>The classic group protocol with static membership, because a member that comes back under its name takes its partitions
 * over at once; in the newer consumer protocol (KIP-848) the broker refuses the name until the session of
 * the dead one times out. One thread owns the consumer and all state; {@link #close} may be called by any.
 */
public final class ClickAggregator implements AutoCloseable {
    /** Batches of one transaction: a bound on its length and on memory, some ten thousand clicks under load. */
    static final int BATCHES_PER_TRANSACTION_MAX = 64;

    private static final Logger log = LoggerFactory.getLogger(ClickAggregator.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);
    /** The driver's own limit is 30 s, which a node would hang for when it is stopped while Kafka does not answer. */
    private static final Duration CLOSE_MAX = Duration.ofSeconds(2);

    private static final long RETRY_NANOS_MIN = Duration.ofMillis(100).toNanos();
    private static final long RETRY_NANOS_MAX = Duration.ofSeconds(2).toNanos();
    private static final long PRUNE_NANOS = Duration.ofHours(1).toNanos();

    private final AggregatorSettings settings;
    private final RollupRepository repository;
    private final CommitListener listener;
    private final AggregatorCounters counters;
    private final LongSupplier nanoTime;
    private final Consumer<byte[], byte[]> consumer;
    private final Thread thread;
    /** Where the database stands, by partition that this member may count. */
    private final Map<TopicPartition, Long> offsets = new HashMap<>();
    /** Assigned, but not to be read before the database has told where to go on. */
    private final Set<TopicPartition> unplaced = new HashSet<>();

    private long placeNotBefore;
    private long retryNanos = RETRY_NANOS_MIN;
    private long pruneAt;
    private volatile boolean closing;

    private ClickAggregator(
            AggregatorSettings settings,
            RollupRepository repository,
            CommitListener listener,
            AggregatorCounters counters,
            LongSupplier nanoTime) {
        this.settings = settings;
        this.repository = repository;
        this.listener = listener;
        this.counters = counters;
        this.nanoTime = nanoTime;
        consumer = new KafkaConsumer<>(config(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        placeNotBefore = nanoTime.getAsLong();
        pruneAt = placeNotBefore;
        thread = Thread.ofPlatform().name("click-aggregator").unstarted(this::run);
    }

    /** Joins the group and counts until closed. Returns at once; neither Kafka nor PostgreSQL has to be up. */
    public static ClickAggregator start(
            AggregatorSettings settings,
            DataSource dataSource,
            CountryLocator countries,
            CommitListener listener,
            InstantSource clock,
            MeterRegistry metrics) {
        VisitLog visits = new VisitLog(clock, settings.visitRetentionDays(), settings.visitsPerLinkMax());
        RollupRepository repository =
                new RollupRepository(dataSource, settings.topic(), new UserAgents(), countries, visits, clock);
        ClickAggregator aggregator =
                new ClickAggregator(settings, repository, listener, new AggregatorCounters(metrics), System::nanoTime);
        aggregator.thread.start();
        return aggregator;
    }

    private static Map<String, Object> config(AggregatorSettings settings) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
        config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, settings.member());
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, "casebook-aggregator-" + settings.member());
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                List.of(CooperativeStickyAssignor.class.getName()));
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) SESSION_TIMEOUT.toMillis());
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, BATCHES_PER_TRANSACTION_MAX);
        config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, (int)
                Duration.ofSeconds(30).toMillis());
        config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        return config;
    }

    private void run() {
        try {
            consumer.subscribe(List.of(settings.topic()), new Placement());
            while (!closing) {
                place();
                prune();
                pollAndCount();
            }
        } catch (WakeupException e) {
            if (!closing) {
                throw e;
            }
        } catch (KafkaException e) {
            // Fenced by a newer member of the same name, or refused by the broker: going on would not help.
            counters.stopped();
            log.error("click aggregator {} stopped", settings.member(), e);
        } finally {
            hangUp();
        }
    }

    /** Nothing is owed to Kafka: offsets are PostgreSQL's and the member keeps its place in the group. */
    private void hangUp() {
        try {
            consumer.close(CloseOptions.timeout(CLOSE_MAX));
        } catch (KafkaException e) {
            log.warn("the consumer of {} did not close well: {}", settings.member(), e.getMessage());
        }
    }

    private void pollAndCount() {
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(POLL);
        } catch (OffsetOutOfRangeException e) {
            skipToBeginning(e.partitions());
            return;
        }
        if (records.isEmpty()) {
            return;
        }
        try {
            RollupRepository.Committed committed = repository.count(batchesOf(records));
            for (TopicPartition partition : records.partitions()) {
                offsets.put(partition, nextOffset(records, partition));
            }
            counters.committed(committed);
            retryNanos = RETRY_NANOS_MIN;
            listener.committed(committed.totals());
        } catch (FencedException e) {
            counters.fenced();
            log.info("reading offsets again: {}", e.getMessage());
            unplace(records.partitions());
        } catch (SQLException e) {
            counters.failed();
            log.warn("clicks not counted, trying again: {}", e.getMessage());
            unplace(records.partitions());
            backOff();
        }
    }

    private List<PartitionBatches> batchesOf(ConsumerRecords<byte[], byte[]> records) {
        List<PartitionBatches> batches = new ArrayList<>();
        for (TopicPartition partition : records.partitions()) {
            Long expected = offsets.get(partition);
            if (expected == null) {
                throw new IllegalStateException("records of " + partition + ", which was not placed");
            }
            batches.add(new PartitionBatches(
                    partition.partition(),
                    expected,
                    nextOffset(records, partition),
                    records.records(partition).stream()
                            .map(ConsumerRecord::value)
                            .toList()));
        }
        return batches;
    }

    private static long nextOffset(ConsumerRecords<byte[], byte[]> records, TopicPartition partition) {
        return records.records(partition).getLast().offset() + 1;
    }

    /** Seeks to where the database says, for whatever is not placed yet. */
    private void place() {
        if (unplaced.isEmpty() || nanoTime.getAsLong() - placeNotBefore < 0) {
            return;
        }
        try {
            Map<Integer, Long> stored = repository.nextOffsets(
                    unplaced.stream().map(TopicPartition::partition).toList());
            for (TopicPartition partition : List.copyOf(unplaced)) {
                long offset = stored.getOrDefault(partition.partition(), 0L);
                offsets.put(partition, offset);
                consumer.seek(partition, offset);
            }
            consumer.resume(unplaced);
            unplaced.clear();
        } catch (SQLException e) {
            counters.failed();
            log.warn("offsets not read, trying again: {}", e.getMessage());
            backOff();
        }
    }

    private void unplace(Collection<TopicPartition> partitions) {
        consumer.pause(partitions);
        unplaced.addAll(partitions);
        offsets.keySet().removeAll(partitions);
    }

    private void backOff() {
        placeNotBefore = nanoTime.getAsLong() + retryNanos;
        retryNanos = Math.min(2 * retryNanos, RETRY_NANOS_MAX);
    }

    /**
     * The stored offset does not exist: the topic has deleted it (retention) or was made anew. Reading begins with what there
     * is; should some of it have been counted before, the identities of the batches tell.
     */
    private void skipToBeginning(Set<TopicPartition> partitions) {
        consumer.beginningOffsets(partitions).forEach((partition, beginning) -> {
            log.error("{} has no offset {}, counting goes on at {}", partition, offsets.get(partition), beginning);
            counters.gap();
            consumer.seek(partition, beginning);
        });
    }

    private void prune() {
        if (nanoTime.getAsLong() - pruneAt < 0) {
            return;
        }
        pruneAt = nanoTime.getAsLong() + PRUNE_NANOS;
        try {
            repository.pruneSessions();
        } catch (SQLException e) {
            log.warn("old click sessions not deleted, trying again in an hour: {}", e.getMessage());
        }
    }

    private final class Placement implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            // Any position keeps the consumer from asking Kafka for one; place() sets the real one.
            assigned.forEach(partition -> consumer.seek(partition, 0));
            unplace(assigned);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            unplaced.removeAll(revoked);
            offsets.keySet().removeAll(revoked);
        }
    }

    /** True until closed, unless Kafka has thrown this member out. */
    public boolean isRunning() {
        return thread.isAlive();
    }

    /** Finishes the transaction under way, leaves the group's partitions for this member's return, and stops. */
    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
