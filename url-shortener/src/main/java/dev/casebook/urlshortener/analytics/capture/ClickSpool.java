package dev.casebook.urlshortener.analytics.capture;

import dev.casebook.urlshortener.analytics.wire.ClickBatchReader;
import dev.casebook.urlshortener.analytics.wire.ClickBatchWriter;
import dev.casebook.urlshortener.analytics.wire.CorruptBatchException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batches that Kafka has not taken, on disk, in order, until it does.
 *
 * <p>A spool is a folder of append-only segments, numbered upwards. A segment is a run of frames: length (4 bytes,
 * big-endian), then the batch, whose own checksum decides whether the frame is whole. Batches are read from the head with a
 * cursor and released when Kafka has acknowledged them; a segment whose every batch is released is deleted. No position is
 * stored: after a restart the oldest segment is read from its start, so up to {@link #SEGMENT_BYTES_MAX} of
 * batches are sent a second time, which their identities make harmless.
 *
 * <p><b>Crashes.</b> What {@link #append} has written survives the death of the process. It survives the death of the
 * machine once {@link #sync} has returned, which the owner calls every second. A torn tail (a frame cut off by a crash, or
 * blocks that never reached the disk) ends its segment: the frames before it are read, the rest is counted in
 * {@link #tornBytes} and ignored. New frames never go behind a torn tail, since every process starts a new segment.
 *
 * <p><b>Limits.</b> {@code bytesMax} over all segments; {@link #append} returns false beyond it. A lock file keeps two
 * processes from sharing a folder.
 *
 * <p>Owned by one thread, except {@link #sync} and the gauges, which any thread may call.
 */
final class ClickSpool implements AutoCloseable {
    /** A segment is closed when the next frame would make it longer. */
    static final int SEGMENT_BYTES_MAX = 8 * 1024 * 1024;

    private static final Logger log = LoggerFactory.getLogger(ClickSpool.class);
    private static final String SUFFIX = ".clicks";
    private static final int LENGTH_BYTES = Integer.BYTES;

    /** One stored batch and where it ends, for {@link #release}. */
    static final class Entry {
        final byte[] batch;
        final int partition;
        final int clicks;
        private final long segment;
        private final long end;

        private Entry(byte[] batch, int partition, int clicks, long segment, long end) {
            this.batch = batch;
            this.partition = partition;
            this.clicks = clicks;
            this.segment = segment;
            this.end = end;
        }
    }

    private final Path folder;
    private final long bytesMax;
    private final FileChannel lockFile;
    /** Oldest first; the last one is being written when {@link #writer} is set. */
    private final ArrayDeque<Segment> segments = new ArrayDeque<>();

    private volatile @Nullable FileChannel writer;
    private @Nullable FileChannel reader;
    private long readerSegment = -1;
    private long cursorSegment;
    private long cursorOffset;
    private long releasedSegment;
    private long releasedOffset;
    private long nextNumber;
    private final AtomicLong bytes = new AtomicLong();
    private long tornBytes;

    private static final class Segment {
        final long number;
        final Path file;
        /** End of the last whole frame. */
        long end;

        Segment(long number, Path file, long end) {
            this.number = number;
            this.file = file;
            this.end = end;
        }
    }

    private ClickSpool(Path folder, long bytesMax, FileChannel lockFile) {
        this.folder = folder;
        this.bytesMax = bytesMax;
        this.lockFile = lockFile;
    }

    /**
     * Opens a folder, makes it when it is not there, and finds what an earlier process left.
     *
     * @throws IOException when the folder cannot be used, or another process has it open
     */
    static ClickSpool open(Path folder, long bytesMax) throws IOException {
        Files.createDirectories(folder);
        FileChannel lockFile = FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ);
        try {
            FileLock lock = lockFile.tryLock();
            if (lock == null) {
                throw new IOException("another process has the click spool open: " + folder);
            }
            ClickSpool spool = new ClickSpool(folder, bytesMax, lockFile);
            spool.recover();
            return spool;
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            if (e instanceof OverlappingFileLockException) {
                throw new IOException("this process has the click spool open already: " + folder, e);
            }
            throw e;
        }
    }

    private void recover() throws IOException {
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files = list.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            long number = Long.parseUnsignedLong(name.substring(0, name.length() - SUFFIX.length()), 16);
            long end = endOfWholeFrames(file);
            long length = Files.size(file);
            if (end < length) {
                tornBytes += length - end;
                log.warn("click spool {}: {} bytes after the last whole batch are ignored", file, length - end);
            }
            nextNumber = number + 1;
            if (end == 0) {
                Files.delete(file);
                continue;
            }
            segments.add(new Segment(number, file, end));
            bytes.addAndGet(end);
        }
        Segment first = segments.peekFirst();
        releasedSegment = first == null ? nextNumber : first.number;
        rewind();
    }

    private static long endOfWholeFrames(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long offset = 0;
            ClickBatchReader batch = readFrame(channel, offset, channel.size());
            while (batch != null) {
                offset += LENGTH_BYTES + batch.bytes().length;
                batch = readFrame(channel, offset, channel.size());
            }
            return offset;
        }
    }

    /** The batch at an offset, or null when no whole one stands there. */
    private static @Nullable ClickBatchReader readFrame(FileChannel channel, long offset, long end) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES);
        if (offset + LENGTH_BYTES > end || !readFully(channel, length, offset)) {
            return null;
        }
        int batchLength = length.getInt(0);
        if (batchLength <= 0
                || batchLength > ClickBatchWriter.BATCH_BYTES_MAX
                || offset + LENGTH_BYTES + batchLength > end) {
            return null;
        }
        ByteBuffer batch = ByteBuffer.allocate(batchLength);
        if (!readFully(channel, batch, offset + LENGTH_BYTES)) {
            return null;
        }
        try {
            return new ClickBatchReader(batch.array());
        } catch (CorruptBatchException e) {
            return null;
        }
    }

    private static boolean readFully(FileChannel channel, ByteBuffer into, long offset) throws IOException {
        long from = offset;
        while (into.hasRemaining()) {
            int read = channel.read(into, from);
            if (read < 0) {
                return false;
            }
            from += read;
        }
        return true;
    }

    /**
     * Stores a batch behind all others.
     *
     * @return false when the spool is full: nothing was stored
     * @throws IOException when the disk refuses; the next append goes to a new segment
     */
    boolean append(byte[] batch) throws IOException {
        int frameLength = LENGTH_BYTES + batch.length;
        if (bytes.get() + frameLength > bytesMax) {
            return false;
        }
        FileChannel channel = writer;
        Segment segment = segments.peekLast();
        if (channel == null || segment == null || segment.end + frameLength > SEGMENT_BYTES_MAX) {
            closeWriter();
            long number = nextNumber++;
            Path file = folder.resolve(String.format("%016x%s", number, SUFFIX));
            channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            writer = channel;
            segment = new Segment(number, file, 0);
            segments.add(segment);
        }
        ByteBuffer frame =
                ByteBuffer.allocate(frameLength).putInt(batch.length).put(batch).flip();
        try {
            while (frame.hasRemaining()) {
                channel.write(frame, segment.end + frame.position());
            }
        } catch (IOException e) {
            closeWriter();
            throw e;
        }
        segment.end += frameLength;
        bytes.addAndGet(frameLength);
        return true;
    }

    /** The batch at the cursor, which moves behind it; null at the end. */
    @Nullable
    Entry next() throws IOException {
        for (Segment segment : segments) {
            if (segment.number < cursorSegment) {
                continue;
            }
            if (segment.number > cursorSegment) {
                cursorSegment = segment.number;
                cursorOffset = 0;
            }
            if (cursorOffset < segment.end) {
                return read(segment);
            }
        }
        return null;
    }

    private Entry read(Segment segment) throws IOException {
        FileChannel channel = reader;
        if (channel == null || readerSegment != segment.number) {
            closeReader();
            channel = FileChannel.open(segment.file, StandardOpenOption.READ);
            reader = channel;
            readerSegment = segment.number;
        }
        ClickBatchReader batch = readFrame(channel, cursorOffset, segment.end);
        if (batch == null) {
            throw new IOException("click spool damaged while open: " + segment.file + " at " + cursorOffset);
        }
        cursorOffset += LENGTH_BYTES + batch.bytes().length;
        return new Entry(batch.bytes(), batch.identity().partition(), batch.clicks(), segment.number, cursorOffset);
    }

    /** Forgets an entry and all before it; segments without any left are deleted. */
    void release(Entry entry) throws IOException {
        releasedSegment = entry.segment;
        releasedOffset = entry.end;
        Segment first = segments.peekFirst();
        while (first != null && isReleased(first)) {
            if (first == segments.peekLast()) {
                closeWriter();
            }
            if (readerSegment == first.number) {
                closeReader();
            }
            Files.delete(first.file);
            segments.removeFirst();
            bytes.addAndGet(-first.end);
            first = segments.peekFirst();
        }
    }

    private boolean isReleased(Segment segment) {
        return segment.number < releasedSegment || (segment.number == releasedSegment && segment.end <= releasedOffset);
    }

    /** Moves the cursor back to the first entry that is not released. */
    void rewind() {
        cursorSegment = releasedSegment;
        cursorOffset = releasedOffset;
    }

    /** True when no entry is stored that was not released. */
    boolean isEmpty() {
        return segments.isEmpty();
    }

    /** Bytes on disk, released ones of a segment still in use included. */
    long bytes() {
        return bytes.get();
    }

    /** Bytes that the opening found damaged and ignored. */
    long tornBytes() {
        return tornBytes;
    }

    /** Forces what was appended to the disk. Any thread. */
    void sync() throws IOException {
        FileChannel channel = writer;
        if (channel == null) {
            return;
        }
        try {
            channel.force(false);
        } catch (ClosedChannelException e) {
            log.trace("the owner closed the segment meanwhile, and forced it before", e);
        }
    }

    private void closeWriter() throws IOException {
        FileChannel channel = writer;
        if (channel != null) {
            writer = null;
            try (channel) {
                channel.force(false);
            }
        }
    }

    private void closeReader() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
            readerSegment = -1;
        }
    }

    @Override
    public void close() throws IOException {
        try (lockFile) {
            closeReader();
            closeWriter();
        }
    }
}
