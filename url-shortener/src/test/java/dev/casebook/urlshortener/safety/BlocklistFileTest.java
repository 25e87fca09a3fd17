package dev.casebook.urlshortener.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlocklistFileTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("blocklist.txt");
    }

    private BlocklistFile holding(String text) throws IOException {
        Files.writeString(file, text);
        return BlocklistFile.open(file);
    }

    @Test
    void readsHostsInTheSpellingOfDestinations() throws IOException {
        BlocklistFile list = holding(
                "\uFEFF# comment\n\nEvil.example # bad\r\n  worse.example.  \nb\u00fccher.example\nxn--caf-dma.example\n[2001:DB8:0::1]\n192.0.2.1\n");

        assertThat(list.read())
                .containsExactlyInAnyOrder(
                        "evil.example",
                        "worse.example",
                        "xn--bcher-kva.example",
                        "xn--caf-dma.example",
                        "[2001:db8::1]",
                        "192.0.2.1");
    }

    @Test
    void readsLinesOfAHostsFile() throws IOException {
        BlocklistFile list = holding(
                "127.0.0.1 localhost\nfe80::1%lo0 localhost\n0.0.0.0 evil.example\tworse.example # two\n:: worst.example\n");

        assertThat(list.read())
                .containsExactlyInAnyOrder("localhost", "evil.example", "worse.example", "worst.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "evil.example/path",
                "evil.example:8080",
                "user@evil.example",
                "*.evil.example",
                ".evil.example",
                "evil_example evil.example",
                "bad.cafe evil.example",
                "evil,example",
                "evil.example?x",
                "0x7f.1",
                "2001:db8::1",
                "[2001:db8::1",
                "0.0.0.0 evil.example *.x",
                "ev\u0000il.example"
            })
    void aLineThatIsNoHostRefusesTheFileByItsNumber(String line) {
        assertThatThrownBy(() -> holding("fine.example\n\n" + line + "\nfine.example\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file + ", line 3: ");
    }

    @Test
    void aFileThatIsNotTextOrNotThereIsRefused() throws IOException {
        Files.write(file, new byte[] {'a', '.', (byte) 0xff, '\n'});
        assertThatThrownBy(() -> BlocklistFile.open(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("UTF-8");
        assertThatThrownBy(() -> BlocklistFile.open(folder.resolve("missing")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void isReadAgainWhenItChangesEvenUnderTheSameTimeAndSize() throws IOException {
        BlocklistFile list = holding("evil1.example\n");
        FileTime time = Files.getLastModifiedTime(file);
        Files.writeString(file, "evil2.example\n");
        Files.setLastModifiedTime(file, time);

        list.read();
        assertThat(list.read()).isEqualTo(Set.of("evil2.example"));
    }

    @Test
    void aFileThatIsBeingWrittenWhileItIsReadChangesNothingYet() throws IOException {
        BlocklistFile list = holding("evil.example\nworse.example\n");

        Files.writeString(file, "");
        assertThat(list.read()).containsExactlyInAnyOrder("evil.example", "worse.example");
        Files.writeString(file, "evil.example\ncom");
        assertThat(list.read()).containsExactlyInAnyOrder("evil.example", "worse.example");
        Files.writeString(file, "evil.example\ncom.worse.example\n");
        assertThat(list.read()).containsExactlyInAnyOrder("evil.example", "worse.example");

        assertThat(list.read()).containsExactlyInAnyOrder("evil.example", "com.worse.example");
    }

    @Test
    void whatWasReadStaysWhileTheFileIsGoneOrBadAndThenFollowsItAgain() throws IOException {
        BlocklistFile list = holding("evil.example\n");

        Files.writeString(file, "other.example\nnot a host\n");
        list.read();
        assertThat(list.read()).isEqualTo(Set.of("evil.example"));
        Files.delete(file);
        assertThat(list.read()).isEqualTo(Set.of("evil.example"));
        Files.writeString(file, "");
        list.read();
        assertThat(list.read()).isEmpty();
    }

    @Test
    void addsUpWithAnotherList() throws IOException {
        assertThat(holding("evil.example\n").and(() -> Set.of("other.example")).read())
                .containsExactlyInAnyOrder("evil.example", "other.example");
    }
}
