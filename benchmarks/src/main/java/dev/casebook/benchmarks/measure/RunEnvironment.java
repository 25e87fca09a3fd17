package dev.casebook.benchmarks.measure;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Where and when a result was taken; part of every result file, because a number without its machine means nothing.
 *
 * @param cpu the processor's model name
 * @param cores processors the JVM may use
 * @param memoryMebibytes physical memory
 * @param commit short hash of the checked-out commit, with "+" when files differ from it; "unknown" outside a clone
 * @param loadAverage runnable processes in the minute before, -1 when the system does not tell: above {@code cores} the
 *     machine was busy with something else
 * @param versions of whatever took part, by name (nginx, netty ...)
 */
public record RunEnvironment(
        Instant date,
        String cpu,
        int cores,
        long memoryMebibytes,
        String system,
        String jdk,
        String commit,
        double loadAverage,
        Map<String, String> versions) {

    private static final int COMMAND_SECONDS_MAX = 5;

    public RunEnvironment {
        versions = new TreeMap<>(versions);
    }

    /** Describes this machine now. */
    public static RunEnvironment capture(InstantSource clock, Path workspace, Map<String, String> versions) {
        return new RunEnvironment(
                clock.instant().truncatedTo(ChronoUnit.SECONDS),
                cpuModel(),
                Runtime.getRuntime().availableProcessors(),
                physicalMebibytes(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
                checkedOut(workspace),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                versions);
    }

    /** The same environment with more versions noted. */
    public RunEnvironment withVersions(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(versions);
        all.putAll(more);
        return new RunEnvironment(date, cpu, cores, memoryMebibytes, system, jdk, commit, loadAverage, all);
    }

    /** One line for the head of a report. */
    public String summary() {
        return cpu + ", " + cores + (cores == 1 ? " core, " : " cores, ") + (memoryMebibytes + 512) / 1024 + " GiB; "
                + system + "; " + jdk;
    }

    private static String cpuModel() {
        Path cpuinfo = Path.of("/proc/cpuinfo");
        if (Files.isReadable(cpuinfo)) {
            try {
                for (String line : Files.readAllLines(cpuinfo)) {
                    if (line.startsWith("model name")) {
                        return line.substring(line.indexOf(':') + 1).strip();
                    }
                }
            } catch (IOException unreadable) {
                return System.getProperty("os.arch");
            }
        }
        String model = firstLine(Path.of("."), "sysctl", "-n", "machdep.cpu.brand_string");
        return model.isEmpty() ? System.getProperty("os.arch") : model;
    }

    private static long physicalMebibytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize() >> 20
                : 0;
    }

    private static String checkedOut(Path workspace) {
        String hash = firstLine(workspace, "git", "rev-parse", "--short=12", "HEAD");
        if (hash.isEmpty()) {
            return "unknown";
        }
        boolean dirty = !firstLine(workspace, "git", "status", "--porcelain", "--untracked-files=no")
                .isEmpty();
        return dirty ? hash + "+" : hash;
    }

    /** The first line that a short command prints, or nothing when it fails or is not installed. */
    public static String firstLine(Path directory, String... command) {
        return lines(directory, command).stream().findFirst().orElse("").strip();
    }

    /** What a short command prints, or nothing when it fails or is not installed. */
    public static List<String> lines(Path directory, String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return List.of();
            }
            return process.exitValue() == 0 ? output.lines().toList() : List.of();
        } catch (IOException notInstalled) {
            return List.of();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
