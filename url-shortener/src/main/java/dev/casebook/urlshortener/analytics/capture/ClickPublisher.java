package dev.casebook.urlshortener.analytics.capture;

import dev.casebook.urlshortener.analytics.Click;
import dev.casebook.urlshortener.analytics.wire.BatchIdentity;
import dev.casebook.urlshortener.analytics.wire.ClickBatchWriter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.RetriableException;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread between the queue and Kafka: packs clicks into one open batch per partition, seals a batch when it is full
 * or old enough, and sends it, or spools it while Kafka is away.
 *
 * <p><b>Two modes.</b> DIRECT: batches go to Kafka. When one fails, or {@link #IN_FLIGHT_MAX} are unacknowledged (Kafka is
 * slow), SPOOLING begins: new batches go behind all others on the spool, whose head is sent to Kafka at the same time, at
 * first one batch at a time, then in growing windows. When the spool is empty and nothing of it is in flight, DIRECT returns.
 * All of this is one thread's state, so no hand-over can lose or reorder a batch. The producer's callbacks only add to
 * {@link #settlements}.
 *
 * <p><b>Identities.</b> A batch is numbered when it is sealed. A failed batch may have reached Kafka and is sent again
 * from the spool, so it arrives late, after batches with higher numbers; the aggregator remembers a window of
 * {@code SequenceWindow.SIZE} numbers per session and partition. That window suffices because
 * every session's batches are displaced by at most {@link #IN_FLIGHT_MAX}: in DIRECT no more are unacknowledged at a time;
 * entering SPOOLING starts a new session, whose batches reach the spool in order and leave it in order, again with at most
 * that many in flight, and a failure goes back to the first unacknowledged one.
 *
 * <p><b>What can be lost</b> when the process is killed: the queue, one open batch per partition, and in DIRECT the batches
 * that Kafka has not acknowledged. {@link LossLedger} counts it. Never blocks on Kafka or PostgreSQL; may wait for the local
 * disk while spooling, for which the queue has room.
 */
final class ClickPublisher implements Runnable {
    /** Batches sent and not acknowledged. With it the producer's own buffer never fills, so its send never blocks. */
    static final int IN_FLIGHT_MAX = 256;

    private static final Logger log = LoggerFactory.getLogger(ClickPublisher.class);
    private static final int DRAIN_MAX = 1024;
    private static final int REPLAY_WINDOW_MAX = 64;
    private static final long IDLE_NANOS = 10_000_000;
    private static final long REPLAY_PAUSE_MIN_NANOS = 100_000_000;
    private static final long REPLAY_PAUSE_MAX_NANOS = 1_000_000_000;

    /** One batch on its way. {@code entry} is where it stands on the spool, null when it never was there. */
    private static final class Flight {
        final byte[] batch;
        final int clicks;
        final ClickSpool.@Nullable Entry entry;
        boolean acknowledged;
        volatile @Nullable Exception failure;

        Flight(byte[] batch, int clicks, ClickSpool.@Nullable Entry entry) {
            this.batch = batch;
            this.clicks = clicks;
            this.entry = entry;
        }
    }

    /** An open batch and when its first click came. */
    private static final class OpenBatch {
        final ClickBatchWriter writer;
        long sinceNanos;
        long nextSequence;

        OpenBatch(long seed) {
            writer = new ClickBatchWriter(seed);
        }
    }

    private final QueuedClickRecorder queue;
    private final PartitionChooser chooser;
    private final VisitorHasher hasher;
    private final ClickSpool spool;
    private final BatchSender sender;
    private final LossLedger ledger;
    private final CaptureCounters counters;
    private final LongSupplier nanoTime;
    private final LongSupplier sessions;
    private final long flushNanos;
    private final OpenBatch[] open;
    private final MpscUnboundedArrayQueue<Flight> settlements = new MpscUnboundedArrayQueue<>(IN_FLIGHT_MAX);
    private final ArrayDeque<Flight> replaying = new ArrayDeque<>();

    private long session;
    private boolean spooling;
    private int directInFlight;
    private int replayInFlight;
    private int replayWindow = 1;
    private boolean replayFailed;
    private boolean reconnectFirst;
    private long replayNotBefore;
    private long replayPauseNanos = REPLAY_PAUSE_MIN_NANOS;
    private long settledClicks;
    private volatile boolean stopping;

    ClickPublisher(
            QueuedClickRecorder queue,
            int partitions,
            long flushNanos,
            VisitorHasher hasher,
            ClickSpool spool,
            BatchSender sender,
            LossLedger ledger,
            CaptureCounters counters,
            LongSupplier nanoTime,
            LongSupplier random) {
        this.queue = queue;
        this.flushNanos = flushNanos;
        this.hasher = hasher;
        this.spool = spool;
        this.sender = sender;
        this.ledger = ledger;
        this.counters = counters;
        this.nanoTime = nanoTime;
        sessions = random;
        session = random.getAsLong();
        chooser = new PartitionChooser(partitions, random.getAsLong());
        open = new OpenBatch[partitions];
        for (int i = 0; i < partitions; i++) {
            open[i] = new OpenBatch(random.getAsLong());
        }
        spooling = !spool.isEmpty();
        replayNotBefore = nanoTime.getAsLong();
    }

    PartitionChooser chooser() {
        return chooser;
    }

    @Override
    public void run() {
        while (!stopping) {
            if (round() == 0) {
                LockSupport.parkNanos(IDLE_NANOS);
            }
        }
        finish();
    }

    /** Lets {@link #run} end after what is queued has reached Kafka or the spool. Any thread. */
    void stop() {
        stopping = true;
    }

    /** One pass over everything there may be to do; returns how much there was. */
    int round() {
        int work = queue.drain(this::take, DRAIN_MAX);
        work += settle();
        work += sealDue();
        work += replay();
        ledger.settle(settledClicks);
        return work;
    }

    private void take(Click click) {
        click.addressLength = AddressPrefix.unmap(click.bytes, click.addressLength);
        long visitor = hasher.hash(click);
        int prefixLength = AddressPrefix.prefixLength(click.addressLength);
        int partition = chooser.partitionOf(click.linkId);
        OpenBatch batch = open[partition];
        if (!batch.writer.append(click, click.bytes, prefixLength, visitor)) {
            seal(partition);
            if (!batch.writer.append(click, click.bytes, prefixLength, visitor)) {
                throw new IllegalStateException("an empty batch has no room for one click");
            }
        }
        if (batch.writer.clicks() == 1) {
            batch.sinceNanos = nanoTime.getAsLong();
        }
    }

    /** One batch that is due takes all others along, so that they share a request to the broker instead of having one each. */
    private int sealDue() {
        if (!isAnyDue(nanoTime.getAsLong())) {
            return 0;
        }
        int sealed = 0;
        for (int partition = 0; partition < open.length; partition++) {
            if (!open[partition].writer.isEmpty()) {
                seal(partition);
                sealed++;
            }
        }
        return sealed;
    }

    private boolean isAnyDue(long now) {
        for (OpenBatch batch : open) {
            if (!batch.writer.isEmpty() && now - batch.sinceNanos >= flushNanos) {
                return true;
            }
        }
        return false;
    }

    private void seal(int partition) {
        if (!spooling && directInFlight >= IN_FLIGHT_MAX) {
            beginSpooling("Kafka has not acknowledged " + IN_FLIGHT_MAX + " batches");
        }
        OpenBatch batch = open[partition];
        int clicks = batch.writer.clicks();
        byte[] bytes = batch.writer.seal(new BatchIdentity(session, partition, batch.nextSequence++));
        if (spooling) {
            store(bytes, clicks);
        } else {
            directInFlight++;
            send(new Flight(bytes, clicks, null), partition);
        }
    }

    private void send(Flight flight, int partition) {
        sender.send(flight.batch, partition, failure -> {
            flight.failure = failure;
            settlements.add(flight);
        });
    }

    private void beginSpooling(String why) {
        log.warn("clicks go to the spool: {}", why);
        spooling = true;
        session = sessions.getAsLong();
        for (OpenBatch batch : open) {
            batch.nextSequence = 0;
        }
    }

    private void store(byte[] batch, int clicks) {
        settledClicks += clicks;
        try {
            if (spool.append(batch)) {
                counters.spooled(clicks);
            } else {
                counters.droppedBySpool(clicks);
            }
        } catch (IOException e) {
            log.error("{} clicks lost, the spool cannot be written", clicks, e);
            counters.droppedBySpool(clicks);
        }
    }

    private int settle() {
        int settled = 0;
        for (Flight flight = settlements.poll(); flight != null; flight = settlements.poll()) {
            settled++;
            if (flight.entry == null) {
                settleDirect(flight);
            } else {
                settleReplay(flight);
            }
        }
        return settled;
    }

    private void settleDirect(Flight flight) {
        directInFlight--;
        Exception failure = flight.failure;
        if (failure == null) {
            settledClicks += flight.clicks;
            counters.published(flight.clicks);
            return;
        }
        reconnectFirst |= !(failure instanceof RetriableException);
        if (!spooling) {
            beginSpooling(failure.toString());
        }
        store(flight.batch, flight.clicks);
    }

    private void settleReplay(Flight flight) {
        replayInFlight--;
        Exception failure = flight.failure;
        if (failure != null) {
            replayFailed = true;
            reconnectFirst |= !(failure instanceof RetriableException);
            log.debug("replay of the click spool failed: {}", failure.toString());
            return;
        }
        flight.acknowledged = true;
        replayWindow = Math.min(2 * replayWindow, REPLAY_WINDOW_MAX);
        replayPauseNanos = REPLAY_PAUSE_MIN_NANOS;
        Flight first = replaying.peekFirst();
        ClickSpool.@Nullable Entry last = null;
        while (first != null && first.acknowledged) {
            replaying.removeFirst();
            counters.replayed(first.clicks);
            last = first.entry;
            first = replaying.peekFirst();
        }
        if (last != null) {
            release(last);
        }
    }

    private void release(ClickSpool.Entry entry) {
        try {
            spool.release(entry);
        } catch (IOException e) {
            log.warn("a segment of the click spool cannot be deleted; it will be sent again: {}", e.toString());
        }
    }

    private int replay() {
        if (!spooling) {
            return 0;
        }
        long now = nanoTime.getAsLong();
        if (replayFailed) {
            if (replayInFlight > 0) {
                return 0;
            }
            replaying.clear();
            spool.rewind();
            replayFailed = false;
            replayWindow = 1;
            replayNotBefore = now + replayPauseNanos;
            replayPauseNanos = Math.min(2 * replayPauseNanos, REPLAY_PAUSE_MAX_NANOS);
        }
        if (now - replayNotBefore < 0 || directInFlight > 0) {
            return 0;
        }
        if (reconnectFirst) {
            reconnectFirst = false;
            sender.reconnect();
        }
        return sendFromSpool(now);
    }

    private int sendFromSpool(long now) {
        int sent = 0;
        try {
            while (replayInFlight < replayWindow && !replayFailed) {
                ClickSpool.Entry entry = spool.next();
                if (entry == null) {
                    if (replayInFlight == 0 && replaying.isEmpty()) {
                        log.info("the click spool is empty, clicks go to Kafka again");
                        spooling = false;
                    }
                    return sent;
                }
                Flight flight = new Flight(entry.batch, entry.clicks, entry);
                replaying.addLast(flight);
                replayInFlight++;
                sent++;
                send(flight, entry.partition);
            }
        } catch (IOException e) {
            log.error("the click spool cannot be read, trying again", e);
            replayFailed = true;
            replayNotBefore = now + REPLAY_PAUSE_MAX_NANOS;
        }
        return sent;
    }

    /** The recorder refuses clicks already; those it took before are sent or, if Kafka does not answer, spooled. */
    void finish() {
        while (queue.drain(this::take, DRAIN_MAX) > 0) {
            settle();
        }
        for (int partition = 0; partition < open.length; partition++) {
            if (!open[partition].writer.isEmpty()) {
                seal(partition);
            }
        }
        sender.close();
        settle();
        if (directInFlight > 0) {
            log.error("{} batches have no outcome after the producer's close", directInFlight);
        }
        ledger.settle(settledClicks);
    }
}
