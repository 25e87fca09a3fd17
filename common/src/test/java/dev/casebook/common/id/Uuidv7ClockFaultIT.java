package dev.casebook.common.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.f4b6a3.uuid.util.UuidUtil;
import dev.casebook.common.testing.FakedClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that makes ids while its wall clock is set back and forth, by libfaketime (Debian package {@code libfaketime}). */
class Uuidv7ClockFaultIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int IDS = Boolean.getBoolean("casebook.soak") ? 1_000_000 : 20_000;

    @TempDir
    private Path folder;

    private FakedClock clock;
    private Process program;
    private BufferedReader out;
    private Writer in;

    /** Of all ids so far, in the order in which they were made. */
    private String last = "";

    private long ids;
    private Instant there = Instant.EPOCH;
    private String refusal = "";

    @BeforeEach
    void start() throws Exception {
        var library = FakedClock.library();
        assumeTrue(
                library.isPresent() || Boolean.getBoolean("casebook.tools.required"), "SKIPPED: " + FakedClock.MISSING);
        clock = new FakedClock(library.orElseThrow(() -> new AssertionError(FakedClock.MISSING)), folder);
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IdPrinter.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(clock.environment());
        program = builder.start();
        out = program.inputReader(StandardCharsets.US_ASCII);
        in = program.outputWriter(StandardCharsets.US_ASCII);
    }

    @AfterEach
    void stop() throws Exception {
        if (program != null) {
            program.destroyForcibly().waitFor();
        }
    }

    @Test
    void idsAscendWhileTheClockGoesBackALittleBackTooFarAndForwardAnHour() throws Exception {
        assertThat(make(IDS)).hasSize(IDS);

        setBy(Duration.ofMillis(-700)); // tolerated
        assertThat(make(IDS)).as(refusal).hasSize(IDS);

        setBy(Duration.ofSeconds(-5));
        make(IDS);
        assertThat(refusal).startsWith("CLOCK_ROLLED_BACK").contains("ms behind the last id");
        await().atMost(PATIENCE).until(() -> make(1).size() == 1);
        assertThat(make(IDS)).as(refusal).hasSize(IDS);

        setBy(Duration.ofHours(1)); // not believed: an id with that time would end all ids once the clock is corrected
        List<UUID> ahead = make(IDS);
        assertThat(ahead).as(refusal).hasSize(IDS);
        assertThat(UuidUtil.getInstant(ahead.getLast())).isBefore(Instant.now().plus(Duration.ofMinutes(1)));

        setBy(Duration.ZERO);
        await().atMost(PATIENCE).until(() -> make(1).size() == 1);
        assertThat(make(IDS)).as(refusal).hasSize(IDS);
        assertThat(ids).isGreaterThanOrEqualTo(5L * IDS);
    }

    /** Sets the program's clock and waits until the program has noticed; ids made meanwhile must ascend like all others. */
    private void setBy(Duration ahead) throws IOException {
        clock.set(ahead);
        await().atMost(PATIENCE).until(() -> {
            make(1);
            return Duration.between(Instant.now().plus(ahead), there).abs().compareTo(Duration.ofMillis(200)) < 0;
        });
    }

    /** Has the program make ids, looks at each, and gives those that it made before it refused, if it did. */
    private List<UUID> make(int count) throws IOException {
        in.write(count + "\n");
        in.flush();
        there = Instant.ofEpochMilli(Long.parseLong(out.readLine()));
        refusal = "";
        List<UUID> made = new ArrayList<>();
        for (String line = out.readLine(); !line.isEmpty(); line = out.readLine()) {
            if (line.length() == 36 && line.charAt(8) == '-') {
                assertThat(line).isGreaterThan(last);
                UUID id = UUID.fromString(line);
                assertThat(UuidUtil.isTimeOrderedEpoch(id)).as(line).isTrue(); // version 7 and the variant of RFC 9562
                last = line;
                ids++;
                made.add(id);
            } else {
                refusal = line;
            }
        }
        return made;
    }
}
