package dev.casebook.urlshortener.analytics.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.urlshortener.analytics.Click;
import dev.casebook.urlshortener.analytics.Clicks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ClickBatchPropertyTest {
    /** What goes in and has to come out. */
    record Sent(long linkId, long millis, List<Byte> prefix, boolean prefetch, long visitor, List<String> texts) {}

    @Provide
    Arbitrary<List<Sent>> clicks() {
        Arbitrary<String> text = Arbitraries.oneOf(
                Arbitraries.of("", "Mozilla/5.0", "https://example.org/a?b=c", "de-DE,de;q=0.9"),
                Arbitraries.strings().withCharRange('\u0001', '\u07ff').ofMaxLength(200));
        Arbitrary<List<Byte>> prefix = Arbitraries.of(0, 3, 6)
                .flatMap(length -> Arbitraries.bytes().list().ofSize(length));
        return Combinators.combine(
                        Arbitraries.longs(),
                        Arbitraries.longs().between(1_600_000_000_000L, 2_000_000_000_000L),
                        prefix,
                        Arbitraries.of(true, false),
                        Arbitraries.longs(),
                        text.list().ofSize(3))
                .as(Sent::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(60);
    }

    @Property(tries = 200)
    void whatIsWrittenIsReadBack(
            @ForAll("clicks") List<Sent> clicks, @ForAll long session, @ForAll int partition, @ForAll long sequence)
            throws CorruptBatchException {
        ClickBatchWriter writer = new ClickBatchWriter(session);
        List<Sent> written = new ArrayList<>();
        for (Sent sent : clicks) {
            if (append(writer, sent)) {
                written.add(sent);
            }
        }

        ClickBatchReader reader = new ClickBatchReader(writer.seal(new BatchIdentity(session, partition, sequence)));

        assertThat(reader.identity()).isEqualTo(new BatchIdentity(session, partition, sequence));
        assertThat(reader.clicks()).isEqualTo(written.size());
        reader.checkToEnd();
        assertThat(readAll(reader)).isEqualTo(written);
        assertThat(writer.isEmpty()).isTrue();
    }

    @Property(tries = 100)
    void aReusedWriterRemembersNothingOfTheBatchBefore(@ForAll("clicks") List<Sent> clicks) {
        ClickBatchWriter used = new ClickBatchWriter(7);
        clicks.forEach(sent -> append(used, sent));
        used.seal(new BatchIdentity(1, 2, 3));
        ClickBatchWriter fresh = new ClickBatchWriter(7);

        append(used, clicks.getFirst());
        append(fresh, clicks.getFirst());

        assertThat(used.seal(new BatchIdentity(4, 5, 6))).isEqualTo(fresh.seal(new BatchIdentity(4, 5, 6)));
    }

    @Property(tries = 300)
    void anyChangedBitIsNoticed(@ForAll("clicks") List<Sent> clicks, @ForAll int where) {
        ClickBatchWriter writer = new ClickBatchWriter(1);
        clicks.forEach(sent -> append(writer, sent));
        byte[] batch = writer.seal(new BatchIdentity(1, 2, 3));
        int bit = Math.floorMod(where, batch.length * 8);
        // Byte 3 is reserved: written as 0, not read.
        if (bit / 8 == 3) {
            return;
        }

        batch[bit / 8] ^= (byte) (1 << bit % 8);

        assertThatThrownBy(() -> new ClickBatchReader(batch)).isInstanceOf(CorruptBatchException.class);
    }

    @Property(tries = 200)
    void aBatchCutAnywhereIsNoticed(@ForAll("clicks") List<Sent> clicks, @ForAll int where) {
        ClickBatchWriter writer = new ClickBatchWriter(1);
        clicks.forEach(sent -> append(writer, sent));
        byte[] batch = writer.seal(new BatchIdentity(1, 2, 3));

        byte[] cut = Arrays.copyOf(batch, Math.floorMod(where, batch.length));

        assertThatThrownBy(() -> new ClickBatchReader(cut)).isInstanceOf(CorruptBatchException.class);
    }

    private static boolean append(ClickBatchWriter writer, Sent sent) {
        Click click =
                Clicks.click(sent.linkId, sent.millis, 1, sent.texts.get(0), sent.texts.get(1), sent.texts.get(2));
        click.prefetch = sent.prefetch;
        byte[] prefix = new byte[sent.prefix.size()];
        for (int i = 0; i < prefix.length; i++) {
            prefix[i] = sent.prefix.get(i);
        }
        return writer.append(click, prefix, prefix.length, sent.visitor);
    }

    private static List<Sent> readAll(ClickBatchReader reader) throws CorruptBatchException {
        List<Sent> read = new ArrayList<>();
        while (reader.next()) {
            List<Byte> prefix = new ArrayList<>();
            for (byte b : reader.prefix()) {
                prefix.add(b);
            }
            read.add(new Sent(
                    reader.linkId(),
                    reader.epochMillis(),
                    prefix,
                    reader.prefetch(),
                    reader.visitorHash(),
                    List.of(
                            reader.text(reader.userAgent()),
                            reader.text(reader.referer()),
                            reader.text(reader.acceptLanguage()))));
        }
        return read;
    }
}
