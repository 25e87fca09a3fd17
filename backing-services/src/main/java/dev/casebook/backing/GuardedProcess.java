package dev.casebook.backing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A child process that can't outlive this JVM, however the JVM ends.
 *
 * <p>Beside each child stands a watchdog, a few lines of shell that block reading a pipe whose only writer is this JVM. The kernel closes the
 * pipe when the JVM is gone, by {@code kill -9} as well as by an orderly exit, and the read ends: the watchdog then asks the child to stop and
 * kills it when it has not stopped within {@link #GRACE_SECONDS}. {@code PR_SET_PDEATHSIG} would be shorter but fires when the <em>thread</em>
 * that forked ends, is cleared by a change of user, and exists on Linux only.
 *
 * <p>No moment is unguarded: the child first waits at a gate (its own standard input) which this JVM opens only once the watchdog runs; a
 * JVM that dies in between lets the gate's read fail, and the child ends before it has become the server. Child and watchdog lead sessions
 * of their own, so a Ctrl-C in the terminal or a kill of the JVM's process group reaches the JVM alone, and the servers can be stopped in
 * order. The gate ends in {@code exec}, so {@link #pid()} is the server's own.
 *
 * <p>Thread-safe.
 */
final class GuardedProcess {
    /** How long the watchdog lets an orphaned server stop in an orderly way. */
    static final int GRACE_SECONDS = 10;

    private static final String GATE = "read -r open && exec \"$@\" </dev/null";

    private static final String WATCHDOG = """
            read -r word && [ "$word" = done ] && exit 0
            kill -s "$2" "$1" 2>/dev/null
            kill -s CONT "$1" 2>/dev/null
            tenths=$(($3 * 10))
            while [ "$tenths" -gt 0 ] && kill -0 "$1" 2>/dev/null; do sleep 0.1; tenths=$((tenths - 1)); done
            kill -s KILL -- "-$1" 2>/dev/null
            """;

    private final Process process;

    private GuardedProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts {@code command}, its output going to the end of {@code log}.
     *
     * @param environment set on top of this JVM's environment; an empty value removes the variable
     * @param stopSignal what the watchdog sends first, as in {@code kill -s}
     */
    static GuardedProcess start(
            List<String> command, Map<String, String> environment, Path directory, Path log, String stopSignal)
            throws IOException {
        ProcessBuilder server = inNewSession(GATE, command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()));
        environment.forEach((name, value) -> {
            if (value.isEmpty()) {
                server.environment().remove(name);
            } else {
                server.environment().put(name, value);
            }
        });
        Process process = server.start();
        Process watchdog;
        try {
            watchdog = inNewSession(
                            WATCHDOG,
                            List.of(Long.toString(process.pid()), stopSignal, Integer.toString(GRACE_SECONDS)))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
        Thread.ofVirtual().name("watchdog-of-" + process.pid()).start(() -> {
            process.onExit().join();
            dismiss(watchdog);
        });
        try (OutputStream gate = process.getOutputStream()) {
            gate.write("open\n".getBytes(StandardCharsets.US_ASCII));
        }
        return new GuardedProcess(process);
    }

    long pid() {
        return process.pid();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The exit status, 128 + N if signal N ended it. It must have ended. */
    int exitValue() {
        return process.exitValue();
    }

    /** Returns whether the process has ended within {@code timeout}. */
    boolean awaitExit(Duration timeout) {
        try {
            return process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    /** Sends {@code signal}, named as in {@code kill -s}, to the process alone. */
    void signal(String signal) {
        signal(signal, Stream.of(process.toHandle()));
    }

    /**
     * Sends {@code signal} to the process and everything it has started. PostgreSQL serves each connection from a process of its own: the
     * postmaster is stopped first so that it can't start another meanwhile.
     *
     * @return whom the signal was sent to
     */
    List<ProcessHandle> signalTree(String signal) {
        if (!signal.equals("CONT")) {
            signal("STOP");
        }
        List<ProcessHandle> tree =
                new ArrayList<>(process.toHandle().descendants().toList());
        tree.add(process.toHandle());
        signal(signal, tree.stream());
        return tree;
    }

    /**
     * Whether {@code process} still does anything. An orphan that has ended stays in the process table until the first process of the system
     * takes notice, which in a container may be a program that never does.
     */
    static boolean runs(ProcessHandle process) {
        if (!process.isAlive()) {
            return false;
        }
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return process.isAlive(); // it has gone meanwhile, or this system has no /proc
        }
    }

    /** Sends {@code signal}, named as in {@code kill -s}, to those of {@code targets} that live. */
    static void signal(String signal, Stream<ProcessHandle> targets) {
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "for pid; do kill -s \"$0\" \"$pid\"; done", signal));
        targets.filter(ProcessHandle::isAlive)
                .map(ProcessHandle::pid)
                .map(String::valueOf)
                .forEach(command::add);
        try {
            // A target that has just ended is no error, so neither is the exit value.
            Process kill = new ProcessBuilder(command)
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            kill.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("can't run sh to send SIG" + signal, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ProcessBuilder inNewSession(String script, List<String> arguments) {
        List<String> command = new ArrayList<>(Platform.current().newSession());
        command.addAll(List.of("sh", "-c", script, "casebook"));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }

    private static void dismiss(Process watchdog) {
        try (OutputStream pipe = watchdog.getOutputStream()) {
            pipe.write("done\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // The pipe is broken: somebody has ended the watchdog, which then has nothing left to be told.
            watchdog.destroy();
        }
    }
}
