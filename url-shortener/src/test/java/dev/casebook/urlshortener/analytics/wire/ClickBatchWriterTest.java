package dev.casebook.urlshortener.analytics.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.analytics.Click;
import dev.casebook.urlshortener.analytics.Clicks;
import org.junit.jupiter.api.Test;

class ClickBatchWriterTest {
    private static final byte[] PREFIX = {(byte) 192, 0, 2};

    @Test
    void refusesClicksWhenFullAndTakesThemAgainAfterASeal() throws CorruptBatchException {
        ClickBatchWriter writer = new ClickBatchWriter(1);
        int accepted = 0;
        while (writer.append(click(accepted), PREFIX, 3, accepted)) {
            accepted++;
        }

        byte[] batch = writer.seal(new BatchIdentity(1, 0, 0));

        assertThat(batch.length).isLessThanOrEqualTo(ClickBatchWriter.BATCH_BYTES_MAX);
        assertThat(new ClickBatchReader(batch).clicks()).isEqualTo(accepted);
        assertThat(writer.append(click(0), PREFIX, 3, 0)).isTrue();
    }

    @Test
    void theLongestClickFitsAnEmptyBatch() {
        Click longest = Clicks.click(
                Long.MIN_VALUE,
                Long.MAX_VALUE >> 20,
                new byte[16],
                "u".repeat(Click.HEADER_BYTES_MAX),
                "r".repeat(Click.HEADER_BYTES_MAX),
                "l".repeat(Click.HEADER_BYTES_MAX));

        assertThat(new ClickBatchWriter(1).append(longest, new byte[6], 6, -1)).isTrue();
    }

    @Test
    void repeatedHeaderValuesCostAFewBytesEach() {
        ClickBatchWriter writer = new ClickBatchWriter(1);
        int one = sealedLength(writer, 1);
        int thousand = sealedLength(writer, 1000);

        assertThat((thousand - one) / 999).isLessThanOrEqualTo(20);
    }

    @Test
    void theDictionaryNeverHasMoreTextsThanAReaderHasToExpect() throws CorruptBatchException {
        ClickBatchWriter writer = new ClickBatchWriter(1);
        int i = 0;
        while (writer.append(Clicks.click(1, 0, 1, "a" + i, "", ""), PREFIX, 3, 0)) {
            i++;
        }
        ClickBatchReader reader = new ClickBatchReader(writer.seal(new BatchIdentity(1, 0, 0)));

        while (reader.next()) {
            assertThat(reader.texts()).isLessThanOrEqualTo(BatchFormat.TEXTS_MAX);
        }
    }

    private static int sealedLength(ClickBatchWriter writer, int clicks) {
        for (int i = 0; i < clicks; i++) {
            assertThat(writer.append(click(i), PREFIX, 3, i)).isTrue();
        }
        return writer.seal(new BatchIdentity(1, 0, 0)).length;
    }

    private static Click click(int i) {
        return Clicks.click(
                i,
                1_780_000_000_000L + i,
                1,
                i % 2 == 0 ? Clicks.FIREFOX : Clicks.IPHONE,
                "https://example.org/",
                "en");
    }
}
