package dev.casebook.common.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Finds which process of this machine listens on a TCP port: to say who has a port that is taken, or whose CPU time to report
 * without being told. Linux only: {@code /proc/net/tcp} names the socket's inode, {@code /proc/PID/fd} its owner.
 */
public final class ListeningProcess {
    private static final String STATE_LISTEN = "0A";

    private final Path proc;

    /** Reads the {@code /proc} of this machine. */
    public ListeningProcess() {
        this(Path.of("/proc"));
    }

    ListeningProcess(Path proc) {
        this.proc = proc;
    }

    /** The id of the process, or empty when nobody listens, it belongs to another user, or this is not Linux. */
    public OptionalLong on(int port) {
        Set<String> sockets = new HashSet<>();
        for (String table : new String[] {"net/tcp", "net/tcp6"}) {
            collectListeners(proc.resolve(table), port, sockets);
        }
        if (sockets.isEmpty()) {
            return OptionalLong.empty();
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (holdsAny(process.resolve("fd"), sockets)) {
                    return OptionalLong.of(Long.parseLong(process.getFileName().toString()));
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return OptionalLong.empty();
    }

    private static void collectListeners(Path table, int port, Set<String> sockets) {
        if (!Files.isReadable(table)) {
            return;
        }
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        try {
            for (String line : Files.readAllLines(table)) {
                // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
                String[] fields = line.strip().split("\\s+", -1);
                if (fields.length > 9 && fields[1].endsWith(suffix) && fields[3].equals(STATE_LISTEN)) {
                    sockets.add("socket:[" + fields[9] + "]");
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static boolean holdsAny(Path descriptors, Set<String> sockets) {
        if (!Files.isReadable(descriptors)) {
            return false;
        }
        try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : open) {
                if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
                    return true;
                }
            }
            return false;
        } catch (IOException gone) {
            // The process or one of its descriptors went away while we looked: then it is not the listener.
            return false;
        }
    }
}
