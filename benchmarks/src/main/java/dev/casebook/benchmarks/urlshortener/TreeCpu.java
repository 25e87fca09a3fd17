package dev.casebook.benchmarks.urlshortener;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * CPU time of a server with all processes it ever started: those that have ended too, once their parent has waited for them. PostgreSQL needs that, as its work is done
 * by a process per connection that ends with it. Linux only ({@code /proc/PID/stat}, in steps of 10 ms).
 *
 * @param pid the server's first process
 */
record TreeCpu(long pid) {
    /** Of a second; the kernel reports user-visible times in this unit on every architecture. */
    private static final double TICKS = 100;

    // Counted from the field after the command's name, which is the third: proc(5).
    private static final int USER_TIME = 11;
    private static final int CHILDREN_SYSTEM_TIME = 14;

    /** Seconds used so far, user and kernel together. */
    double seconds() {
        ProcessHandle first =
                ProcessHandle.of(pid).orElseThrow(() -> new IllegalStateException("no process has the id " + pid));
        return Stream.concat(Stream.of(first), first.descendants())
                .mapToDouble(process -> seconds(process.pid(), USER_TIME))
                .sum();
    }

    /** Seconds used by children of this process that it has waited for. */
    static double ofEndedChildren() {
        return seconds(ProcessHandle.current().pid(), CHILDREN_SYSTEM_TIME - 1);
    }

    private static double seconds(long pid, int firstField) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long ticks = 0;
            for (int field = firstField; field <= CHILDREN_SYSTEM_TIME; field++) {
                ticks += Long.parseLong(fields[field]);
            }
            return ticks / TICKS;
        } catch (NoSuchFileException ended) {
            return 0; // between being listed and being read: its parent has its time now or the next moment
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
