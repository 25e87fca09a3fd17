package dev.casebook.urlshortener.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.SystemTool;
import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shlink's own JavaScript client ({@code @shlinkio/shlink-js-sdk}, unchanged from npm) does all it can do with a node of ours. */
class ShlinkSdkIT {
    private static final List<String> FILES = List.of("package.json", "package-lock.json", "check.mjs");
    private static final Path INSTALLED = Path.of("target", "shlink-sdk").toAbsolutePath();

    @TempDir
    Path folder;

    @Test
    void shlinksClientFindsWhatItExpects() throws Exception {
        install();
        try (TestNodes nodes = new TestNodes(folder)) {
            UrlShortenerNode node = nodes.start();

            Outcome checked = run(
                    List.of("node", "check.mjs"),
                    Map.of("BASE_URL", node.publicUrl().toString(), "API_KEY", TestNodes.KEY));

            assertThat(checked.exit()).as(checked.output()).isZero();
            assertThat(checked.output().lines().filter(line -> line.startsWith("ok ")))
                    .hasSize(11);
        }
    }

    private static void install() throws Exception {
        Files.createDirectories(INSTALLED);
        for (String file : FILES) {
            Files.copy(
                    Path.of("src", "test", "resources", "shlink-sdk", file),
                    INSTALLED.resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        try {
            if (Files.exists(INSTALLED.resolve("node_modules/@shlinkio/shlink-js-sdk/package.json"))) {
                return;
            }
            Outcome installed = run(List.of("npm", "ci", "--no-audit", "--no-fund"), Map.of());
            if (installed.exit() != 0) {
                throw SystemTool.missing("npm could not install Shlink's client: " + installed.output());
            }
        } catch (IOException e) {
            throw SystemTool.missing("needs node and npm (Debian packages nodejs, npm): " + e.getMessage());
        }
    }

    private record Outcome(int exit, String output) {}

    private static Outcome run(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(INSTALLED.toFile())
                .redirectErrorStream(true)
                .redirectOutput(INSTALLED.resolve("output.txt").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                throw new AssertionError(command + " did not end");
            }
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(
                process.exitValue(), Files.readString(INSTALLED.resolve("output.txt"), StandardCharsets.UTF_8));
    }
}
