package dev.casebook.benchmarks.urlshortener;

import dev.casebook.backing.BackingServices;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.load.HttpRequests;
import dev.casebook.benchmarks.load.HttpTarget;
import dev.casebook.benchmarks.load.LoadDriver;
import dev.casebook.benchmarks.load.LoadPlan;
import dev.casebook.benchmarks.load.LoadResult;
import dev.casebook.benchmarks.load.LoadSetup;
import dev.casebook.benchmarks.load.ZipfSequence;
import dev.casebook.benchmarks.measure.ProcessCpu;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rounds of redirects over {@link GeneratedLinks} by Zipf's law, open-loop: what each costs in the node and in both stores, and what answered. Every node gets the same
 * requests in a round, and in the next round those that follow.
 */
final class ZipfRedirects {
    static final String NEAR = "urlshortener_lookups_total{tier=\"l1\"}";
    static final String SHARED = "urlshortener_lookups_total{tier=\"l2\"}";
    static final String DATABASE = "urlshortener_lookups_total{tier=\"db\"}";
    static final String JOINED = "urlshortener_lookups_joined_total";
    static final String OPERATIONS = "urlshortener_redis_operations_total";
    static final String QUERIES = "urlshortener_source_reads_total";

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final double MICROS = 1e6;

    private final LabContext context;
    private final TreeCpu postgres;
    private final TreeCpu redis;
    private final ZipfSequence popularity;
    private final int rate;
    private final Duration duration;
    private Cpu idleASecond = new Cpu(0, 0, 0);

    /**
     * @param rate redirects a second
     * @param duration of a round
     */
    ZipfRedirects(LabContext context, BackingServices services, ZipfSequence popularity, int rate, Duration duration) {
        this.context = context;
        this.postgres = new TreeCpu(services.postgres().process().pid());
        this.redis = new TreeCpu(services.redis().process().pid());
        this.popularity = popularity;
        this.rate = rate;
        this.duration = duration;
    }

    /** CPU seconds: since the start of each, or those of a second. */
    private record Cpu(double node, double postgres, double redis) {
        Cpu since(Cpu before) {
            return new Cpu(node - before.node, postgres - before.postgres, redis - before.redis);
        }

        Cpu times(double factor) {
            return new Cpu(node * factor, postgres * factor, redis * factor);
        }
    }

    private Cpu cpu(NodeProcess node) {
        return new Cpu(node.cpu().used().toNanos() / 1e9, postgres.seconds(), redis.seconds());
    }

    /** What a node and the stores under all nodes spend while nobody asks: taken off in all rounds that follow. In µs per redirect at the rate. */
    Map<String, Double> idle(NodeProcess node, Duration length) throws InterruptedException {
        context.progress("measuring what is spent while nobody asks");
        long begin = System.nanoTime();
        Cpu before = cpu(node);
        Thread.sleep(length);
        idleASecond = cpu(node).since(before).times(1 / secondsSince(begin));
        return micros(idleASecond.times(1.0 / rate));
    }

    private static double secondsSince(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static Map<String, Double> micros(Cpu seconds) {
        Cpu cpu = seconds.times(MICROS);
        return Map.of("node", cpu.node, "postgres", cpu.postgres, "redis", cpu.redis);
    }

    /**
     * One round against one node. By redirect: the counts above; CPU in µs without the idle share ({@code node}, {@code postgres}, {@code redis}, their sum {@code total});
     * latency in ms from when a request was due, with how {@code late} the driver itself was (99th percentile); whether the rate was {@code kept}, 1 or 0.
     */
    Map<String, Double> measure(NodeProcess node, int round) throws IOException, InterruptedException {
        Map<String, Double> before = counts(node);
        long begin = System.nanoTime();
        Cpu cpuBefore = cpu(node);
        LoadResult load = load(node, round);
        Cpu spent = cpu(node).since(cpuBefore).since(idleASecond.times(secondsSince(begin)));

        Map<String, Double> sample = new HashMap<>(micros(spent.times(1.0 / load.requests())));
        sample.put(
                "total",
                sample.values().stream().mapToDouble(Double::doubleValue).sum());
        counts(node)
                .forEach((name, count) -> sample.put(name, (count - before.getOrDefault(name, 0.0)) / load.requests()));
        sample.put("p50", load.latency().getValueAtPercentile(50) / 1e6);
        sample.put("p99", load.latency().getValueAtPercentile(99) / 1e6);
        sample.put("late", load.lateness().getValueAtPercentile(99) / 1e6);
        sample.put("kept", load.isRateKept() ? 1.0 : 0);
        return sample;
    }

    private static Map<String, Double> counts(NodeProcess node) throws IOException, InterruptedException {
        Map<String, Double> counts = new HashMap<>();
        for (String name : List.of(NEAR, SHARED, DATABASE, JOINED, OPERATIONS, QUERIES)) {
            counts.put(name, node.metric(name));
        }
        return counts;
    }

    /** Without warm-up, so that what the node counts are these requests and no others. */
    private LoadResult load(NodeProcess node, int round) throws IOException, InterruptedException {
        LoadSetup setup = new LoadSetup(
                node.uri(),
                Wrk.CONNECTIONS,
                1,
                TIMEOUT,
                "",
                new LoadSetup.Settings(Map.of()),
                context.seed(),
                context::progress);
        long[] position = {round * duration.toSeconds() * rate};
        try (HttpTarget target =
                HttpTarget.open(setup, List.of("redirect"), (operation, status) -> status == 302, lane -> out -> {
                    String slug = GeneratedLinks.slug(popularity.rank(position[0]++));
                    out.writeBytes(HttpRequests.get(node.uri(), "/" + slug, Map.of()));
                    return 0;
                })) {
            @Nullable ProcessCpu measuredElsewhere = null;
            LoadResult result = new LoadDriver(target, TIMEOUT, measuredElsewhere)
                    .run(new LoadPlan(rate, Duration.ZERO, duration), second -> {});
            if (result.expected() != result.requests()) {
                throw new IOException("the node did not redirect: " + result.outcomes());
            }
            return result;
        }
    }
}
