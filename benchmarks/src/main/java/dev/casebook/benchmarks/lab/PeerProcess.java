package dev.casebook.benchmarks.lab;

import dev.casebook.benchmarks.measure.ProcessCpu;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program started for a lab, its output in a file beside its configuration. Closing asks it to end (SIGTERM), then
 * ends it. Hand it to {@link LabContext#own} so that nothing is left running.
 */
public final class PeerProcess implements AutoCloseable {
    private static final int STOP_SECONDS_MAX = 10;
    private static final int POLL_MILLIS = 20;
    private static final int LOG_LINES_SHOWN = 15;

    private final String name;
    private final Process process;
    private final Path log;

    private PeerProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a command in a directory; its output goes to {@code NAME.log} there.
     *
     * @throws IOException when it cannot be started
     */
    public static PeerProcess start(String name, Path directory, List<String> command) throws IOException {
        Path log = directory.resolve(name + ".log");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        process.getOutputStream().close();
        return new PeerProcess(name, process, log);
    }

    /**
     * A TCP port of this machine that was free a moment ago.
     *
     * @throws IOException when there is none
     */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /**
     * Waits until something accepts connections on the port of 127.0.0.1.
     *
     * @throws IOException with the end of the program's log when it ended or did not come up in time
     */
    public PeerProcess awaitPort(int port, Duration limit) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() - deadline < 0) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return this;
            } catch (IOException refused) {
                if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw new IOException(name + " ended with " + process.exitValue() + ": " + logEnd(), refused);
                }
            }
        }
        throw new IOException(name + " does not listen on port " + port + " after " + limit + ": " + logEnd());
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** CPU time of it and its children. */
    public ProcessCpu cpu() {
        return new ProcessCpu(process.pid());
    }

    /** Where its output goes. */
    public Path log() {
        return log;
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public String toString() {
        return name + " (process " + process.pid() + ")";
    }

    private String logEnd() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
    }
}
