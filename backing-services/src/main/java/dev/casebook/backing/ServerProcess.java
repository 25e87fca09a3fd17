package dev.casebook.backing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;

/**
 * The process of an embedded server, for those who want to hurt it: fault tests and labs kill, pause and restart it while clients use it.
 * Port and data stay the same through all of that.
 *
 * <p>Thread-safe; the operations exclude each other.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Duration READY_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);
    private static final Duration PREDECESSOR_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PREDECESSOR_POLL_INTERVAL = Duration.ofMillis(100);
    private static final int CONNECT_TIMEOUT_MILLIS = 1_000;
    private static final int PORTS_TRIED_MAX = 5;

    private final EmbeddedServer server;
    private final ServiceFolder folder;
    private final int port;
    private GuardedProcess process;
    private boolean paused;
    private boolean closed;

    private ServerProcess(EmbeddedServer server, ServiceFolder folder, int port, GuardedProcess process) {
        this.server = server;
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** A port that was free a moment ago and isn't any more. */
    private static final class PortTakenException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Starts {@code server} and returns when it answers: on {@code askedPort} if there is one, else on the port of its last start, else on any
     * free one.
     */
    static ServerProcess start(EmbeddedServer server, ServiceFolder folder, OptionalInt askedPort, Ports ports)
            throws IOException {
        folder.stopLeftoverServer(server.stopSignal());
        OptionalInt wanted = askedPort.isPresent() ? askedPort : folder.storedPort();
        for (int tries = 0; tries < PORTS_TRIED_MAX; tries++) {
            int port = wanted.isPresent() ? wanted.getAsInt() : ports.choose();
            try {
                GuardedProcess process = launch(server, folder, port);
                try {
                    folder.storePort(port);
                } catch (IOException e) {
                    killTree(server, process);
                    throw e;
                }
                return new ServerProcess(server, folder, port, process);
            } catch (PortTakenException e) {
                if (askedPort.isPresent()) {
                    throw taken(server, port);
                }
                wanted = OptionalInt.empty();
            }
        }
        throw new BackingServiceException(server.name() + " found each of " + PORTS_TRIED_MAX
                + " ports taken in the moment between choosing and using it. Ask for one, as in " + server.option()
                + " embedded:25000.");
    }

    /** The operating system's process id; of the last process while the server is down. */
    public synchronized long pid() {
        return process.pid();
    }

    public int port() {
        return port;
    }

    public synchronized boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL for the server and each process of it: what it had not written is lost. Returns when they are gone. */
    public synchronized void kill() {
        GuardedProcess current = process;
        if (current.isAlive()) {
            killTree(server, current);
        }
    }

    /** SIGSTOP for the server and each process of it: connections stay open and nothing answers, as in a long pause or a partition. */
    public synchronized void pause() {
        process.signalTree("STOP");
        paused = true;
    }

    /** SIGCONT: undoes {@link #pause()}. */
    public synchronized void resume() {
        if (paused) {
            process.signalTree("CONT");
            paused = false;
        }
    }

    /** Stops the server in an orderly way, without waiting for its clients; kills it if that takes longer than 20 s. */
    public synchronized void terminate() {
        GuardedProcess current = process;
        if (!current.isAlive()) {
            return;
        }
        current.signal(server.stopSignal());
        resume();
        if (!current.awaitExit(STOP_TIMEOUT)) {
            kill();
        }
        try {
            server.ended(current.exitValue());
        } catch (IOException e) {
            throw new BackingServiceException(
                    server.name() + " has stopped, but could not be tidied up after: " + e, e);
        }
    }

    /**
     * Starts the server again on the same port and data, ending it first if it runs, and returns when it answers.
     *
     * @throws BackingServiceException if it does not start
     */
    public synchronized void restart() {
        if (closed) {
            throw new IllegalStateException(server.name() + " is closed");
        }
        terminate();
        paused = false;
        try {
            process = launch(server, folder, port);
        } catch (PortTakenException e) {
            throw taken(server, port);
        } catch (IOException e) {
            throw new BackingServiceException(server.name() + " could not be started again: " + e, e);
        }
    }

    /** Stops the server and gives its data folder back. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (folder) {
            terminate();
            folder.forgetServer();
        } catch (IOException e) {
            throw new BackingServiceException("could not tidy up " + folder.path() + ": " + e, e);
        }
    }

    private static GuardedProcess launch(EmbeddedServer server, ServiceFolder folder, int port)
            throws IOException, PortTakenException {
        long deadline = System.nanoTime() + PREDECESSOR_TIMEOUT.toNanos();
        while (true) {
            if (!Ports.isFree(port)) {
                throw new PortTakenException();
            }
            server.prepare(port);
            long logOffset = folder.beginLog();
            try {
                return launchOnce(server, folder, port, logOffset);
            } catch (BackingServiceException e) {
                if (System.nanoTime() > deadline || !server.awaitsEndOfPredecessor(folder.logTail(logOffset))) {
                    throw e;
                }
                LockSupport.parkNanos(PREDECESSOR_POLL_INTERVAL.toNanos());
            }
        }
    }

    private static GuardedProcess launchOnce(EmbeddedServer server, ServiceFolder folder, int port, long logOffset)
            throws IOException, PortTakenException {
        GuardedProcess process = GuardedProcess.start(
                server.command(port), server.environment(), folder.path(), folder.log(), server.stopSignal());
        boolean ready = false;
        try {
            folder.storeServer(process.handle());
            awaitReady(server, folder, port, process, logOffset);
            ready = true;
            return process;
        } finally {
            if (!ready) {
                killTree(server, process);
            }
        }
    }

    private static void killTree(EmbeddedServer server, GuardedProcess process) {
        List<ProcessHandle> tree = process.signalTree("KILL");
        long deadline = System.nanoTime() + KILL_TIMEOUT.toNanos();
        process.awaitExit(KILL_TIMEOUT);
        while (tree.stream().anyMatch(GuardedProcess::runs)) {
            if (System.nanoTime() > deadline) {
                throw new BackingServiceException(
                        server.name() + " (process " + process.pid() + ") does not end even when killed.");
            }
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        }
    }

    private static void awaitReady(
            EmbeddedServer server, ServiceFolder folder, int port, GuardedProcess process, long logOffset)
            throws PortTakenException {
        long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
        while (true) {
            // Whether it lives is asked before the question: a server that was alive and then answered is the one we
            // started.
            boolean alive = process.isAlive();
            String obstacle;
            try {
                connect(port);
                server.ask(port, process.pid());
                return;
            } catch (Exception e) {
                obstacle = e.getMessage() == null ? e.toString() : e.getMessage();
            }
            if (!alive) {
                if (folder.logTail(logOffset).stream().anyMatch(line -> line.contains("Address already in use"))) {
                    throw new PortTakenException();
                }
                throw folder.failure(
                        server.name() + " ended with status " + process.exitValue() + " instead of starting",
                        server.option(),
                        logOffset);
            }
            if (System.nanoTime() > deadline) {
                throw folder.failure(
                        server.name() + " did not answer within " + READY_TIMEOUT.toSeconds() + " s (" + obstacle + ")",
                        server.option(),
                        logOffset);
            }
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw new BackingServiceException("interrupted while waiting for " + server.name());
            }
        }
    }

    private static void connect(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.ofLiteral(ServiceFolder.HOST), port), CONNECT_TIMEOUT_MILLIS);
        }
    }

    private static BackingServiceException taken(EmbeddedServer server, int port) {
        return new BackingServiceException("Port " + port + ", asked for " + server.name()
                + ", is in use by another process. End that one, or ask for another port with " + server.option()
                + " embedded:PORT (plain \"embedded\" takes any free one).");
    }
}
