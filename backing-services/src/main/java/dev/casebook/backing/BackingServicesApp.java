package dev.casebook.backing;

import dev.casebook.common.cli.CommandLines;
import dev.casebook.common.lifecycle.Lifecycle;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
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
public final class BackingServicesApp implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private BackingOptions options = new BackingOptions();

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "./data/backing-services",
            description = "Where embedded servers keep their data (default: ${DEFAULT-VALUE}).")
    private Path dataDir = Path.of("");

    @Option(
            names = "--exit-when-ready",
            description = "Stop as soon as all answer: to measure the start, or to fill the caches.")
    private boolean exitWhenReady;

    public static void main(String[] args) {
        System.exit(CommandLines.run(new BackingServicesApp(), args));
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Lifecycle lifecycle = new Lifecycle()) {
            lifecycle.installShutdownHook();
            long begin = System.nanoTime();
            BackingServices services =
                    lifecycle.add("backing services", options.builder(dataDir).start());
            print(services, Duration.ofNanos(System.nanoTime() - begin));
            if (!exitWhenReady) {
                lifecycle.awaitTermination();
            }
        }
        return CommandLine.ExitCode.OK;
    }

    /** Without passwords: what is printed ends up in logs. */
    private void print(BackingServices services, Duration took) {
        PrintWriter out = spec.commandLine().getOut();
        print(
                out,
                "PostgreSQL",
                services.postgres().openedIn(),
                services.postgres().shellWord());
        print(out, "Redis", services.redis().openedIn(), services.redis().toString());
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
}
