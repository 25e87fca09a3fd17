package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.Workspace;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.load.HttpRequests;
import dev.casebook.benchmarks.load.HttpTarget;
import dev.casebook.benchmarks.load.LoadDriver;
import dev.casebook.benchmarks.load.LoadPlan;
import dev.casebook.benchmarks.load.LoadResult;
import dev.casebook.benchmarks.load.LoadSetup;
import dev.casebook.benchmarks.measure.ProcessCpu;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Redirects of one installation by the tier that answers: from L1; from PostgreSQL, with L1 and Redis empty; and from Redis, with L1 empty. Each trial checks by the service's own
 * counters that it was that tier and no other. CPU is that of whole processes; latency is open-loop, from the moment a request was due.
 */
final class RedirectTrials {
    /** The metric that adds up the CPU of the service, PostgreSQL and Redis. */
    static final String STORES_AND_SERVICE = "stores and service";

    /** Put before the metrics of {@link #belowL1}, by the tier that answered. */
    static final String DATABASE = "postgresql: ";

    static final String REDIS = "redis: ";

    private static final int FILL_PASSES_MAX = 10;
    private static final int FILL_SECONDS = 4;
    private static final int WARM_UP_RATE = 1_500;
    private static final Duration EMPTY_WITHIN = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LEAD = Duration.ofSeconds(1);
    private static final String LOOKUPS = "urlshortener_lookups_total";
    private static final String READS = "urlshortener_source_reads_total";
    private static final String OPERATIONS = "urlshortener_redis_operations_total";
    /** In CLIENT LIST, of a connection that tracks keys. */
    private static final Pattern TRACKING = Pattern.compile(" flags=\\w*t");

    private static final double MICROS = 1e6;
    private static final double NANOS_A_SECOND = 1e9;
    private static final double NANOS_A_MILLI = 1e6;

    private final LabContext context;
    private final Deployment deployment;
    private final PermutedLinks links;
    private final List<String> resident;
    private final Wrk wrk;

    /** @param resident links that the trials of L1 ask for, at random from all */
    RedirectTrials(LabContext context, Deployment deployment, PermutedLinks links, int resident) throws Exception {
        this.context = context;
        this.deployment = deployment;
        this.links = links;
        this.resident = draw(resident, context.seed());
        Path slugs = deployment.folder().resolve("slugs");
        Files.write(slugs, this.resident);
        this.wrk = new Wrk(Workspace.locate().root(), slugs);
    }

    Deployment deployment() {
        return deployment;
    }

    PermutedLinks links() {
        return links;
    }

    /** Asks for each link of {@link #fromL1} until none asks anything of Redis or PostgreSQL, and then until the compiler has seen enough. */
    void fillL1(Duration compiling) throws Exception {
        for (int pass = 1; pass <= FILL_PASSES_MAX; pass++) {
            double operations = askedBelowL1();
            Paced paced = paced(resident, resident.size() / FILL_SECONDS, Duration.ofSeconds(FILL_SECONDS));
            if (paced.sent >= resident.size() && askedBelowL1() == operations) {
                wrk.run(deployment.uri().getPort(), compiling);
                return;
            }
        }
        throw new IOException("L1 is still not full after " + FILL_PASSES_MAX + " passes");
    }

    /** Asks for the links of {@link #fromL1} from PostgreSQL and from Redis, so often that the compiler is done with both ways before {@link #belowL1} is measured. */
    void warmUpBelowL1(int passes) throws Exception {
        for (int pass = 1; pass <= passes; pass++) {
            emptyL1AndRedis();
            paced(resident, WARM_UP_RATE, Duration.ofSeconds(FILL_SECONDS));
            emptyL1();
            paced(resident, WARM_UP_RATE, Duration.ofSeconds(FILL_SECONDS));
        }
    }

    /** CPU at saturation, then latency at a rate that leaves the machine mostly idle. */
    Map<String, Double> fromL1(Duration duration, int rate, int round) throws Exception {
        double operations = askedBelowL1();
        Map<String, Double> before = deployment.cpuSeconds();
        Wrk.Load load = wrk.run(deployment.uri().getPort(), duration);
        Map<String, Double> sample = new HashMap<>(cpuMicros(before, load.requests()));
        sample.put("perSecond", load.perSecond());
        SplittableRandom random = new SplittableRandom(context.seed() + round);
        List<String> asked = new ArrayList<>();
        for (int i = 0; i < requests(rate, duration); i++) {
            asked.add(resident.get(random.nextInt(resident.size())));
        }
        latency(sample, paced(asked, rate, duration));
        operations = askedBelowL1() - operations;
        if (operations != 0) {
            throw new IOException("redirects from L1 made " + operations + " operations of Redis and PostgreSQL");
        }
        return sample;
    }

    /**
     * Links at random from all, none twice: first after L1 and Redis were emptied, so that PostgreSQL must answer each; then, with L1 emptied again, the same ones from Redis, where they are now. CPU and
     * latency are those of the same requests.
     */
    Map<String, Double> belowL1(Duration duration, int rate, int round) throws Exception {
        List<String> asked = draw(requests(rate, duration), context.seed() + 1_000 + round);
        Map<String, Double> sample = new HashMap<>();
        emptyL1AndRedis();
        below(DATABASE, asked, duration, rate, 1, sample);
        emptyL1();
        below(REDIS, asked, duration, rate, 0, sample);
        return sample;
    }

    private void below(
            String tier, List<String> asked, Duration duration, int rate, int readsEach, Map<String, Double> sample)
            throws Exception {
        double lookups = deployment.metric(LOOKUPS);
        double reads = deployment.metric(READS);
        double operations = deployment.metric(OPERATIONS);
        Map<String, Double> before = deployment.cpuSeconds();
        Paced paced = paced(asked, rate, duration);
        Map<String, Double> measured = cpuMicros(before, paced.sent);
        latency(measured, paced);
        lookups = deployment.metric(LOOKUPS) - lookups;
        reads = deployment.metric(READS) - reads;
        operations = deployment.metric(OPERATIONS) - operations;
        if (lookups != paced.sent || reads != readsEach * paced.sent || operations < paced.sent) {
            throw new IOException(paced.sent + " redirects made " + lookups + " look-ups, " + operations
                    + " operations of Redis and " + reads + " queries");
        }
        measured.put("operations", operations / paced.sent);
        measured.forEach((metric, value) -> sample.put(tier + metric, value));
    }

    /** CPU seconds a second of each part while nobody asks for anything. */
    Map<String, Double> idle(Duration duration) throws InterruptedException {
        Map<String, Double> before = deployment.cpuSeconds();
        long begin = System.nanoTime();
        Thread.sleep(duration);
        double seconds = (System.nanoTime() - begin) / NANOS_A_SECOND;
        Map<String, Double> used = new TreeMap<>();
        deployment
                .cpuSeconds()
                .forEach((part, now) -> used.put(part, (now - before.getOrDefault(part, 0.0)) / seconds));
        return used;
    }

    /** Pages of the links and their indexes that PostgreSQL has asked the kernel for so far, as they were not in its own buffers. */
    long pagesNotInBuffers() throws SQLException {
        return deployment.number(
                "SELECT heap_blks_read + idx_blks_read FROM pg_statio_user_tables" + " WHERE relname = 'links'");
    }

    /** Queries for links so far. */
    double queries() throws IOException, InterruptedException {
        return deployment.metric(READS);
    }

    private static int requests(int rate, Duration duration) {
        return Math.toIntExact(rate * (duration.plus(LEAD).toSeconds() + 1));
    }

    /** Different links, each as likely as any other. */
    private List<String> draw(int howMany, long seed) {
        if (howMany > links.count()) {
            throw new IllegalArgumentException(howMany + " different links of " + links.count());
        }
        SplittableRandom random = new SplittableRandom(seed);
        Set<Integer> numbers = new LinkedHashSet<>();
        while (numbers.size() < howMany) {
            numbers.add(random.nextInt(links.count()));
        }
        return numbers.stream().map(links::code).toList();
    }

    private double askedBelowL1() throws IOException, InterruptedException {
        return deployment.metric(OPERATIONS) + deployment.metric(READS);
    }

    /** FLUSHALL empties Redis and, as Redis tells the node so, L1. */
    private void emptyL1AndRedis() throws Exception {
        onRedis(RedisCommands::flushall);
    }

    /** A node that has lost the connection on which it hears of changes trusts nothing that L1 holds: it connects anew and begins with an empty one. */
    private void emptyL1() throws Exception {
        onRedis(redis -> {
            long killed = redis.clientList()
                    .lines()
                    .filter(client -> TRACKING.matcher(client).find())
                    .map(client -> client.substring(client.indexOf('=') + 1, client.indexOf(' ')))
                    .mapToLong(id -> redis.clientKill(KillArgs.Builder.id(Long.parseLong(id))))
                    .sum();
            if (killed == 0) {
                throw new IllegalStateException("nobody tracks Redis' keys: " + redis.clientList());
            }
        });
    }

    /** Does something that makes the node empty L1, and waits until it has, and trusts Redis again. */
    private void onRedis(Consumer<RedisCommands<String, String>> action) throws Exception {
        double clearings = deployment.metric("urlshortener_clearings_total");
        RedisClient client = RedisClient.create(deployment.services().redis().uri());
        try {
            action.accept(client.connect().sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
        long deadline = System.nanoTime() + EMPTY_WITHIN.toNanos();
        while (deployment.metric("urlshortener_clearings_total") == clearings
                || deployment.metric("urlshortener_near_links") > 0
                || deployment.metric("urlshortener_near_degraded") > 0) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("L1 is not empty " + EMPTY_WITHIN + " later");
            }
            Thread.sleep(Duration.ofMillis(20));
        }
    }

    private Map<String, Double> cpuMicros(Map<String, Double> before, long requests) {
        Map<String, Double> micros = new HashMap<>();
        deployment
                .cpuSeconds()
                .forEach((part, seconds) ->
                        micros.put(part, (seconds - before.getOrDefault(part, 0.0)) * MICROS / requests));
        micros.put(
                STORES_AND_SERVICE,
                micros.getOrDefault("service", 0.0)
                        + micros.getOrDefault("postgres", 0.0)
                        + micros.getOrDefault("redis", 0.0));
        return micros;
    }

    private static void latency(Map<String, Double> sample, Paced paced) {
        sample.put("p50", paced.result.latency().getValueAtPercentile(50) / NANOS_A_MILLI);
        sample.put("p99", paced.result.latency().getValueAtPercentile(99) / NANOS_A_MILLI);
    }

    /** @param sent with those of the lead, which no latency is taken of */
    private record Paced(LoadResult result, long sent) {}

    private Paced paced(List<String> slugs, int rate, Duration duration) throws IOException, InterruptedException {
        LoadSetup setup = new LoadSetup(
                deployment.uri(),
                Wrk.CONNECTIONS,
                1,
                TIMEOUT,
                "",
                new LoadSetup.Settings(Map.of()),
                context.seed(),
                context::progress);
        AtomicLong sent = new AtomicLong();
        try (HttpTarget target =
                HttpTarget.open(setup, List.of("redirect"), (operation, status) -> status == 302, lane -> out -> {
                    String slug = slugs.get((int) (sent.getAndIncrement() % slugs.size()));
                    out.writeBytes(HttpRequests.get(deployment.uri(), "/" + slug, Map.of()));
                    return 0;
                })) {
            @Nullable ProcessCpu measuredHere = null;
            LoadResult result =
                    new LoadDriver(target, TIMEOUT, measuredHere).run(new LoadPlan(rate, LEAD, duration), second -> {});
            if (result.expected() != result.requests()) {
                throw new IOException("not all were redirected: " + result.outcomes());
            }
            return new Paced(result, sent.get());
        }
    }
}
