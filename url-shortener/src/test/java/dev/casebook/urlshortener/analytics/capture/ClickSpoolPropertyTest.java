package dev.casebook.urlshortener.analytics.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.analytics.Clicks;
import dev.casebook.urlshortener.analytics.wire.BatchIdentity;
import dev.casebook.urlshortener.analytics.wire.ClickBatchReader;
import dev.casebook.urlshortener.analytics.wire.ClickBatchWriter;
import dev.casebook.urlshortener.analytics.wire.CorruptBatchException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

class ClickSpoolPropertyTest {
    private static final long NO_LIMIT = 1 << 30;

    private Path folder = Path.of("");

    @BeforeTry
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory("click-spool");
    }

    @AfterTry
    void deleteFolder() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Property(tries = 100)
    void afterACrashThatCutsTheFileAnywhereAPrefixIsReadAndAppendingGoesOn(
            @ForAll @IntRange(min = 1, max = 30) int batches, @ForAll int cutAt, @ForAll long seed) throws Exception {
        List<Integer> ends = new ArrayList<>();
        try (ClickSpool spool = ClickSpool.open(folder, NO_LIMIT)) {
            int end = 0;
            for (int i = 0; i < batches; i++) {
                byte[] batch = batch(i, seed);
                assertThat(spool.append(batch)).isTrue();
                end += Integer.BYTES + batch.length;
                ends.add(end);
            }
        }
        long cut = cut(cutAt);

        try (ClickSpool spool = ClickSpool.open(folder, NO_LIMIT)) {
            assertThat(spool.append(batch(1000, seed))).isTrue();
            List<Long> expected = new ArrayList<>();
            for (int i = 0; i < batches && ends.get(i) <= cut; i++) {
                expected.add((long) i);
            }
            long lastWhole = expected.isEmpty() ? 0 : ends.get(expected.size() - 1);
            expected.add(1000L);

            assertThat(sequencesOf(spool)).isEqualTo(expected);
            assertThat(spool.tornBytes()).isEqualTo(cut - lastWhole);
        }
    }

    @Property(tries = 100)
    void blocksThatNeverReachedTheDiskEndTheReading(
            @ForAll @IntRange(min = 1, max = 20) int batches, @ForAll int zeroFrom, @ForAll long seed)
            throws Exception {
        List<Integer> ends = new ArrayList<>();
        try (ClickSpool spool = ClickSpool.open(folder, NO_LIMIT)) {
            int end = 0;
            for (int i = 0; i < batches; i++) {
                byte[] batch = batch(i, seed);
                spool.append(batch);
                end += Integer.BYTES + batch.length;
                ends.add(end);
            }
        }
        long length = ends.getLast();
        long zeroed = cut(zeroFrom);
        try (RandomAccessFile file = new RandomAccessFile(segment().toFile(), "rw")) {
            file.setLength(length); // extends with zeros
        }

        try (ClickSpool spool = ClickSpool.open(folder, NO_LIMIT)) {
            List<Long> read = sequencesOf(spool);

            // A frame whose last bytes happen to be zeros survives the zeroing whole; nothing else may.
            long wholeBefore = ends.stream().filter(end -> end <= zeroed).count();
            assertThat(read.size()).isBetween((int) wholeBefore, (int) wholeBefore + 1);
            assertThat(read)
                    .isEqualTo(Stream.iterate(0L, n -> n + 1).limit(read.size()).toList());
        }
    }

    /** Against a plain list: append, read on, go back, release a prefix, reopen, in any order. */
    @Property(tries = 60)
    void behavesLikeAListWhatevertheOrderOfOperations(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        List<Long> model = new ArrayList<>();
        int cursor = 0;
        long next = 0;
        List<ClickSpool.Entry> given = new ArrayList<>();
        ClickSpool spool = ClickSpool.open(folder, NO_LIMIT);
        try {
            for (int step = 0; step < 120; step++) {
                switch (random.nextInt(6)) {
                    case 0, 1 -> {
                        spool.append(batch(next, seed));
                        model.add(next++);
                    }
                    case 2, 3 -> {
                        ClickSpool.Entry entry = spool.next();
                        if (cursor == model.size()) {
                            assertThat(entry).isNull();
                        } else {
                            assertThat(sequence(Objects.requireNonNull(entry).batch))
                                    .isEqualTo(model.get(cursor++));
                            given.add(entry);
                        }
                    }
                    case 4 -> {
                        spool.rewind();
                        cursor = 0;
                        given.clear();
                    }
                    default -> {
                        if (!given.isEmpty()) {
                            int released = 1 + random.nextInt(given.size());
                            spool.release(given.get(released - 1));
                            given.subList(0, released).clear();
                            model.subList(0, released).clear();
                            cursor -= released;
                        }
                    }
                }
                assertThat(spool.isEmpty()).isEqualTo(model.isEmpty());
            }
            spool.rewind();
            assertThat(sequencesOf(spool)).isEqualTo(model);
        } finally {
            spool.close();
        }

        // What was released inside a segment that is still there comes again, in front; nothing else changes.
        try (ClickSpool reopened = ClickSpool.open(folder, NO_LIMIT)) {
            List<Long> read = sequencesOf(reopened);
            assertThat(read.subList(read.size() - model.size(), read.size())).isEqualTo(model);
            assertThat(read).isSorted();
        }
    }

    private long cut(int at) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment().toFile(), "rw")) {
            long cut = Math.floorMod((long) at, file.length() + 1);
            file.setLength(cut);
            return cut;
        }
    }

    private Path segment() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".clicks"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    static List<Long> sequencesOf(ClickSpool spool) throws IOException, CorruptBatchException {
        List<Long> sequences = new ArrayList<>();
        for (ClickSpool.Entry entry = spool.next(); entry != null; entry = spool.next()) {
            sequences.add(sequence(entry.batch));
        }
        return sequences;
    }

    static long sequence(byte[] batch) throws CorruptBatchException {
        return new ClickBatchReader(batch).identity().sequence();
    }

    static byte[] batch(long sequence, long seed) {
        Random random = new Random(seed + sequence);
        ClickBatchWriter writer = new ClickBatchWriter(seed);
        int clicks = 1 + random.nextInt(20);
        for (int i = 0; i < clicks; i++) {
            String userAgent = Long.toHexString(random.nextLong());
            writer.append(
                    Clicks.click(1 + random.nextInt(9), 1_780_000_000_000L, 1, userAgent, "", "en"),
                    new byte[] {1, 2, 3},
                    3,
                    random.nextLong());
        }
        return writer.seal(new BatchIdentity(seed, 0, sequence));
    }
}
