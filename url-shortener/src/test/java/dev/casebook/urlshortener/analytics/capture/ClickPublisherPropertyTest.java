package dev.casebook.urlshortener.analytics.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.common.permute.SipHash;
import dev.casebook.urlshortener.analytics.Clicks;
import dev.casebook.urlshortener.analytics.rollup.CountedBatches;
import dev.casebook.urlshortener.analytics.wire.BatchIdentity;
import dev.casebook.urlshortener.analytics.wire.ClickBatchReader;
import dev.casebook.urlshortener.analytics.wire.CorruptBatchException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Runs the publisher step by step on a simulated clock against a topic that comes and goes and sometimes takes a batch
 * without saying so, and checks what a reader of the topic would count.
 */
class ClickPublisherPropertyTest {
    private static final int PARTITIONS = 3;
    private static final long FLUSH_NANOS = 50_000_000;

    private Path folder = Path.of("");
    private long now;
    private long nextClick;

    @BeforeTry
    void begin() throws IOException {
        folder = Files.createTempDirectory("click-publisher");
        now = 0;
        nextClick = 1;
    }

    @AfterTry
    void deleteFolder() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Property(tries = 30)
    void everyClickIsCountedOnceThroughAnyOutagesAndLostAcknowledgements(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Topic topic = new Topic(random);
        try (Node node = new Node(topic, random, 1 << 30)) {
            for (int step = 0; step < 400; step++) {
                step(node, topic, random);
            }
            topic.recover();
            runUntilQuiet(node, topic);
            node.publisher.finish();

            assertThat(topic.counted()).isEqualTo(allClicks());
            assertThat(node.queue.dropped()).isZero();
            assertThat(node.spool.isEmpty()).isTrue();
        }
    }

    @Property(tries = 30)
    void whatIsLostByAKillIsAtMostWhatTheLedgerSaysAndNothingIsCountedTwice(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Topic topic = new Topic(random);
        long reportedLost = 0;
        for (int life = 0; life < 4; life++) {
            try (Node node = new Node(topic, random, 1 << 30)) {
                reportedLost += node.ledger.lostBefore();
                int steps = random.nextInt(200);
                for (int step = 0; step < steps; step++) {
                    step(node, topic, random);
                }
                record(node, random.nextInt(5)); // no round of the publisher has seen them
            } // killed: neither finished nor flushed
            topic.forgetSenders();
        }
        try (Node node = new Node(topic, random, 1 << 30)) {
            reportedLost += node.ledger.lostBefore();
            topic.recover();
            runUntilQuiet(node, topic);
            node.publisher.finish();
        }

        Set<Long> counted = topic.counted();
        assertThat(allClicks()).containsAll(counted);
        assertThat(nextClick - 1 - counted.size()).isLessThanOrEqualTo(reportedLost);
        assertThat(LossLedger.open(folder.resolve("ledger")).lostBefore())
                .as("after an orderly stop")
                .isZero();
    }

    @Property(tries = 20)
    void whatAFullSpoolRefusesIsCountedAsDropped(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Topic topic = new Topic(random);
        topic.down();
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        try (Node node = new Node(topic, random, 4_000, metrics)) {
            for (int i = 0; i < 300; i++) {
                record(node, 5);
                now += FLUSH_NANOS;
                node.publisher.round();
                topic.timeOut();
            }
            topic.recover();
            runUntilQuiet(node, topic);
            node.publisher.finish();

            double dropped = metrics.get("urlshortener.clicks.dropped")
                    .tag("reason", "spool_full")
                    .counter()
                    .count();
            assertThat(dropped).isPositive();
            assertThat(topic.counted().size() + dropped).isEqualTo((double) (nextClick - 1));
        }
    }

    private void step(Node node, Topic topic, Random random) {
        switch (random.nextInt(8)) {
            case 0 -> topic.down();
            case 1, 2 -> topic.up();
            case 3 -> topic.timeOut();
            case 4 -> now += random.nextLong(4 * FLUSH_NANOS);
            default -> record(node, random.nextInt(40));
        }
        node.publisher.round();
        topic.work();
    }

    private void record(Node node, int clicks) {
        for (int i = 0; i < clicks; i++) {
            assertThat(node.queue.record(Clicks.click(nextClick, 0, 1, Clicks.FIREFOX, "", "")))
                    .isTrue();
            nextClick++;
        }
    }

    private void runUntilQuiet(Node node, Topic topic) {
        for (int i = 0; i < 500; i++) {
            now += FLUSH_NANOS;
            node.publisher.round();
            topic.work();
        }
    }

    private Set<Long> allClicks() {
        Set<Long> all = new HashSet<>();
        for (long click = 1; click < nextClick; click++) {
            all.add(click);
        }
        return all;
    }

    private final class Node implements AutoCloseable {
        final QueuedClickRecorder queue;
        final ClickSpool spool;
        final LossLedger ledger;
        final ClickPublisher publisher;

        Node(Topic topic, Random random, long spoolBytesMax) throws IOException {
            this(topic, random, spoolBytesMax, new SimpleMeterRegistry());
        }

        Node(Topic topic, Random random, long spoolBytesMax, SimpleMeterRegistry metrics) throws IOException {
            spool = ClickSpool.open(folder.resolve("spool"), spoolBytesMax);
            ledger = LossLedger.open(folder.resolve("ledger"));
            queue = new QueuedClickRecorder(1 << 20, ledger);
            SipHash salt = new SipHash(new byte[SipHash.KEY_BYTES]);
            publisher = new ClickPublisher(
                    queue,
                    PARTITIONS,
                    FLUSH_NANOS,
                    new VisitorHasher(day -> salt),
                    spool,
                    topic,
                    ledger,
                    new CaptureCounters(metrics),
                    () -> now,
                    random::nextLong);
        }

        @Override
        public void close() throws IOException {
            spool.close();
        }
    }

    /** Partitions as logs. A batch may be stored although its sender hears of a failure. */
    private static final class Topic implements BatchSender {
        @SuppressWarnings("ArrayRecordComponent") // never compared, only handed on
        private record Waiting(byte[][] batch, int partition, Outcome outcome) {}

        private final Random random;
        private final List<List<byte[]>> logs = new ArrayList<>();
        private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
        private boolean up = true;
        private boolean reliable;

        Topic(Random random) {
            this.random = random;
            for (int i = 0; i < PARTITIONS; i++) {
                logs.add(new ArrayList<>());
            }
        }

        @Override
        public void send(byte[] batch, int partition, Outcome outcome) {
            waiting.add(new Waiting(new byte[][] {batch}, partition, outcome));
        }

        void down() {
            up = reliable;
        }

        void up() {
            up = true;
        }

        void recover() {
            reliable = true;
            up = true;
        }

        /** Stores some of what waits, in order, and acknowledges nearly all of that. */
        void work() {
            int count = !up ? 0 : reliable ? waiting.size() : random.nextInt(waiting.size() + 1);
            for (int i = 0; i < count; i++) {
                Waiting next = waiting.remove();
                logs.get(next.partition).add(next.batch[0]);
                boolean lostAcknowledgement = !reliable && random.nextInt(20) == 0;
                next.outcome.settled(lostAcknowledgement ? new TimeoutException("acknowledgement lost") : null);
            }
        }

        /** All that waits fails for its senders; some of it is stored all the same. */
        void timeOut() {
            while (!reliable && !waiting.isEmpty()) {
                Waiting next = waiting.remove();
                if (random.nextBoolean()) {
                    logs.get(next.partition).add(next.batch[0]);
                }
                next.outcome.settled(new TimeoutException("delivery timeout"));
            }
        }

        void forgetSenders() {
            waiting.clear();
        }

        @Override
        public void reconnect() {}

        @Override
        public void close() {
            work();
        }

        /** The clicks of all batches, each batch once; fails when one of them comes in two different batches. */
        Set<Long> counted() throws CorruptBatchException {
            Set<Long> clicks = new HashSet<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                Map<Long, CountedBatches> sessions = new HashMap<>();
                for (byte[] bytes : logs.get(partition)) {
                    ClickBatchReader batch = new ClickBatchReader(bytes);
                    BatchIdentity identity = batch.identity();
                    assertThat(identity.partition()).isEqualTo(partition);
                    if (sessions.computeIfAbsent(identity.session(), s -> new CountedBatches())
                            .isNew(identity.sequence())) {
                        while (batch.next()) {
                            assertThat(clicks.add(batch.linkId())).isTrue();
                        }
                    }
                }
            }
            return clicks;
        }
    }
}
