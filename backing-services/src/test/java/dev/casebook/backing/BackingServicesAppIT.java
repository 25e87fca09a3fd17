package dev.casebook.backing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.backing.testing.SharedBacking;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the program prints, of servers it starts and of others. */
class BackingServicesAppIT {
    private static final Pattern POSTGRES = Pattern.compile("(?m)^PostgreSQL +\\S+ s +(\".*\")$");

    @TempDir
    Path folder;

    @Test
    void thePasswordOfAnEmbeddedServerIsNotPrintedButAShellReadsItFromItsFile() throws Exception {
        String printed = run("embedded", SharedBacking.redis().uri());

        String password = passwordOfTheEmbeddedServer();
        assertThat(password).isNotEmpty();
        assertThat(printed).contains("All ready").doesNotContain(password);
        Matcher word = POSTGRES.matcher(printed);
        assertThat(word.find()).as(printed).isTrue();
        assertThat(asAShellReadsIt(word.group(1)))
                .startsWith("jdbc:postgresql://127.0.0.1:")
                .endsWith("&password=" + password);
    }

    @Test
    void passwordsOfExternalServersAreNotPrinted() {
        PostgresService postgres = SharedBacking.postgres();
        String redis = SharedBacking.redis().uri().replace("redis://", "redis://default:pass-word@");

        String printed = run(postgres.jdbcUrl(), redis);

        assertThat(postgres.password()).isNotEmpty();
        assertThat(printed)
                .doesNotContain(postgres.password())
                .doesNotContain("pass-word")
                .contains("user=" + postgres.user());
    }

    private String run(String postgres, String redis) {
        StringWriter out = new StringWriter();
        int status = new CommandLine(new BackingServicesApp())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(
                        "--postgres",
                        postgres,
                        "--redis",
                        redis,
                        "--kafka",
                        SharedBacking.kafka().bootstrapServers(),
                        "--data-dir",
                        folder.toString(),
                        "--exit-when-ready");
        assertThat(status).as(out.toString()).isZero();
        return out.toString();
    }

    private String passwordOfTheEmbeddedServer() throws Exception {
        try (Stream<Path> files = Files.walk(folder)) {
            Path file = files.filter(path -> path.getFileName().toString().contains("password"))
                    .findFirst()
                    .orElseThrow();
            return Files.readString(file).strip();
        }
    }

    private static String asAShellReadsIt(String word) throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", "printf %s " + word)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String read = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).isZero();
        return read;
    }
}
