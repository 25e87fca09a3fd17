package dev.casebook.urlshortener.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.common.testing.FakedClock;
import dev.casebook.urlshortener.SystemTool;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Set;
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
    private FakedClock clock;

    @BeforeEach
    void open() throws Exception {
        clock = new FakedClock(FakedClock.library().orElseThrow(() -> SystemTool.missing(FakedClock.MISSING)), folder);
        installation = Installation.onSharedServers(folder);
    }

    @AfterEach
    void close() {
        if (installation != null) {
            installation.close();
        }
        api.close();
    }

    @Test
    void noCodeComesTwiceWhenTheClockGoesBackFiveSecondsOrForwardAnHourAndTheRefusalSaysWhy() throws Exception {
        URI node = installation
                .spawn(clock.environment(), "data", "one", "--id-strategy", "snowflake")
                .awaitReady()
                .uri();
        makeCodes(node);

        clock.set(Duration.ofSeconds(-5));
        HttpResponse<String> refused =
                await().atMost(PATIENCE).until(() -> create(node), response -> !accepted(response));
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).containsIgnoringCase("clock");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        await().atMost(PATIENCE).until(() -> accepted(create(node)));
        makeCodes(node);

        clock.set(Duration.ofHours(1));
        awaitClock(node, Duration.ofHours(1));
        makeCodes(node);

        clock.set(Duration.ZERO);
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
}
