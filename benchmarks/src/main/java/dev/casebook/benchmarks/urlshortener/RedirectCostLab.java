package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.Workspace;
import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.lab.PeerProcess;
import dev.casebook.benchmarks.lab.RoundResults;
import dev.casebook.benchmarks.lab.Rounds;
import dev.casebook.benchmarks.lab.Tool;
import dev.casebook.benchmarks.measure.RatioInterval;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.Table;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What does a redirect from this process's memory cost the server, click included, beside nginx and HAProxy that only look up a map and log? The peers do less (no store behind
 * them, no edits, no statistics) and so are the limit of what is possible.
 *
 * <p>Equal: 100,000 links, the same requests in the same order, 64 connections, one event loop or worker, HTTP/1.1 with keep-alive, every request recorded (buffered access log; the
 * service's clicks go to a real Kafka and are counted afterwards, to the last). All CPU time of each server's process counts, with its collector, compiler and
 * background threads; counting clicks happens on another node, as reading access logs would.
 *
 * <p>Unfair would be: measuring the JVM before it has compiled (two rounds are thrown away, and all that comes before them while L1 fills), one key, clicks off, or L1's expiry inside a round (a cached link
 * is asked for again every minute by default, here every two hours: that request is an L2 hit and has its own lab).
 */
final class RedirectCostLab implements Lab {
    private static final int LINKS = 100_000;
    private static final int ROUNDS = 9;
    private static final int WARM_UPS = 2;
    private static final int ROUND_SECONDS = 3;
    private static final int FILL_PASSES_MAX = 40;
    private static final Duration COMPILING = Duration.ofSeconds(15);
    private static final double CPU_RATIO_MAX = 1.15;
    private static final int ALLOCATED_BYTES_MAX = 200;
    private static final Duration COUNTED_WITHIN = Duration.ofMinutes(8);
    private static final String OURS = "ours, click to Kafka";
    private static final String NGINX = "nginx map";
    private static final String HAPROXY = "HAProxy map";

    @Override
    public String name() {
        return "redirect-cost";
    }

    @Override
    public String question() {
        return "What does a redirect from memory cost, click included, beside nginx and HAProxy?";
    }

    @Override
    public String prediction() {
        return "nginx is C and looks a string up in a table. How many times as much CPU will the JVM need that also hands a click to Kafka? Where does the time of"
                + " either go: into user code or into the kernel? How many bytes does a redirect allocate?";
    }

    @Override
    public String method() {
        return "100,000 links, wrk with 64 connections, one worker each, servers in processes of their own, rounds interleaved and rotated. CPU is the whole process's, user and"
                + " kernel, from /proc. The ratio is that of the two rounds next to each other, so what slows the machine down for a while falls out. Redis and PostgreSQL say"
                + " themselves what they were asked; afterwards another node counts every click.";
    }

    @Override
    public Duration expectedDuration() {
        return Duration.ofMinutes(9);
    }

    @Override
    public List<Tool> tools() {
        return List.of(Tool.NGINX, Tool.HAPROXY, Tool.WRK);
    }

    @Override
    public LabResult run(LabContext context) throws Exception {
        int links = context.setting("links", LINKS);
        Duration round = Duration.ofSeconds(context.isQuick() ? 2 : context.setting("seconds", ROUND_SECONDS));
        RedirectKeys keys = RedirectKeys.draw(links, context.seed());
        Path slugs = context.workDirectory().resolve("slugs");
        keys.write(slugs, "%1$s");
        Installation installation = Installation.start(context);
        NodeProcess node = NodeProcess.start(
                context, installation.services(), "--event-loops", "1", "--cache-mib", "256", "--cache-ttl", "7200");
        context.progress("making " + links + " links");
        keys.createAll(node.uri(), Installation.KEY);
        RedirectPeers.Peer nginx = RedirectPeers.nginxMap(context, keys);
        RedirectPeers.Peer haproxy = RedirectPeers.haproxyMap(context, keys);
        StoreOperations stores = StoreOperations.watch(context, installation.services());
        Wrk wrk = new Wrk(Workspace.locate().root(), slugs);
        context.version("wrk", Tool.WRK.version());
        fill(context, node, stores, wrk);

        RoundResults results = context.rounds(ROUNDS)
                .warmUp(context.isQuick() ? 1 : WARM_UPS)
                .contender(OURS, ours(node, stores, wrk, round))
                .contender(NGINX, peer(nginx.process(), nginx.port(), wrk, round))
                .contender(HAPROXY, peer(haproxy.process(), haproxy.port(), wrk, round))
                .run();
        Clicks clicks = count(context, installation, node);
        return result(results, clicks, links);
    }

    /**
     * Until a pass over all links asks nothing of Redis any more: all are in L1. Redis tells the nodes of a fence (the mark of a link's last change) again when it removes it, ten
     * seconds later or whenever it comes across it, and the node then asks for that link once more: so Redis is made to come across all of them first.
     */
    private static void fill(LabContext context, NodeProcess node, StoreOperations stores, Wrk wrk) throws Exception {
        for (int pass = 1; pass <= FILL_PASSES_MAX; pass++) {
            context.progress("filling L1, pass " + pass);
            long before = stores.redisCommands();
            wrk.run(node.port(), Duration.ofSeconds(4));
            if (stores.redisCommands() == before) {
                context.progress("letting the JIT compiler finish");
                wrk.run(node.port(), COMPILING);
                return;
            }
            stores.removeExpired();
        }
        throw new IOException("L1 is still not full after " + FILL_PASSES_MAX + " passes");
    }

    private static Rounds.Trial peer(PeerProcess process, int port, Wrk wrk, Duration duration) {
        return round -> {
            Duration before = process.cpu().used();
            Wrk.Load load = wrk.run(port, duration);
            return measured(load, process.cpu().microsPerOperation(before, load.requests()));
        };
    }

    private static Rounds.Trial ours(NodeProcess node, StoreOperations stores, Wrk wrk, Duration duration) {
        return round -> {
            long commands = stores.redisCommands();
            long rows = stores.linkRowsRead();
            double reads = node.metric("urlshortener_source_reads_total");
            long allocated = node.allocatedBytes();
            ThreadCpu threads = node.threadCpu();
            Duration before = node.cpu().used();
            Wrk.Load load = wrk.run(node.port(), duration);
            double cpu = node.cpu().microsPerOperation(before, load.requests());
            ThreadCpu now = node.threadCpu();
            Map<String, Double> sample = new HashMap<>(measured(load, cpu));
            sample.put("allocated", (double) (node.allocatedBytes() - allocated) / load.requests());
            for (ThreadCpu.Role role : ThreadCpu.Role.values()) {
                sample.put(role.name(), now.microsSince(threads, role, load.requests()));
            }
            sample.put("reads", node.metric("urlshortener_source_reads_total") - reads);
            sample.put("commands", (double) (stores.redisCommands() - commands));
            sample.put("rows", (double) (stores.linkRowsRead() - rows));
            return sample;
        };
    }

    private static Map<String, Double> measured(Wrk.Load load, double cpuMicros) {
        return Map.of(
                "cpu",
                cpuMicros,
                "perSecond",
                load.perSecond(),
                "bytes",
                (double) load.bytes() / load.requests(),
                "p99",
                load.p99Micros() / 1e3);
    }

    /** Clicks of all rounds and of the passes before. */
    private record Clicks(long recorded, long dropped, long counted) {}

    private static Clicks count(LabContext context, Installation installation, NodeProcess node) throws Exception {
        long recorded = Math.round(node.metric("urlshortener_clicks_recorded_total"));
        long dropped = Math.round(node.metric("urlshortener_clicks_dropped_total"));
        UrlShortenerNode counting = installation.node(settings -> settings);
        long deadline = System.nanoTime() + COUNTED_WITHIN.toNanos();
        long counted = 0;
        while (counted < recorded && System.nanoTime() < deadline) {
            Thread.sleep(Duration.ofMillis(200));
            counted = Math.round(Installation.counter(List.of(counting), "urlshortener.aggregator.clicks"));
            context.progress(Figures.count(counted) + " of " + Figures.count(recorded) + " clicks counted");
        }
        return new Clicks(recorded, dropped, counted);
    }

    private static LabResult result(RoundResults results, Clicks clicks, int links) {
        RatioInterval toNginx = PairedRatio.of(results, OURS, NGINX, "cpu");
        RatioInterval toHaproxy = PairedRatio.of(results, OURS, HAPROXY, "cpu");
        double allocated = results.spread(OURS, "allocated").median();
        double reads = Arrays.stream(results.values(OURS, "reads")).sum();
        double commands = Arrays.stream(results.values(OURS, "commands")).sum();
        double rows = Arrays.stream(results.values(OURS, "rows")).sum();
        Map<String, String> headings = new LinkedHashMap<>();
        headings.put("CPU µs per redirect", "cpu");
        headings.put("redirects/s", "perSecond");
        headings.put("bytes per answer", "bytes");
        headings.put("p99 ms (closed loop)", "p99");
        Table.Builder threads = Table.of("Where our CPU time goes", "threads", "µs per redirect (min to max)");
        for (ThreadCpu.Role role : ThreadCpu.Role.values()) {
            threads.row(role.label(), PairedRatio.written(results.spread(OURS, role.name())));
        }
        return LabResult.builder()
                .verdict(
                        "server CPU per redirect from L1, click included, at most 1.15 times nginx's",
                        toNginx.ratio() <= CPU_RATIO_MAX,
                        PairedRatio.written(toNginx) + " of nginx, " + PairedRatio.written(toHaproxy) + " of HAProxy")
                .verdict(
                        "no database and no Redis operation",
                        reads == 0 && commands == 0 && rows == 0,
                        Figures.number(commands) + " Redis commands, " + Figures.number(reads) + " link queries, "
                                + Figures.number(rows) + " rows of links read in all rounds together")
                .verdict(
                        "at most 200 B allocated per redirect, all threads of the process together",
                        allocated <= ALLOCATED_BYTES_MAX,
                        PairedRatio.written(results.spread(OURS, "allocated")) + " B")
                .verdict(
                        "every click is counted",
                        clicks.counted == clicks.recorded && clicks.dropped == 0,
                        Figures.count(clicks.counted) + " of " + Figures.count(clicks.recorded) + " counted, "
                                + Figures.count(clicks.dropped) + " dropped")
                .block(results.table(
                        "Redirects over " + Figures.count(links) + " links in memory, 64 connections, one worker each",
                        NGINX,
                        headings))
                .block(results.chart("Server CPU per redirect", "µs (less is better)", "cpu", "ours"))
                .block(threads.build())
                .data("links", links)
                .data("rounds", results.data())
                .data("cpu_ratio_to_nginx_paired", PairedRatio.data(toNginx))
                .data("cpu_ratio_to_haproxy_paired", PairedRatio.data(toHaproxy))
                .data("clicks_recorded", clicks.recorded)
                .data("clicks_counted", clicks.counted)
                .data("clicks_dropped", clicks.dropped)
                .conclusion("A redirect with its click took " + PairedRatio.written(toNginx)
                        + " of nginx's CPU time and "
                        + PairedRatio.written(toHaproxy) + " of HAProxy's, and allocated "
                        + PairedRatio.written(results.spread(OURS, "allocated"))
                        + " B. The event loop itself took "
                        + PairedRatio.written(results.spread(OURS, ThreadCpu.Role.EVENT_LOOP.name()))
                        + " µs of it, handing clicks to Kafka "
                        + PairedRatio.written(results.spread(OURS, ThreadCpu.Role.CLICKS.name()))
                        + " µs. nginx and HAProxy answer with more bytes ("
                        + Figures.number(results.spread(NGINX, "bytes").median()) + " and "
                        + Figures.number(results.spread(HAPROXY, "bytes").median()) + ", ours "
                        + Figures.number(results.spread(OURS, "bytes").median())
                        + "): nginx adds a page for people and its name, which cannot be turned off.");
    }
}
