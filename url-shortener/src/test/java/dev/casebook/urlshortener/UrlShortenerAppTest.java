package dev.casebook.urlshortener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.casebook.common.cli.CommandLines;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before anything starts. */
class UrlShortenerAppTest {
    private static final int USAGE = 2;

    private final StringWriter err = new StringWriter();

    private int run(Map<String, String> environment, String... args) {
        return CommandLines.of(new UrlShortenerApp(), environment)
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "na\u00efve"})
    void aKeyThatNoHeaderCarriesIsRefusedWithWhatIsAllowedAndWithoutTheKey(String key) {
        assertThat(run(Map.of(), "--initial-api-key", key)).isEqualTo(USAGE);

        assertThat(err.toString().lines().findFirst())
                .contains("Invalid value for option '--initial-api-key': it must be 1..256 printable ASCII characters"
                        + " without spaces");
    }

    @Test
    void aKeyOfTheEnvironmentIsHeldToTheSame() {
        assertThat(run(Map.of("CASEBOOK_INITIAL_API_KEY", "two words"))).isEqualTo(USAGE);
        assertThat(err.toString()).contains("--initial-api-key").doesNotContain("two words");
    }

    @Test
    void aShortKeyIsUnderstood() {
        assertThatCode(() -> CommandLines.of(new UrlShortenerApp(), Map.of()).parseArgs("--initial-api-key", "k"))
                .doesNotThrowAnyException();
    }

    @Test
    void aBlocklistWithABadLineIsRefusedByItsNumber(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("hosts"), "evil.example\nhttp://worse.example/\n");

        assertThat(run(Map.of(), "--blocklist", file.toString())).isEqualTo(USAGE);
        assertThat(err.toString().lines().findFirst())
                .contains("Invalid value for option '--blocklist': the blocklist " + file
                        + ", line 2: not a host: http://worse.example/");
    }

    @Test
    void aBlocklistThatIsNotThereIsRefused(@TempDir Path folder) {
        assertThat(run(Map.of(), "--blocklist", folder.resolve("missing").toString()))
                .isEqualTo(USAGE);
        assertThat(err.toString()).contains("--blocklist", "missing", "NoSuchFileException");
    }
}
