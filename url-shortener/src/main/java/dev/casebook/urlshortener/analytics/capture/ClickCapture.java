package dev.casebook.urlshortener.analytics.capture;

import dev.casebook.urlshortener.analytics.ClickRecorder;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's whole click capture, running: queue, publisher thread, spool, producer. Opening it needs neither Kafka nor
 * PostgreSQL to be up. Thread-safe.
 */
public final class ClickCapture implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClickCapture.class);
    private static final Duration SALT_INTERVAL = Duration.ofMinutes(1);
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(2);
    private static final Duration SYNC_INTERVAL = Duration.ofSeconds(1);

    private final CaptureSettings settings;
    private final QueuedClickRecorder queue;
    private final ClickSpool spool;
    private final LossLedger ledger;
    private final ClickPublisher publisher;
    private final DailySalts salts;
    private final Thread publisherThread;
    private final List<Thread> chores = new ArrayList<>();

    private ClickCapture(
            CaptureSettings settings,
            DailySalts salts,
            LongSupplier random,
            MeterRegistry metrics,
            ClickSpool spool,
            LossLedger ledger) {
        this.settings = settings;
        this.salts = salts;
        this.spool = spool;
        this.ledger = ledger;
        queue = new QueuedClickRecorder(settings.queueBytes(), ledger);
        publisher = new ClickPublisher(
                queue,
                settings.partitions(),
                settings.flushInterval().toNanos(),
                new VisitorHasher(salts::saltOf),
                spool,
                new KafkaBatchSender(settings),
                ledger,
                new CaptureCounters(metrics),
                System::nanoTime,
                random);
        CaptureCounters.observe(metrics, queue, spool, publisher.chooser(), salts, ledger);
        publisherThread = Thread.ofPlatform().name("click-publisher").unstarted(publisher);
    }

    /**
     * Opens the folder, reports what an earlier process lost, and starts.
     *
     * @param random a source of unpredictable 64-bit numbers
     * @throws IOException when the folder cannot be used or belongs to a running process
     */
    public static ClickCapture open(
            CaptureSettings settings, DailySalts salts, LongSupplier random, MeterRegistry metrics) throws IOException {
        Files.createDirectories(settings.folder());
        ClickSpool spool = ClickSpool.open(settings.folder().resolve("spool"), settings.spoolBytesMax());
        LossLedger ledger = LossLedger.open(settings.folder().resolve("ledger"));
        if (ledger.lostBefore() > 0) {
            log.warn("{} clicks were lost when the process before was killed", ledger.lostBefore());
        }
        ClickCapture capture = new ClickCapture(settings, salts, random, metrics, spool, ledger);
        capture.start();
        return capture;
    }

    private void start() {
        salts.refresh();
        publisherThread.start();
        chore("click-topic", this::ensureTopic);
        chore("click-salts", () -> {
            while (true) {
                Thread.sleep(SALT_INTERVAL);
                salts.refresh();
            }
        });
        chore("click-spool-sync", () -> {
            while (true) {
                Thread.sleep(SYNC_INTERVAL);
                syncSpool();
            }
        });
    }

    /** Something that waits, and so must not happen on the publisher's thread. Ends when interrupted. */
    private interface Chore {
        void run() throws InterruptedException;
    }

    private void chore(String name, Chore chore) {
        chores.add(Thread.ofVirtual().name(name).start(() -> {
            try {
                chore.run();
            } catch (InterruptedException e) {
                log.trace("{} ends", name, e);
            }
        }));
    }

    private void ensureTopic() throws InterruptedException {
        while (true) {
            try {
                ClickTopic.ensure(settings.bootstrapServers(), settings.topic(), settings.partitions());
                return;
            } catch (ExecutionException | TimeoutException | RuntimeException e) {
                log.warn("topic {} not made yet, trying again: {}", settings.topic(), e.toString());
            }
            Thread.sleep(RETRY_INTERVAL);
        }
    }

    private void syncSpool() {
        try {
            spool.sync();
        } catch (IOException e) {
            log.error("the click spool cannot be forced to disk", e);
        }
    }

    /** Where the redirect path leaves its clicks. */
    public ClickRecorder recorder() {
        return queue;
    }

    /** Clicks accepted so far. */
    public long recorded() {
        return queue.recorded();
    }

    /** Clicks refused so far because the queue was full. */
    public long dropped() {
        return queue.dropped();
    }

    /** Clicks that the process before this one had accepted when it was killed, and that are lost. */
    public long lostBefore() {
        return ledger.lostBefore();
    }

    /** Bytes on disk that wait for Kafka. */
    public long spoolBytes() {
        return spool.bytes();
    }

    /**
     * Refuses further clicks, sends what is queued, spools what Kafka does not take within the delivery timeout, and stops.
     */
    @Override
    public void close() throws IOException {
        queue.close();
        publisher.stop();
        chores.forEach(Thread::interrupt);
        boolean interrupted = false;
        while (publisherThread.isAlive()) {
            try {
                publisherThread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        spool.close();
    }
}
