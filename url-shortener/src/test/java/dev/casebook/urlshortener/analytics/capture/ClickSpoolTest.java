package dev.casebook.urlshortener.analytics.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.urlshortener.analytics.Clicks;
import dev.casebook.urlshortener.analytics.wire.BatchIdentity;
import dev.casebook.urlshortener.analytics.wire.ClickBatchWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClickSpoolTest {
    @TempDir
    private Path folder;

    @Test
    void refusesBatchesBeyondItsLimitAndTakesThemAgainWhenThereIsRoom() throws Exception {
        byte[] batch = ClickSpoolPropertyTest.batch(0, 1);
        long limit = 3L * (Integer.BYTES + batch.length);
        try (ClickSpool spool = ClickSpool.open(folder, limit)) {
            assertThat(Stream.generate(() -> batch)
                            .limit(4)
                            .map(b -> appendTo(spool, b))
                            .toList())
                    .containsExactly(true, true, true, false);

            for (ClickSpool.Entry entry = spool.next(); entry != null; entry = spool.next()) {
                spool.release(entry);
            }

            assertThat(spool.bytes()).isZero();
            assertThat(spool.append(batch)).isTrue();
        }
    }

    @Test
    void splitsItselfIntoSegmentsAndDeletesThoseReleased() throws Exception {
        int batches = 3 * ClickSpool.SEGMENT_BYTES_MAX / ClickBatchWriter.BATCH_BYTES_MAX;
        byte[] batch = full();
        try (ClickSpool spool = ClickSpool.open(folder, Long.MAX_VALUE)) {
            for (int i = 0; i < batches; i++) {
                spool.append(batch);
            }
            assertThat(segments()).hasSizeGreaterThan(2);
            List<ClickSpool.Entry> entries = new ArrayList<>();
            for (ClickSpool.Entry entry = spool.next(); entry != null; entry = spool.next()) {
                entries.add(entry);
            }
            assertThat(entries).hasSize(batches);

            spool.release(entries.get(batches / 2));
            assertThat(segments()).hasSizeLessThan(3);
            spool.release(entries.getLast());

            assertThat(segments()).isEmpty();
            assertThat(spool.isEmpty()).isTrue();
        }
    }

    @Test
    void isOpenedByOneAtATime() throws IOException {
        try (ClickSpool first = ClickSpool.open(folder, 1)) {
            assertThat(first.isEmpty()).isTrue();
            assertThatThrownBy(() -> ClickSpool.open(folder, 1)).hasMessageContaining("open already");
        }
        ClickSpool.open(folder, 1).close();
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".clicks")).toList();
        }
    }

    private static boolean appendTo(ClickSpool spool, byte[] batch) {
        try {
            return spool.append(batch);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A batch of nearly the largest size. */
    private static byte[] full() {
        ClickBatchWriter writer = new ClickBatchWriter(1);
        int i = 0;
        while (writer.append(Clicks.click(1, 0, 1, "x".repeat(400) + i, "", ""), new byte[0], 0, i)) {
            i++;
        }
        return writer.seal(new BatchIdentity(1, 0, 0));
    }
}
