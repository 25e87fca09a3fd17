package dev.casebook.benchmarks.urlshortener;

import dev.casebook.backing.PostgresService;
import dev.casebook.benchmarks.lab.MissingToolException;
import dev.casebook.benchmarks.lab.Tool;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PostgreSQL's own benchmark driver with a script of ours, prepared statements, a transaction a statement. */
final class Pgbench {
    private static final Pattern PROCESSED = Pattern.compile("number of transactions actually processed: (\\d+)");
    private static final Pattern FAILED = Pattern.compile("number of failed transactions: (\\d+)");
    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");

    private Pgbench() {}

    /** What a run did: committed transactions, and their rate without the time for connecting. */
    record Outcome(long transactions, double perSecond) {}

    /**
     * Runs it and waits for its end.
     *
     * @param first what the script's variable {@code first} is, for values that no other run uses
     */
    static Outcome run(Path folder, PostgresService postgres, int clients, Duration duration, String script, long first)
            throws IOException, InterruptedException, MissingToolException {
        Path file = Files.writeString(folder.resolve("pgbench.sql"), script);
        URI address = URI.create(postgres.jdbcUrl().substring("jdbc:".length()));
        String output = WrkScript.output(
                folder.resolve("pgbench.log"),
                List.of(
                        Tool.PGBENCH.path().toString(),
                        "--no-vacuum",
                        "--protocol=prepared",
                        "--client=" + clients,
                        "--jobs=2",
                        "--time=" + duration.toSeconds(),
                        "--define=first=" + first,
                        "--define=made=0",
                        "--file=" + file,
                        "--host=" + address.getHost(),
                        "--port=" + address.getPort(),
                        "--username=" + postgres.user(),
                        address.getPath().substring(1)),
                duration,
                "PGPASSWORD",
                postgres.password());
        if (number(FAILED, output) != 0 || output.contains("aborted")) {
            throw new IOException("pgbench's transactions failed: " + output);
        }
        return new Outcome((long) number(PROCESSED, output), number(RATE, output));
    }

    private static double number(Pattern pattern, String output) throws IOException {
        Matcher matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new IOException("pgbench does not report " + pattern + ": " + output);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
