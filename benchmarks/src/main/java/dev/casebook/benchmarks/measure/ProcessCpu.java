package dev.casebook.benchmarks.measure;

import java.time.Duration;
import java.util.stream.Stream;

/**
 * CPU time that a process and its children have used, user and kernel together.
 *
 * <p>The figure that stays meaningful when client and server share two cores: requests per second then depend on who gets
 * a core, CPU time per request does not. Read from the operating system ({@code /proc/PID/stat} on Linux), so in steps
 * of 10 ms there: measure over seconds. Children that have ended are not included.
 *
 * @param pid the process
 */
public record ProcessCpu(long pid) {
    /**
     * CPU time used so far.
     *
     * @throws IllegalStateException when there is no such process or the system does not tell
     */
    public Duration used() {
        ProcessHandle process =
                ProcessHandle.of(pid).orElseThrow(() -> new IllegalStateException("no process has the id " + pid));
        if (process.info().totalCpuDuration().isEmpty()) {
            throw new IllegalStateException("the system does not tell the CPU time of process " + pid);
        }
        return Stream.concat(Stream.of(process), process.descendants())
                .flatMap(each -> each.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }

    /**
     * Microseconds of CPU per operation.
     *
     * @param before what {@link #used} said before {@code operations} were done
     * @param operations at least 1
     */
    public double microsPerOperation(Duration before, long operations) {
        if (operations < 1) {
            throw new IllegalArgumentException("operations must be >= 1: " + operations);
        }
        return used().minus(before).toNanos() / 1e3 / operations;
    }
}
