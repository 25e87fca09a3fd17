package dev.casebook.urlshortener.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.SystemTool;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose wall clock is set while it makes codes from the time, by libfaketime (Debian package {@code libfaketime}). */
class ClockFaultIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int CODES = Boolean.getBoolean("casebook.soak") ? 5_000 : 25;

    @TempDir
    private Path folder;

    private final Api api = new Api();
    private final Set<String> codes = new HashSet<>();
    private Installation installation;
    private Path clock;

    @BeforeEach
    void open() {
        installation = Installation.onSharedServers(folder);
        clock = folder.resolve("clock");
    }

    @AfterEach
    void close() {
        installation.close();
        api.close();
    }

    @Test
    void noCodeComesTwiceWhenTheClockGoesBackFiveSecondsOrForwardAnHourAndTheRefusalSaysWhy() throws Exception {
        set("+0");
        URI node = installation
                .spawn(
                        Map.of(
                                "LD_PRELOAD", faketime().toString(),
                                "FAKETIME_TIMESTAMP_FILE", clock.toString(),
                                "FAKETIME_CACHE_DURATION", "1",
                                "DONT_FAKE_MONOTONIC", "1",
                                "FAKETIME_DONT_RESET", "1"),
                        "data",
                        "one",
                        "--id-strategy",
                        "snowflake")
                .awaitReady()
                .uri();
        makeCodes(node);

        set("-5");
        HttpResponse<String> refused =
                await().atMost(PATIENCE).until(() -> create(node), response -> !accepted(response));
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).containsIgnoringCase("clock");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        await().atMost(PATIENCE).until(() -> accepted(create(node)));
        makeCodes(node);

        set("+3600");
        awaitClock(node, Duration.ofHours(1));
        makeCodes(node);

        set("+0");
        awaitClock(node, Duration.ZERO);
        await().atMost(PATIENCE).until(() -> accepted(create(node)));
        makeCodes(node);

        assertThat(installation.number("SELECT count(*) FROM links")).isEqualTo(codes.size());
    }

    /** Waits until the node's answers are dated as the clock was set. */
    private void awaitClock(URI node, Duration ahead) {
        await().atMost(PATIENCE).until(() -> {
            String date =
                    api.get(node, "/health/live").headers().firstValue("Date").orElseThrow();
            Instant there = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Duration.between(Instant.now().plus(ahead), there).abs().compareTo(Duration.ofMinutes(1)) < 0;
        });
    }

    private void makeCodes(URI node) throws Exception {
        for (int i = 0; i < CODES; i++) {
            HttpResponse<String> response = create(node);
            assertThat(accepted(response)).as(response.body()).isTrue();
        }
    }

    /** Takes note of the code if there is one. */
    private boolean accepted(HttpResponse<String> response) {
        if (response.statusCode() != 200) {
            return false;
        }
        String code = Api.slug(response);
        assertThat(codes.add(code))
                .as("code " + code + " given for the first time")
                .isTrue();
        return true;
    }

    private HttpResponse<String> create(URI node) throws Exception {
        String longUrl = "https://example.com/" + System.nanoTime();
        return api.create(node, longUrl, longUrl);
    }

    /** Seconds that the node's clock is off. The file is replaced, so that it is never read half written. */
    private void set(String seconds) throws Exception {
        Path next = Files.writeString(folder.resolve("clock.next"), seconds + "\n");
        Files.move(next, clock, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path faketime() throws Exception {
        for (Path libraries : List.of(Path.of("/usr/lib"), Path.of("/usr/local/lib"))) {
            if (!Files.isDirectory(libraries)) {
                continue;
            }
            try (Stream<Path> files =
                    Files.find(libraries, 3, (file, attributes) -> file.endsWith("faketime/libfaketimeMT.so.1"))) {
                var found = files.findFirst();
                if (found.isPresent()) {
                    return found.get();
                }
            }
        }
        throw SystemTool.missing("libfaketimeMT.so.1 is not installed (Debian package libfaketime)");
    }
}
