package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.MissingToolException;
import dev.casebook.benchmarks.lab.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * wrk with the script that users get ({@code url-shortener/load/redirects.lua}): one thread, 64 connections, closed-loop. It keeps a server busy; its latencies are those of a
 * closed loop and are only told as such.
 */
final class Wrk {
    static final int CONNECTIONS = 64;
    private static final int SECONDS_MORE_MAX = 30;
    private static final Pattern RESULT =
            Pattern.compile("RESULT requests=(\\d+) micros=(\\d+) bytes=(\\d+) errors=(\\d+) p50=(\\d+) p99=(\\d+)");

    private final Path command;
    private final Path script;
    private final Path slugs;

    /**
     * @param workspace whose script it runs
     * @param slugs a file with a slug per line
     */
    Wrk(Path workspace, Path slugs) throws MissingToolException {
        this.command = Tool.WRK.path();
        this.script = workspace.resolve("url-shortener/load/redirects.lua");
        this.slugs = slugs;
    }

    /** @param bytes received, heads and bodies */
    record Load(long requests, double seconds, long bytes, double p50Micros, double p99Micros) {
        double perSecond() {
            return requests / seconds;
        }
    }

    /**
     * Loads a server of this machine.
     *
     * @throws IOException when an answer was an error or did not come: then the measurement is void
     */
    Load run(int port, Duration duration) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        command.toString(),
                        "-t1",
                        "-c" + CONNECTIONS,
                        "-d" + duration.toSeconds() + "s",
                        "--timeout",
                        "10s",
                        "-s",
                        script.toString(),
                        "http://127.0.0.1:" + port,
                        "--",
                        slugs.toString()))
                .redirectErrorStream(true)
                .start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS_MORE_MAX, TimeUnit.SECONDS)) {
                throw new IOException("wrk did not end: " + output);
            }
            Matcher result = RESULT.matcher(output);
            if (!result.find() || !result.group(4).equals("0")) {
                throw new IOException("wrk against port " + port + " failed: " + output);
            }
            return new Load(
                    Long.parseLong(result.group(1)),
                    Long.parseLong(result.group(2)) / 1e6,
                    Long.parseLong(result.group(3)),
                    Double.parseDouble(result.group(5)),
                    Double.parseDouble(result.group(6)));
        } finally {
            process.destroyForcibly();
        }
    }
}
