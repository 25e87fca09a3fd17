package dev.casebook.urlshortener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.casebook.backing.PostgresService;
import dev.casebook.backing.testing.SharedBacking;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnnouncementIT {
    private static final String GIVEN = "an-administrators-own-key";
    private static final Pattern POSTGRES = Pattern.compile("--postgres (\".*\")");

    @TempDir
    Path folder;

    @Test
    void thePasswordOfAnEmbeddedServerIsNotPrintedButTheLineStartsAnotherNode() throws Exception {
        PostgresService postgres = SharedBacking.postgres();
        assumeTrue(postgres.embedded(), "SKIPPED: the servers of this run are containers");

        String printed = printed(postgres);

        assertThat(postgres.password()).isNotEmpty();
        assertThat(printed).doesNotContain(postgres.password());
        Matcher value = POSTGRES.matcher(printed);
        assertThat(value.find()).as(printed).isTrue();
        assertThat(asAShellReadsIt(value.group(1))).isEqualTo(postgres.jdbcUrl());
    }

    @Test
    void thePasswordOfAnExternalServerIsNotPrinted() {
        try (PostgresService postgres =
                PostgresService.open(SharedBacking.postgres().jdbcUrl(), folder)) {
            String printed = printed(postgres);

            assertThat(postgres.password()).isNotEmpty();
            assertThat(printed)
                    .doesNotContain(postgres.password())
                    .contains("user=" + postgres.user())
                    .contains(SharedBacking.kafka().bootstrapServers());
        }
    }

    @Test
    void aKeyThatWasHandedInIsNotPrintedButOneThatWasMadeIs() {
        String given = printed(SharedBacking.postgres());
        String made = printed(SharedBacking.postgres(), "made-just-now", null);

        assertThat(given).contains("--initial-api-key").doesNotContain("#key=").doesNotContain(GIVEN);
        assertThat(made).contains("http://127.0.0.1:8080/#key=made-just-now");
    }

    @Test
    void aKeyThatCanBeGuessedIsTakenWithOneWarning() {
        String chosen = printed(SharedBacking.postgres(), null, "fifteen-letters");

        assertThat(chosen.lines().filter(line -> line.contains("Warning")))
                .containsExactly(
                        "  Warning   that key can be guessed: it has fewer than 16 characters and may do everything");
        assertThat(chosen).doesNotContain("fifteen-letters");
        assertThat(printed(SharedBacking.postgres(), null, "sixteen-letters-")).doesNotContain("Warning");
        assertThat(printed(SharedBacking.postgres(), "made-just-now", null)).doesNotContain("Warning");
    }

    private static String printed(PostgresService postgres) {
        return printed(postgres, null, GIVEN);
    }

    private static String printed(PostgresService postgres, @Nullable String newKey, @Nullable String givenKey) {
        StringWriter out = new StringWriter();
        new Announcement(
                        URI.create("http://127.0.0.1:8080"),
                        newKey,
                        givenKey,
                        postgres,
                        SharedBacking.redis(),
                        SharedBacking.kafka())
                .print(new PrintWriter(out));
        return out.toString();
    }

    private static String asAShellReadsIt(String word) throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", "printf %s " + word)
                .redirectErrorStream(true)
                .start();
        String text = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        shell.waitFor();
        return text;
    }
}
