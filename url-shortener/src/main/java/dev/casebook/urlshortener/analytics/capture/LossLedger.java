package dev.casebook.urlshortener.analytics.capture;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Two numbers in a memory-mapped file that outlive a {@code kill -9}: how many clicks were accepted, and how many of them
 * are settled (acknowledged by Kafka, on the spool, or counted as dropped). What lies between them when the process dies is
 * lost, and the next process reads it here and reports it instead of guessing.
 *
 * <p>The report is an upper bound: a click is added before it enters the queue, and settled after its batch is. It is over by what Kafka had
 * taken without the publisher having heard of it. After an orderly stop the numbers are equal.
 *
 * <p>Acceptance is counted where it happens, on the event loops, in cells a cache line apart that a thread's number chooses, as LongAdder
 * does, and at its cost. {@link #accept}, {@link #refuse} and {@link #accepted} may be called by any thread, {@link #settle} by one.
 */
final class LossLedger {
    private static final int LINE_BYTES = 64;
    private static final int CELLS = 16;
    private static final long SETTLED = 0;
    private static final long FIRST_CELL = LINE_BYTES;
    private static final long BYTES = FIRST_CELL + CELLS * LINE_BYTES;
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final MemorySegment page;
    private final long lostBefore;

    private LossLedger(FileChannel channel) throws IOException {
        // Unmapped when nobody can reach it any more: metrics may look at it after the capture is closed.
        page = channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, Arena.ofAuto());
        lostBefore = Math.max(0, accepted() - settled());
        page.fill((byte) 0);
    }

    /**
     * Opens a ledger, makes it when it is not there, reads what the process before left, and begins anew.
     *
     * @throws IOException when the file cannot be used
     */
    static LossLedger open(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new LossLedger(channel);
        }
    }

    /** How many clicks the process before had accepted but not settled when it died, at most. */
    long lostBefore() {
        return lostBefore;
    }

    /** One more click is accepted. */
    void accept() {
        add(1);
    }

    /** A click that was accepted could not be kept after all, and its loss is counted elsewhere. */
    void refuse() {
        add(-1);
    }

    /** Clicks accepted so far. */
    long accepted() {
        long sum = 0;
        for (int cell = 0; cell < CELLS; cell++) {
            sum += (long) LONG.getOpaque(page, FIRST_CELL + (long) cell * LINE_BYTES);
        }
        return sum;
    }

    /** So many of the accepted are settled by now. */
    void settle(long clicks) {
        LONG.setOpaque(page, SETTLED, clicks);
    }

    private long settled() {
        return (long) LONG.getOpaque(page, SETTLED);
    }

    private void add(long delta) {
        long cell = Thread.currentThread().threadId() % CELLS;
        LONG.getAndAdd(page, FIRST_CELL + cell * LINE_BYTES, delta);
    }
}
