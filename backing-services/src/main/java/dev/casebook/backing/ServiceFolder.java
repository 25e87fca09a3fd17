package dev.casebook.backing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Scanner;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder one embedded server keeps everything in, held by one JVM at a time.
 *
 * <pre>
 * lock         locked by the operating system as long as the owner lives
 * owner        who that is: process id and start time
 * server.pid   process id and start time of the server; left over when its JVM was killed
 * port         the port of the last start, so that the next one is the same
 * server.log   what the server says; the previous one is server.log.1
 * data/        the server's own
 * </pre>
 *
 * <p>Nothing here needs repair after a crash: a lock goes with its holder whatever the file says, a stale or unreadable {@code server.pid} or
 * {@code port} counts as none. A process id alone could by now be somebody else's, hence the start time.
 */
final class ServiceFolder implements AutoCloseable {
    /** The one address embedded servers listen on. */
    static final String HOST = "127.0.0.1";

    private static final long LOG_BYTES_MAX = 1 << 20;
    /** The system tells a process's start as a time since boot; as a time of day it moves when somebody sets the clock. */
    private static final long CLOCK_STEP_MILLIS_MAX = 2_000;

    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);
    private static final Pattern REASON = Pattern.compile("FATAL|ERROR|[Ee]rror|Exception|[Cc]an't|[Cc]annot");
    private static final int LOG_TAIL_LINES = 20;
    private static final int LOG_TAIL_BYTES = 16 << 10;

    private final Path folder;
    private final FileChannel lockChannel;

    private ServiceFolder(Path folder, FileChannel lockChannel) {
        this.folder = folder;
        this.lockChannel = lockChannel;
    }

    /**
     * Takes the folder, creating it if need be.
     *
     * @throws BackingServiceException when another live JVM (or another service of this one) has it
     */
    static ServiceFolder take(Path folder) throws IOException {
        Path absolute = folder.toAbsolutePath().normalize();
        return new ServiceFolder(absolute, lock(absolute));
    }

    /**
     * Synchronized, and asks who the owner is before it opens the lock file, because POSIX lets a process's locks on a file go when the process
     * closes <em>any</em> descriptor of that file: a second try from this JVM must not get as far as having one.
     */
    private static synchronized FileChannel lock(Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new BackingServiceException(
                    "The data folder " + folder + " can't be created (" + e + "). Choose another with --data-dir.", e);
        }
        Optional<ProcessHandle> owner = process(folder.resolve("owner"));
        if (owner.equals(Optional.of(ProcessHandle.current()))) {
            throw inUse(folder, "this process already");
        }
        FileChannel channel;
        try {
            channel = FileChannel.open(
                    folder.resolve("lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        } catch (AccessDeniedException e) {
            throw new BackingServiceException(
                    "The data folder " + folder + " belongs to " + Files.getOwner(folder) + " and can't be written by "
                            + System.getProperty("user.name") + ". Choose another with --data-dir.",
                    e);
        }
        try {
            if (channel.tryLock() == null) {
                throw inUse(
                        folder, owner.map(holder -> "process " + holder.pid()).orElse("another process"));
            }
            replace(folder, "owner", identity(ProcessHandle.current()));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static BackingServiceException inUse(Path folder, String holder) {
        return new BackingServiceException("The data folder " + folder + " is in use by " + holder
                + ". Stop that one, choose another folder with --data-dir, or share its servers by giving their addresses to"
                + " --postgres, --redis and --kafka.");
    }

    Path path() {
        return folder;
    }

    Path data() {
        return folder.resolve("data");
    }

    Path log() {
        return folder.resolve("server.log");
    }

    OptionalInt storedPort() {
        try {
            int port = Integer.parseInt(Files.readString(folder.resolve("port")).strip());
            return port > 0 && port <= 65_535 ? OptionalInt.of(port) : OptionalInt.empty();
        } catch (IOException | NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    void storePort(int port) throws IOException {
        replace("port", port + "\n");
    }

    void storeServer(ProcessHandle server) throws IOException {
        replace("server.pid", identity(server));
    }

    void forgetServer() throws IOException {
        Files.deleteIfExists(folder.resolve("server.pid"));
    }

    /** Writes {@code name} so that a crash of this process leaves either the old content or the new. */
    void replace(String name, String content) throws IOException {
        replace(folder, name, content);
    }

    private static void replace(Path folder, String name, String content) throws IOException {
        Path fresh = folder.resolve(name + ".new");
        Files.writeString(fresh, content);
        Files.move(fresh, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Puts a log that has grown aside, and returns where this start's words will begin in it. */
    long beginLog() throws IOException {
        if (Files.exists(log()) && Files.size(log()) > LOG_BYTES_MAX) {
            Files.move(log(), folder.resolve("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
        return Files.exists(log()) ? Files.size(log()) : 0;
    }

    /** The last lines that were written to the log after {@code offset}. */
    List<String> logTail(long offset) {
        try (RandomAccessFile file = new RandomAccessFile(log().toFile(), "r")) {
            long from = Math.max(offset, file.length() - LOG_TAIL_BYTES);
            byte[] bytes = new byte[(int) Math.max(0, file.length() - from)];
            file.seek(from);
            file.readFully(bytes);
            List<String> lines = new String(bytes, UTF_8).lines().toList();
            return lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size());
        } catch (IOException e) {
            return List.of("(" + log() + " can't be read: " + e + ")");
        }
    }

    /**
     * An error message that lets the log speak.
     *
     * @param what went wrong, without a full stop: the log's most telling line follows it
     * @param option takes an external server instead
     */
    BackingServiceException failure(String what, String option, long logOffset) {
        List<String> lines = logTail(logOffset);
        String reason = lines.stream()
                .filter(line -> REASON.matcher(line).find())
                .findFirst()
                .orElse(lines.isEmpty() ? "it said nothing" : lines.getLast());
        return new BackingServiceException(what + ": " + reason.strip() + " (" + log() + "). Mend that, or give "
                + option + " the address of a server you run.\nThe log ends with:\n  " + String.join("\n  ", lines));
    }

    /** Gives the folder back. The server must have ended. */
    @Override
    public void close() throws IOException {
        try (lockChannel) {
            Files.deleteIfExists(folder.resolve("owner"));
        }
    }

    /**
     * Stops a server that a killed JVM has left here. That JVM is dead, or the lock would not be ours: its server is being stopped by its watchdog, or has
     * lost that too.
     *
     * @param stopSignal as in {@code kill -s}
     */
    void stopLeftoverServer(String stopSignal) throws IOException {
        Optional<ProcessHandle> leftover = process(folder.resolve("server.pid"));
        if (leftover.isPresent()) {
            ProcessHandle server = leftover.get();
            GuardedProcess.signal(stopSignal, Stream.of(server));
            GuardedProcess.signal("CONT", Stream.of(server));
            if (!endsWithin(Duration.ofSeconds(GuardedProcess.GRACE_SECONDS + 1L), server)) {
                server.destroyForcibly();
                if (!endsWithin(KILL_TIMEOUT, server)) {
                    throw new BackingServiceException("Process " + server.pid() + ", left over in " + folder
                            + " from an earlier run, does not end even when killed. End it, then try again.");
                }
            }
        }
        forgetServer();
    }

    /** The live process that {@code file} names, if it is still the one that was meant. */
    private static Optional<ProcessHandle> process(Path file) {
        try {
            Scanner fields = new Scanner(Files.readString(file));
            long pid = fields.nextLong();
            long startMillis = fields.nextLong();
            return ProcessHandle.of(pid)
                    .filter(process -> Math.abs(startMillis(process) - startMillis) <= CLOCK_STEP_MILLIS_MAX);
        } catch (IOException | NoSuchElementException e) {
            return Optional.empty(); // none, or torn by a crash: whoever it was is gone
        }
    }

    private static String identity(ProcessHandle process) {
        return process.pid() + " " + startMillis(process) + "\n";
    }

    private static long startMillis(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static boolean endsWithin(Duration timeout, ProcessHandle process) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (GuardedProcess.runs(process)) {
            if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        }
        return true;
    }
}
