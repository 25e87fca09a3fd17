package dev.casebook.common.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.OS;

/** The order of stopping, and what signals do to a process (tried on real ones). */
final class LifecycleTest {
    private final List<String> events = new ArrayList<>();

    private AutoCloseable part(String name) {
        return () -> events.add("close " + name);
    }

    @Test
    void goesNotReadyThenDrainsThenClosesInReverse() {
        Lifecycle lifecycle = new Lifecycle();
        lifecycle.add("database", part("database"));
        lifecycle.add("server", part("server"));
        lifecycle.onDrain(
                () -> events.add("drain, ready " + lifecycle.readiness().isReady()));
        lifecycle.readiness().started();
        assertThat(lifecycle.readiness().isReady()).isTrue();

        lifecycle.close();
        lifecycle.close();

        assertThat(events).containsExactly("drain, ready false", "close server", "close database");
    }

    @Test
    void closesTheOthersWhenOneFails() {
        Lifecycle lifecycle = new Lifecycle();
        lifecycle.add("a", part("a"));
        lifecycle.add("b", () -> {
            throw new IllegalStateException("b cannot");
        });
        lifecycle.add("c", part("c"));
        lifecycle.onDrain(() -> {
            throw new IllegalStateException("no drain");
        });

        lifecycle.close();

        assertThat(events).containsExactly("close c", "close a");
    }

    @Test
    void closesWhatComesTooLate() {
        Lifecycle lifecycle = new Lifecycle();
        lifecycle.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> lifecycle.add("late", part("late")))
                .withMessageContaining("late");
        assertThat(events).containsExactly("close late");
    }

    @Test
    void isReadyOnlyWhenStartedAndEveryConditionHolds() {
        Readiness readiness = new Readiness();
        readiness.require("cache", () -> events.isEmpty());
        assertThat(readiness.isReady()).isFalse();

        readiness.started();
        assertThat(readiness.isReady()).isTrue();
        events.add("cache is gone");
        assertThat(readiness.isReady()).isFalse();
        assertThat(readiness.report()).containsEntry("cache", false).containsEntry("started", true);
        assertThatIllegalArgumentException().isThrownBy(() -> readiness.require("cache", () -> true));

        readiness.stop();
        readiness.started();
        events.clear();
        assertThat(readiness.isReady()).isFalse();
    }

    /** A service that says what happens to it; with an argument it never finishes closing. */
    static final class Service {
        private Service() {}

        public static void main(String[] args) throws InterruptedException {
            Lifecycle lifecycle = new Lifecycle();
            lifecycle.add("part", () -> {
                say("closing");
                while (args.length > 0) {
                    new CountDownLatch(1).await();
                }
            });
            lifecycle.installShutdownHook();
            say("started");
            lifecycle.awaitTermination();
        }

        @SuppressWarnings("SystemOut") // how the parent process hears of it
        private static void say(String what) {
            System.out.println(what);
        }
    }

    private static Process start(String... args) throws Exception {
        // Who starts the build in the background of a script leaves its children SIGINT ignored.
        List<String> command =
                new ArrayList<>(OS.LINUX.isCurrentOs() ? List.of("env", "--default-signal=INT") : List.of());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Service.class.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static void signal(String name, Process process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    @Test
    @Timeout(30)
    void exitsWithZeroAfterClosingOnSigterm() throws Exception {
        Process process = start();
        BufferedReader output = output(process);
        assertThat(output.readLine()).isEqualTo("started");

        signal("TERM", process);

        assertThat(output.readLine()).isEqualTo("closing");
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    @Timeout(30)
    void endsAtOnceOnTheSecondInterrupt() throws Exception {
        Process process = start("never");
        BufferedReader output = output(process);
        assertThat(output.readLine()).isEqualTo("started");

        signal("INT", process);
        assertThat(output.readLine()).isEqualTo("closing");
        signal("INT", process);

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 2);
    }
}
