package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.MissingToolException;
import dev.casebook.benchmarks.lab.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * wrk with one of this package's scripts: a closed loop on a fixed number of connections, for throughput and CPU at saturation, where latency says nothing. It is in C and
 * shares the machine with the servers, so it takes from them less than a driver in a JVM would.
 */
final class WrkScript {
    private static final Duration GRACE = Duration.ofSeconds(30);

    private WrkScript() {}

    /**
     * What a run saw.
     *
     * @param answered requests that were answered with a status below 400
     * @param failed answers of 400 and more, and requests that broke or timed out
     */
    record Outcome(long answered, long failed, double seconds) {
        double perSecond() {
            return answered / seconds;
        }
    }

    /**
     * Runs it and waits for its end.
     *
     * @param script file name of a resource beside this class; {@code wrk.lua} comes in front of it
     * @param arguments of the script, after the service's authority, which is always the first
     */
    static Outcome run(
            Path folder, URI service, int connections, Duration duration, String script, List<String> arguments)
            throws IOException, InterruptedException, MissingToolException {
        Path file = Files.writeString(
                folder.resolve(script), resource("wrk.lua") + System.lineSeparator() + resource(script));
        List<String> command = new ArrayList<>(List.of(
                Tool.WRK.path().toString(),
                "-t2",
                "-c" + connections,
                "-d" + duration.toSeconds() + "s",
                "--timeout",
                "30s",
                "-s",
                file.toString(),
                service.toString(),
                "--",
                service.getAuthority()));
        command.addAll(arguments);
        String output = output(folder.resolve("wrk.log"), command, duration);
        String result = output.lines()
                .filter(line -> line.startsWith("RESULT "))
                .findFirst()
                .orElseThrow(() -> new IOException("wrk reports no result: " + output));
        String[] fields = result.split(" ", -1);
        long requests = Long.parseLong(fields[1]);
        long refused = Long.parseLong(fields[3]);
        return new Outcome(requests - refused, refused + Long.parseLong(fields[4]), Long.parseLong(fields[2]) / 1e6);
    }

    private static String resource(String name) throws IOException {
        try (@Nullable InputStream resource = WrkScript.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new IllegalArgumentException("no such script: " + name);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Runs a client program to its end; what it printed. */
    static String output(Path log, List<String> command, Duration duration, String... environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        for (int i = 0; i < environment.length; i += 2) {
            builder.environment().put(environment[i], environment[i + 1]);
        }
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(duration.plus(GRACE).toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException(command.getFirst() + " did not end: " + read(log));
            }
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException(command.getFirst() + " ended with " + process.exitValue() + ": " + read(log));
        }
        return read(log);
    }

    private static String read(Path log) throws IOException {
        return Files.readString(log, StandardCharsets.UTF_8);
    }
}
