package dev.casebook.benchmarks.urlshortener;

import dev.casebook.backing.ServerProcess;
import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.load.LoadDriver;
import dev.casebook.benchmarks.load.LoadPlan;
import dev.casebook.benchmarks.load.LoadResult;
import dev.casebook.benchmarks.load.LoadSetup;
import dev.casebook.benchmarks.load.LoadTarget;
import dev.casebook.benchmarks.report.Axis;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.LineChart;
import dev.casebook.benchmarks.report.Table;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What do visitors notice when a server behind the service is killed (SIGKILL) for a while and comes back? Open-loop redirects over 2,000 links, popularity by Zipf's law,
 * at a rate well below saturation, so that what is seen is the outage and not a queue. Every redirect that was answered is afterwards compared with the
 * clicks that were counted. There is no peer: the question is about this design alone.
 */
final class OutageLab implements Lab {
    private static final int LINKS = 2_000;
    private static final double RATE = 400;
    private static final int KILL_AT_SECOND = 10;
    private static final int RESTART_AT_SECOND = 20;
    private static final int SECONDS = 40;
    private static final Duration COUNTED_WITHIN = Duration.ofSeconds(60);

    private final String name;
    private final String server;
    private final Function<Installation, ServerProcess> process;

    private OutageLab(String name, String server, Function<Installation, ServerProcess> process) {
        this.name = name;
        this.server = server;
        this.process = process;
    }

    static OutageLab redis() {
        return new OutageLab(
                "redis-outage",
                "Redis",
                installation -> installation.services().redis().process());
    }

    static OutageLab kafka() {
        return new OutageLab(
                "kafka-outage",
                "Kafka",
                installation -> installation.services().kafka().process());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String question() {
        return "What do visitors notice when " + server + " is killed under load and comes back?";
    }

    @Override
    public String prediction() {
        return "Which requests need " + server
                + " at all? How long can those wait before somebody gives up, and what must happen after it is back before"
                + " everything is as before? Are clicks lost?";
    }

    @Override
    public String method() {
        return "One node with 2,000 links under 400 redirects a second for 40 s; " + server
                + " gets SIGKILL after 10 s and is started again after 20 s. Afterwards the clicks counted are compared with the redirects answered.";
    }

    @Override
    public Duration expectedDuration() {
        return Duration.ofMinutes(2);
    }

    @Override
    public LabResult run(LabContext context) throws Exception {
        Installation installation = Installation.start(context);
        UrlShortenerNode node = installation.node(settings -> settings);
        LoadSetup setup = new LoadSetup(
                node.uri(),
                32,
                1,
                Duration.ofSeconds(10),
                Installation.KEY,
                new LoadSetup.Settings(Map.of("links", String.valueOf(LINKS))),
                context.seed(),
                context::progress);
        ServerProcess victim = process.apply(installation);
        AtomicInteger second = new AtomicInteger();
        LoadResult load;
        try (LoadTarget target = LinkTraffic.SCENARIOS.getFirst().open(setup);
                ExecutorService faults = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            load = new LoadDriver(target, Duration.ofSeconds(10), null)
                    .run(new LoadPlan(RATE, Duration.ZERO, Duration.ofSeconds(SECONDS)), seen -> {
                        int now = second.incrementAndGet();
                        context.progress("second " + now + " of " + SECONDS);
                        if (now == KILL_AT_SECOND) {
                            running.add(faults.submit(victim::kill));
                        } else if (now == RESTART_AT_SECOND) {
                            running.add(faults.submit(victim::restart));
                        }
                    });
            for (Future<?> fault : running) {
                join(fault);
            }
        }
        long counted = countedClicks(context, node, load.requests());
        return result(load, counted, node);
    }

    private LabResult result(LoadResult load, long counted, UrlShortenerNode node) {
        double dropped = Installation.counter(List.of(node), "urlshortener.clicks.dropped");
        List<LoadResult.Second> before = load.timeline().stream()
                .filter(second -> second.second() > 3 && second.second() < KILL_AT_SECOND)
                .toList();
        List<LoadResult.Second> during = load.timeline().stream()
                .filter(second -> second.second() > KILL_AT_SECOND && second.second() < RESTART_AT_SECOND)
                .toList();
        List<LoadResult.Second> after = load.timeline().stream()
                .filter(second -> second.second() >= RESTART_AT_SECOND)
                .toList();
        return LabResult.builder()
                .verdict(
                        "no redirect fails while " + server + " is away",
                        load.requests() == load.expected(),
                        Figures.count(load.expected()) + " of " + Figures.count(load.requests())
                                + " answered as they should")
                .verdict(
                        "every answered redirect is counted once, or counted as dropped",
                        counted + Math.round(dropped) == load.expected(),
                        Figures.count(counted) + " clicks counted, " + Math.round(dropped) + " dropped, "
                                + Figures.count(load.expected()) + " redirects answered")
                .block(LineChart.of(
                                "Latency second by second",
                                Axis.linear("seconds"),
                                Axis.logarithmic("ms"),
                                List.of(
                                        line(load, "p50", second -> second.p50Nanos() / 1e6),
                                        line(load, "p99", second -> second.p99Nanos() / 1e6),
                                        line(load, "max", second -> second.maxNanos() / 1e6)))
                        .marked(KILL_AT_SECOND, server + " killed")
                        .marked(RESTART_AT_SECOND, "started again"))
                .block(Table.of("Worst second of each phase", "phase", "p50", "p99", "max", "errors")
                        .row(row("before", before))
                        .row(row("while " + server + " is away", during))
                        .row(row("after it is back", after))
                        .build())
                .data("requests", load.requests())
                .data("expected", load.expected())
                .data("outcomes", load.outcomes())
                .data("clicks_counted", counted)
                .data("clicks_dropped", dropped)
                .data("timeline", load.timeline())
                .conclusion(Figures.count(load.requests() - load.expected()) + " of " + Figures.count(load.requests())
                        + " redirects failed; the slowest while " + server + " was away took "
                        + Figures.nanos(worst(during, LoadResult.Second::maxNanos))
                        + ", the slowest before "
                        + Figures.nanos(worst(before, LoadResult.Second::maxNanos))
                        + ". " + Figures.count(counted) + " clicks were counted.");
    }

    /** Waits until the count stands at what was answered, or no longer moves. */
    private static long countedClicks(LabContext context, UrlShortenerNode node, long expected)
            throws InterruptedException {
        long deadline = System.nanoTime() + COUNTED_WITHIN.toNanos();
        long counted = 0;
        while (System.nanoTime() < deadline) {
            counted = Math.round(Installation.counter(List.of(node), "urlshortener.aggregator.clicks"));
            context.progress(counted + " of " + expected + " clicks counted");
            if (counted >= expected) {
                return counted;
            }
            Thread.sleep(Duration.ofMillis(200));
        }
        return counted;
    }

    private static LineChart.Series line(LoadResult load, String name, ToDoubleFunction<LoadResult.Second> value) {
        return new LineChart.Series(
                name,
                load.timeline().stream()
                        .filter(second -> second.maxNanos() > 0)
                        .map(second -> {
                            double y = Math.max(0.01, value.applyAsDouble(second));
                            return new LineChart.Point(second.second(), y, y, y);
                        })
                        .toList());
    }

    private static String[] row(String phase, List<LoadResult.Second> seconds) {
        return new String[] {
            phase,
            Figures.nanos(worst(seconds, LoadResult.Second::p50Nanos)),
            Figures.nanos(worst(seconds, LoadResult.Second::p99Nanos)),
            Figures.nanos(worst(seconds, LoadResult.Second::maxNanos)),
            Figures.count(seconds.stream().mapToLong(LoadResult.Second::errors).sum())
        };
    }

    /** The largest of a phase, in nanoseconds. */
    private static double worst(List<LoadResult.Second> seconds, ToDoubleFunction<LoadResult.Second> value) {
        return seconds.stream().mapToDouble(value).max().orElse(0);
    }

    private static void join(Future<?> future) throws Exception {
        try {
            future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
