package dev.casebook.backing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** {@link BackingServicesApp} in a virtual machine of its own, to be ended in every way a process can end. Linux only. */
final class ChildJvm implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofMinutes(1);

    private static final String MARK = "CASEBOOK_TEST_MARK";

    private final Process process;
    private final Path output;
    private final Path dataDir;
    private final String mark;

    private ChildJvm(Process process, Path output, Path dataDir, String mark) {
        this.process = process;
        this.output = output;
        this.dataDir = dataDir;
        this.mark = mark;
    }

    /** @param prefix put before the java command, such as a change of user */
    static ChildJvm start(Path dataDir, Path output, List<String> prefix, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                BackingServicesApp.class.getName(),
                "--data-dir",
                dataDir.toString()));
        command.addAll(List.of(arguments));
        String mark = UUID.randomUUID().toString();
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put(MARK, mark);
        return new ChildJvm(builder.start(), output, dataDir, mark);
    }

    Process process() {
        return process;
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    void awaitReady() {
        Awaitility.await()
                .atMost(TIMEOUT)
                .failFast("it has ended instead, see " + output, () -> !process.isAlive())
                .until(() -> output().contains("All ready"));
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("still runs after " + TIMEOUT);
        }
        return process.exitValue();
    }

    /**
     * Every process that came from this one, however remotely, and still runs: those that carry its mark in their environment, and those at home
     * in its data folder, because PostgreSQL's processes write their titles over their environment.
     */
    List<ProcessHandle> offspring() {
        return ProcessHandle.allProcesses()
                .filter(candidate -> candidate.pid() != process.pid())
                .filter(GuardedProcess::runs)
                .filter(this::isOffspring)
                .toList();
    }

    List<String> namesOfOffspring() {
        return offspring().stream()
                .map(child -> child.pid() + " " + child.info().commandLine().orElse("?"))
                .toList();
    }

    List<ProcessHandle> watchdogs() {
        return offspring().stream().filter(ChildJvm::isWatchdog).toList();
    }

    List<ProcessHandle> servers() {
        return offspring().stream().filter(child -> !isWatchdog(child)).toList();
    }

    /** To the process group that it leads if it was started by {@code setsid}. */
    void signalGroup(String signal) throws IOException, InterruptedException {
        int status = new ProcessBuilder("sh", "-c", "kill -s " + signal + " -- -" + process.pid())
                .start()
                .waitFor();
        if (status != 0) {
            throw new AssertionError(process.pid() + " leads no process group");
        }
    }

    private static boolean isWatchdog(ProcessHandle candidate) {
        return Stream.of(candidate.info().arguments().orElse(new String[0]))
                .anyMatch(argument -> argument.contains("= done"));
    }

    private boolean isOffspring(ProcessHandle candidate) {
        Path proc = Path.of("/proc", Long.toString(candidate.pid()));
        try {
            return Files.readString(proc.resolve("environ"), StandardCharsets.ISO_8859_1)
                            .contains(MARK + "=" + mark)
                    || Files.readSymbolicLink(proc.resolve("cwd")).startsWith(dataDir);
        } catch (IOException e) {
            return false; // it has just ended, or is a kernel thread
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        offspring().forEach(ProcessHandle::destroyForcibly);
    }
}
