package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.Workspace;
import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.lab.RoundResults;
import dev.casebook.benchmarks.lab.Rounds;
import dev.casebook.benchmarks.lab.Tool;
import dev.casebook.benchmarks.load.HttpRequests;
import dev.casebook.benchmarks.load.HttpTarget;
import dev.casebook.benchmarks.load.LoadDriver;
import dev.casebook.benchmarks.load.LoadPlan;
import dev.casebook.benchmarks.load.LoadResult;
import dev.casebook.benchmarks.load.LoadSetup;
import dev.casebook.benchmarks.measure.ProcessCpu;
import dev.casebook.benchmarks.measure.RatioInterval;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.Table;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What does a redirect cost that has to ask Redis, beside nginx with Lua (Debian's lua-nginx-redis, kept-alive connections) on the same Redis? The peer reads a plain
 * destination and logs; the service reads an encoded link with its version, tells its memory cache and records a click.
 *
 * <p>Equal: 100,000 links each asked for equally often, one event loop or worker, 64 connections. The service's own memory cache is cut down to 1 MiB, about two links in a
 * hundred, so that it misses; how often it asked Redis is told. CPU is the server's whole process, not Redis'.
 *
 * <p>Latency is measured apart from CPU, open-loop at a rate that both keep. Unfair would be a memory cache that hits, or entries of Redis that are past their time (ten
 * minutes) and are being read anew from PostgreSQL: PostgreSQL's reads are told, too. How late the driver was itself stands beside each percentile: it shares the two cores, and
 * a server is not to blame for that.
 */
final class SharedTierLab implements Lab {
    private static final int LINKS = 100_000;
    private static final int ROUNDS = 7;
    private static final int ROUND_SECONDS = 5;
    private static final int RATE = 3_000;
    private static final int FILL_PASSES_MAX = 40;
    private static final Duration COMPILING = Duration.ofSeconds(30);
    private static final double ASKED_REDIS_MIN = 0.97;
    private static final double CPU_RATIO_MAX = 1.2;
    private static final String PREFIX = "nginx:";
    private static final String OURS = "ours, L1 missing";
    private static final String NGINX = "nginx + Lua";

    @Override
    public String name() {
        return "shared-tier-cost";
    }

    @Override
    public String question() {
        return "What does a redirect cost that has to ask Redis, beside nginx with Lua?";
    }

    @Override
    public String prediction() {
        return "nginx asks Redis over a connection per request under way, the service over one for all. Which of them makes fewer system calls, and which waits longer?"
                + " How many times the cost of a redirect from memory is it?";
    }

    @Override
    public String method() {
        return "100,000 links in one Redis, one worker each, rounds interleaved and rotated. CPU of the server's process under wrk with 64 connections; latency open-loop at "
                + RATE + " requests a second, counted from the moment a request was due.";
    }

    @Override
    public Duration expectedDuration() {
        return Duration.ofMinutes(5);
    }

    @Override
    public List<Tool> tools() {
        return List.of(Tool.NGINX, Tool.WRK);
    }

    @Override
    public LabResult run(LabContext context) throws Exception {
        Duration round = Duration.ofSeconds(context.isQuick() ? 2 : context.setting("seconds", ROUND_SECONDS));
        int rate = context.setting("rate", RATE);
        RedirectKeys keys = RedirectKeys.draw(context.setting("links", LINKS), context.seed());
        Path slugs = context.workDirectory().resolve("slugs");
        keys.write(slugs, "%1$s");
        Installation installation = Installation.start(context);
        NodeProcess node =
                NodeProcess.start(context, installation.services(), "--event-loops", "1", "--cache-mib", "1");
        context.progress("making links");
        keys.createAll(node.uri(), Installation.KEY);
        URI redis = URI.create(installation.services().redis().uri());
        load(redis, keys);
        RedirectPeers.Peer nginx = RedirectPeers.nginxLua(context, redis, PREFIX);
        StoreOperations stores = StoreOperations.watch(context, installation.services());
        Wrk wrk = new Wrk(Workspace.locate().root(), slugs);
        context.version("wrk", Tool.WRK.version());
        fill(context, node, wrk);

        RoundResults results = context.rounds(ROUNDS)
                .warmUp(2)
                .contender(OURS, ours(context, keys, node, stores, wrk, round, rate))
                .contender(NGINX, trial(context, keys, nginx.process().cpu(), nginx.port(), wrk, round, rate))
                .run();
        return result(results, rate);
    }

    /** The destinations as the peer reads them. */
    private static void load(URI redis, RedirectKeys keys) {
        RedisClient client = RedisClient.create(redis.toString());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            Map<String, String> all = new HashMap<>();
            for (int i = 0; i < keys.slugs().size(); i++) {
                all.put(PREFIX + keys.slugs().get(i), keys.destination(i));
            }
            connection.sync().mset(all);
        } finally {
            client.shutdown();
        }
    }

    /** Until a pass over all links reads nothing from PostgreSQL any more: all are in Redis. */
    private static void fill(LabContext context, NodeProcess node, Wrk wrk) throws Exception {
        for (int pass = 1; pass <= FILL_PASSES_MAX; pass++) {
            context.progress("filling Redis, pass " + pass);
            double before = node.metric("urlshortener_source_reads_total");
            wrk.run(node.port(), Duration.ofSeconds(6));
            if (node.metric("urlshortener_source_reads_total") == before) {
                context.progress("letting the JIT compiler finish");
                wrk.run(node.port(), COMPILING);
                return;
            }
        }
        throw new IOException("Redis is still not full after " + FILL_PASSES_MAX + " passes");
    }

    private static Rounds.Trial ours(
            LabContext context,
            RedirectKeys keys,
            NodeProcess node,
            StoreOperations stores,
            Wrk wrk,
            Duration duration,
            int rate) {
        Rounds.Trial both = trial(context, keys, node.cpu(), node.port(), wrk, duration, rate);
        return round -> {
            double reads = node.metric("urlshortener_source_reads_total");
            double lookups = node.metric("urlshortener_lookups_total");
            double operations = node.metric("urlshortener_redis_operations_total");
            long rows = stores.linkRowsRead();
            Map<String, Double> sample = new HashMap<>(both.measure(round));
            lookups = node.metric("urlshortener_lookups_total") - lookups;
            sample.put("asked", (node.metric("urlshortener_redis_operations_total") - operations) / lookups);
            sample.put("reads", node.metric("urlshortener_source_reads_total") - reads);
            sample.put("rows", (double) (stores.linkRowsRead() - rows));
            return sample;
        };
    }

    private static Rounds.Trial trial(
            LabContext context, RedirectKeys keys, ProcessCpu cpu, int port, Wrk wrk, Duration duration, int rate) {
        return round -> {
            Duration before = cpu.used();
            Wrk.Load load = wrk.run(port, duration);
            double micros = cpu.microsPerOperation(before, load.requests());
            LoadResult paced = paced(context, keys, port, duration, rate, context.seed() + round);
            Map<String, Double> sample = new HashMap<>(PacedLatency.sample(paced));
            sample.put("cpu", micros);
            sample.put("perSecond", load.perSecond());
            return sample;
        };
    }

    private static LoadResult paced(
            LabContext context, RedirectKeys keys, int port, Duration duration, int rate, long seed)
            throws IOException, InterruptedException {
        URI server = URI.create("http://127.0.0.1:" + port);
        LoadSetup setup = new LoadSetup(
                server,
                Wrk.CONNECTIONS,
                1,
                Duration.ofSeconds(10),
                "",
                new LoadSetup.Settings(Map.of()),
                seed,
                context::progress);
        try (HttpTarget target =
                HttpTarget.open(setup, List.of("redirect"), (operation, status) -> status == 302, lane -> {
                    SplittableRandom random = new SplittableRandom(seed);
                    return out -> {
                        String slug =
                                keys.slugs().get(random.nextInt(keys.slugs().size()));
                        out.writeBytes(HttpRequests.get(server, "/" + slug, Map.of()));
                        return 0;
                    };
                })) {
            @Nullable ProcessCpu notNeeded = null;
            LoadResult result = new LoadDriver(target, Duration.ofSeconds(10), notNeeded)
                    .run(new LoadPlan(rate, Duration.ofSeconds(1), duration), second -> {});
            if (result.expected() != result.requests()) {
                throw new IOException("port " + port + " did not redirect: " + result.outcomes());
            }
            return result;
        }
    }

    private static LabResult result(RoundResults results, int rate) {
        RatioInterval cpu = PairedRatio.of(results, OURS, NGINX, "cpu");
        RatioInterval p99 = PairedRatio.of(results, OURS, NGINX, "p99");
        double asked = results.spread(OURS, "asked").median();
        double read = results.spread(OURS, "reads").max();
        Map<String, String> headings = new LinkedHashMap<>();
        headings.put("CPU µs per redirect", "cpu");
        headings.put("redirects/s", "perSecond");
        headings.putAll(PacedLatency.headings(rate));
        return LabResult.builder()
                .verdict(
                        "server CPU per redirect from Redis, click included, at most 1.2 times nginx's with Lua",
                        cpu.ratio() <= CPU_RATIO_MAX,
                        PairedRatio.written(cpu))
                .verdict(
                        "p99 at " + Figures.count(rate) + " requests a second at most nginx's",
                        p99.ratio() <= 1,
                        PairedRatio.written(p99))
                .verdict(
                        "it is Redis that answers: asked by at least 97 of 100 redirects, PostgreSQL by none",
                        asked >= ASKED_REDIS_MIN && read == 0,
                        PairedRatio.written(results.spread(OURS, "asked")) + " Redis operations per redirect, "
                                + Figures.number(read) + " link queries")
                .block(results.table("Redirects over links in Redis, 64 connections, one worker each", NGINX, headings))
                .block(results.chart("Server CPU per redirect", "µs (less is better)", "cpu", "ours"))
                .block(results.chart("p99 at a fixed rate", "ms (less is better)", "p99", "ours"))
                .block(Table.of("What ours asked", "store", "operations per round (min to max)")
                        .row("PostgreSQL, queries for links", PairedRatio.written(results.spread(OURS, "reads")))
                        .row("PostgreSQL, rows of links read", PairedRatio.written(results.spread(OURS, "rows")))
                        .build())
                .data("rounds", results.data())
                .data("cpu_ratio_paired", PairedRatio.data(cpu))
                .data("p99_ratio_paired", PairedRatio.data(p99))
                .conclusion("A redirect that asked Redis took " + PairedRatio.written(cpu)
                        + " of the CPU time of nginx with Lua, and its 99th percentile at " + Figures.count(rate)
                        + " requests a second was " + PairedRatio.written(p99) + " of nginx's ("
                        + Figures.number(results.spread(OURS, "p99").median()) + " ms against "
                        + Figures.number(results.spread(NGINX, "p99").median()) + " ms). "
                        + PacedLatency.whoIsLate(results, OURS) + " " + PacedLatency.whoIsLate(results, NGINX));
    }
}
