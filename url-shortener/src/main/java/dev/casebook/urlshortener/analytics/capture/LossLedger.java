package dev.casebook.urlshortener.analytics.capture;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Two numbers in a memory-mapped file that outlive a {@code kill -9}: how many clicks were accepted, and how many of them
 * are settled (acknowledged by Kafka, on the spool, or counted as dropped). What lies between them when the process dies is
 * lost, and the next process reads it here and reports it instead of guessing.
 *
 * <p>The publisher's thread writes both on every round, a few milliseconds apart at most, so the report misses the clicks of
 * the very last round. After an orderly stop the numbers are equal. Owned by one thread.
 */
final class LossLedger implements AutoCloseable {
    private static final long ACCEPTED = 0;
    private static final long SETTLED = 8;
    private static final long BYTES = 16;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment page;
    private final long lostBefore;

    private LossLedger(FileChannel channel) throws IOException {
        page = channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena);
        lostBefore = Math.max(0, get(ACCEPTED) - get(SETTLED));
        write(0, 0);
    }

    /** Opens a ledger, makes it when it is not there, and reads what the process before left. */
    static LossLedger open(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new LossLedger(channel);
        }
    }

    /** How many clicks the process before had accepted but not settled when it died. */
    long lostBefore() {
        return lostBefore;
    }

    void write(long accepted, long settled) {
        page.set(ValueLayout.JAVA_LONG, ACCEPTED, accepted);
        page.set(ValueLayout.JAVA_LONG, SETTLED, settled);
    }

    private long get(long offset) {
        return page.get(ValueLayout.JAVA_LONG, offset);
    }

    @Override
    public void close() {
        arena.close();
    }
}
