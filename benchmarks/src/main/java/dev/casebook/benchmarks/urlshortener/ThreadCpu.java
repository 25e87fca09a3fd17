package dev.casebook.benchmarks.urlshortener;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * CPU time of a node's living threads by what they are for, in nanoseconds, from {@code /proc/PID/task/TID/schedstat}. Linux only.
 *
 * @param nanos every role has a value
 */
record ThreadCpu(Map<Role, Long> nanos) {
    /** What a thread is for. */
    enum Role {
        EVENT_LOOP("event loop"),
        CLICKS("clicks: publisher thread and Kafka producer"),
        COLLECTOR("garbage collector"),
        COMPILER("JIT compiler"),
        REST("everything else: heartbeats, outbox, metrics");

        private final String label;

        Role(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }

        /** By the name that the kernel keeps, of which it keeps 15 characters. */
        static Role of(String thread) {
            if (thread.startsWith("http-loop")) {
                return EVENT_LOOP;
            }
            if (thread.startsWith("click-publisher") || thread.startsWith("kafka-producer")) {
                return CLICKS;
            }
            if (thread.startsWith("GC ") || thread.startsWith("G1 ") || thread.startsWith("VM Thread")) {
                return COLLECTOR;
            }
            return thread.startsWith("C1 Compiler") || thread.startsWith("C2 Compiler") ? COMPILER : REST;
        }
    }

    static ThreadCpu of(long pid) throws IOException {
        Map<Role, Long> nanos = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            nanos.put(role, 0L);
        }
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                try {
                    String name = Files.readString(thread.resolve("comm")).strip();
                    String stat = Files.readString(thread.resolve("schedstat"));
                    nanos.merge(Role.of(name), Long.parseLong(stat.substring(0, stat.indexOf(' '))), Long::sum);
                } catch (NoSuchFileException ended) {
                    // Its time is no longer told; threads of a node's hot path do not end.
                }
            }
        }
        return new ThreadCpu(nanos);
    }

    /** Microseconds per operation since {@code before}. */
    double microsSince(ThreadCpu before, Role role, long operations) {
        return (nanos.getOrDefault(role, 0L) - before.nanos.getOrDefault(role, 0L)) / 1e3 / operations;
    }
}
