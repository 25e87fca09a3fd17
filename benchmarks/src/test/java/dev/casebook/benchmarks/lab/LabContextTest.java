package dev.casebook.benchmarks.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.casebook.benchmarks.console.LiveLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LabContextTest {
    private final LiveLine line = new LiveLine(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), false, 80, System::nanoTime);

    @Test
    void stopsWhatItOwnsTheLastFirstAndRemovesItsDirectory() throws IOException {
        List<String> stopped = new ArrayList<>();
        LabContext context = new LabContext(false, 0, 1, Map.of(), line);
        Path file = Files.createFile(
                Files.createDirectories(context.workDirectory().resolve("a/b")).resolve("c"));
        context.own(() -> stopped.add("first"));
        context.own(() -> stopped.add("second"));

        context.close();

        assertThat(stopped).containsExactly("second", "first");
        assertThat(file).doesNotExist();
        assertThat(context.workDirectory()).doesNotExist();
    }

    @Test
    void oneThatCannotBeStoppedDoesNotKeepTheOthersRunning() throws IOException {
        List<String> stopped = new ArrayList<>();
        LabContext context = new LabContext(false, 0, 1, Map.of(), line);
        context.own(() -> stopped.add("first"));
        context.own(() -> {
            throw new IOException("stuck");
        });

        assertThatThrownBy(context::close).hasRootCauseMessage("stuck");
        assertThat(stopped).containsExactly("first");
    }

    @Test
    void whoClosesSecondWaitsUntilWhatTheFirstStopsHasEnded() throws Exception {
        LabContext context = new LabContext(false, 0, 1, Map.of(), line);
        CountDownLatch stopping = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        context.own(() -> {
            stopping.countDown();
            mayEnd.await();
            Files.createFile(context.workDirectory().resolve("written-last"));
        });
        Thread lab = Thread.ofPlatform().start(context::close);
        stopping.await();

        Thread hook = Thread.ofPlatform().start(context::close);
        await().until(() -> hook.getState() == Thread.State.BLOCKED || !hook.isAlive());
        boolean waited = hook.isAlive() && Files.exists(context.workDirectory());
        mayEnd.countDown();
        lab.join();
        hook.join();

        assertThat(waited).isTrue();
        assertThat(context.workDirectory()).doesNotExist();
    }

    @Test
    void whatIsStartedAfterTheEndIsStoppedAtOnce() throws IOException {
        List<String> stopped = new ArrayList<>();
        LabContext context = new LabContext(false, 0, 1, Map.of(), line);
        context.close();

        assertThatIllegalStateException().isThrownBy(() -> context.own(() -> stopped.add("late")));
        assertThat(stopped).containsExactly("late");
    }

    @Test
    void settingsAreReadCheckedAndMissedWhenMisspelt() throws IOException {
        try (LabContext context = new LabContext(false, 0, 1, Map.of("links", "20", "lnks", "5", "bad", "x"), line)) {
            assertThat(context.setting("links", 10)).isEqualTo(20);
            assertThat(context.setting("connections", 64)).isEqualTo(64);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.setting("bad", 1))
                    .withMessageContaining("bad")
                    .withMessageContaining("x");
            assertThat(context.settingsUnused()).containsExactly("lnks");
        }
    }

    @Test
    void aPeerThatDiesAtOnceShowsItsLastWords() throws Exception {
        try (LabContext context = new LabContext(false, 0, 1, Map.of(), line)) {
            PeerProcess peer = context.own(PeerProcess.start(
                    "peer", context.workDirectory(), List.of("sh", "-c", "echo no such option; exit 3")));
            int port = PeerProcess.freePort();

            assertThatThrownBy(() -> peer.awaitPort(port, Duration.ofSeconds(20)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("ended with 3")
                    .hasMessageContaining("no such option");
        }
    }

    @Test
    void closingEndsAPeerAndItsChildren() throws Exception {
        LabContext context = new LabContext(false, 0, 1, Map.of(), line);
        PeerProcess peer = context.own(
                PeerProcess.start("peer", context.workDirectory(), List.of("sh", "-c", "sleep 600 & wait")));
        ProcessHandle process = ProcessHandle.of(peer.pid()).orElseThrow();
        await().until(() -> process.children().count() == 1);
        ProcessHandle child = process.children().findFirst().orElseThrow();

        context.close();

        await().until(() -> !process.isAlive() && !child.isAlive());
    }

    @Test
    void aMissingToolNamesItsPackage() {
        assertThatThrownBy(() -> new Tool("no-such-tool-here", "some-package", "-v").path())
                .isInstanceOf(MissingToolException.class)
                .hasMessageContaining("apt-get install some-package");
    }
}
