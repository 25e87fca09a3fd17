package dev.casebook.backing;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the three servers by themselves, for someone who wants to look into them or point several nodes at them. */
@Command(
        name = "backing-services",
        mixinStandardHelpOptions = true,
        description = "Starts real PostgreSQL, Redis and Kafka, prints where they are, and stops them on Ctrl-C.")
public final class BackingServicesApp implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private BackingOptions options = new BackingOptions();

    @Option(
            names = "--data-dir",
            paramLabel = "FOLDER",
            defaultValue = "./data/backing-services",
            description = "Where embedded servers keep their data. Default: ${DEFAULT-VALUE}")
    private Path dataDir = Path.of("");

    @Option(names = "--exit-when-ready", description = "Stop as soon as all answer: to measure, or to fill the caches.")
    private boolean exitWhenReady;

    public static void main(String[] args) {
        System.exit(new CommandLine(new BackingServicesApp())
                .setExecutionExceptionHandler((failure, commandLine, parsed) -> {
                    if (failure instanceof BackingServiceException) {
                        commandLine.getErr().println(failure.getMessage());
                        return CommandLine.ExitCode.SOFTWARE;
                    }
                    throw failure;
                })
                .execute(args));
    }

    @Override
    public void run() {
        long begin = System.nanoTime();
        BackingServices services = options.builder(dataDir).start();
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        CountDownLatch stopped = new CountDownLatch(1);
        Thread stop = Thread.ofPlatform().name("stop").unstarted(() -> {
            try {
                services.close();
            } finally {
                stopped.countDown();
            }
        });
        Runtime.getRuntime().addShutdownHook(stop);
        print(services, took);
        if (!exitWhenReady) {
            await(stopped);
        }
    }

    private void print(BackingServices services, Duration took) {
        PrintWriter out = spec.commandLine().getOut();
        print(
                out,
                "PostgreSQL",
                services.postgres().openedIn(),
                services.postgres().jdbcUrl());
        print(out, "Redis", services.redis().openedIn(), services.redis().uri());
        print(out, "Kafka", services.kafka().openedIn(), services.kafka().bootstrapServers());
        out.printf(
                Locale.ROOT,
                "All ready in %.2f s; data in %s.%n",
                seconds(took),
                dataDir.toAbsolutePath().normalize());
        if (!exitWhenReady) {
            out.println("Ctrl-C stops them.");
        }
        out.flush();
    }

    private static void print(PrintWriter out, String name, Duration openedIn, String address) {
        out.printf(Locale.ROOT, "%-10s %5.2f s  %s%n", name, seconds(openedIn), address);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static void await(CountDownLatch stopped) {
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
