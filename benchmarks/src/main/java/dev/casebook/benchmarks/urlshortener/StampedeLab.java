package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.lab.RoundResults;
import dev.casebook.urlshortener.UrlShortenerNode;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many database queries do 1,000 simultaneous requests for one uncached link cost? Three ways in the same run: look in Redis, else in PostgreSQL, then fill
 * Redis (the textbook's cache-aside, in this JVM, with a pool of connections as large as the three nodes' together); the service with one flight per node and no lease (each
 * node with a Redis namespace of its own, so that no node hears of another); the service as it is. Unfair would be to count queries that a full pool has
 * refused: the naive way waits for a connection instead.
 */
final class StampedeLab implements Lab {
    private static final int REQUESTS = 1_000;
    private static final int NODES = 3;
    private static final int NAIVE_CONNECTIONS = 30;
    private static final String NAIVE = "cache-aside";
    private static final String FLIGHT = "ours, one flight per node";
    private static final String LEASE = "ours, with the cluster's lease";

    @Override
    public String name() {
        return "stampede";
    }

    @Override
    public String question() {
        return "How many queries does a cold link cost that 1,000 visitors ask for at once?";
    }

    @Override
    public String prediction() {
        return "Three nodes, one link in no cache, 1,000 requests in the same moment: how many reach PostgreSQL with plain cache-aside? With one flight"
                + " per process? What has to be shared to make it one?";
    }

    @Override
    public String method() {
        return "Three nodes on one PostgreSQL and one Redis. Each round makes a new link, empties nothing else, and lets 1,000 virtual threads ask for it at"
                + " the same moment, spread over the nodes. Queries are counted where they are sent.";
    }

    @Override
    public Duration expectedDuration() {
        return Duration.ofSeconds(90);
    }

    @Override
    public LabResult run(LabContext context) throws Exception {
        Installation installation = Installation.start(context);
        List<UrlShortenerNode> together = installation.nodes(NODES, settings -> settings);
        List<UrlShortenerNode> apart = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            String namespace = "apart" + i + ":";
            apart.add(installation.node(settings -> settings.withNamespace(namespace)));
        }
        RedisClient redis = RedisClient.create(installation.services().redis().uri());
        context.own(redis::shutdown);
        StatefulRedisConnection<String, String> connection = context.own(redis.connect());

        RoundResults results = context.rounds(7)
                .warmUp(2)
                .contender(NAIVE, round -> naive(installation, together.getFirst(), connection.sync()))
                .contender(FLIGHT, round -> service(installation, apart))
                .contender(LEASE, round -> service(installation, together))
                .run();

        Map<String, String> headings = new LinkedHashMap<>();
        headings.put("database queries", "queries");
        headings.put("slowest answer, ms", "slowest");
        double worst = results.spread(LEASE, "queries").max();
        return LabResult.builder()
                .verdict(
                        "1,000 concurrent requests for one cold key on three nodes: exactly one database query",
                        worst == 1 && results.spread(LEASE, "queries").min() == 1,
                        "at most " + Math.round(worst) + " in " + results.values(LEASE, "queries").length + " rounds")
                .block(results.table("1,000 requests for a cold link, three nodes", LEASE, headings))
                .block(results.chart("Database queries per cold link", "queries (less is better)", "queries", "ours"))
                .block(results.chart("Slowest of 1,000 answers", "ms (less is better)", "slowest", "ours"))
                .data("rounds", results.data())
                .conclusion(
                        "Cache-aside sent "
                                + Math.round(results.spread(NAIVE, "queries").median())
                                + " queries for one link, one flight per node "
                                + Math.round(results.spread(FLIGHT, "queries").median()) + ", the lease "
                                + Math.round(results.spread(LEASE, "queries").median())
                                + ". A process can only collapse its own requests; to collapse those of all nodes one of them has to be appointed, and the others have to wait for what it finds.");
    }

    private static Map<String, Double> service(Installation installation, List<UrlShortenerNode> nodes)
            throws Exception {
        String slug = installation.create(nodes.getFirst(), "https://example.com/cold");
        double before = Installation.counter(nodes, "urlshortener.source.reads");
        AtomicInteger turn = new AtomicInteger();
        double slowest = allAtOnce(() -> {
            Installation.Visit visit =
                    installation.visit(nodes.get(Math.floorMod(turn.getAndIncrement(), nodes.size())), slug);
            if (visit.status() != 302) {
                throw new IllegalStateException("a redirect was expected: " + visit);
            }
            return visit;
        });
        return Map.of("queries", Installation.counter(nodes, "urlshortener.source.reads") - before, "slowest", slowest);
    }

    private static Map<String, Double> naive(
            Installation installation, UrlShortenerNode node, RedisCommands<String, String> redis) throws Exception {
        String slug = installation.create(node, "https://example.com/cold");
        AtomicInteger queries = new AtomicInteger();
        Semaphore pool = new Semaphore(NAIVE_CONNECTIONS);
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < NAIVE_CONNECTIONS; i++) {
            connections.add(DriverManager.getConnection(
                    installation.services().postgres().jdbcUrl(),
                    installation.services().postgres().user(),
                    installation.services().postgres().password()));
        }
        try {
            ConcurrentLinkedQueue<Connection> free = new ConcurrentLinkedQueue<>(connections);
            double slowest = allAtOnce(() -> {
                String key = "naive:" + slug;
                String cached = redis.get(key);
                if (cached != null) {
                    return cached;
                }
                pool.acquire();
                Connection connection = free.remove();
                try {
                    queries.incrementAndGet();
                    String longUrl = longUrl(connection, slug);
                    redis.set(key, longUrl, SetArgs.Builder.ex(60));
                    return longUrl;
                } finally {
                    free.add(connection);
                    pool.release();
                }
            });
            return Map.of("queries", queries.doubleValue(), "slowest", slowest);
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    private static String longUrl(Connection connection, String slug) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT long_url FROM links WHERE domain = '' AND slug = ?")) {
            select.setString(1, slug);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("no link: " + slug);
                }
                return row.getString(1);
            }
        }
    }

    /** Runs the request {@link #REQUESTS} times at once; gives the slowest in milliseconds. */
    private static double allAtOnce(Callable<?> request) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Long>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < REQUESTS; i++) {
                answers.add(threads.submit(() -> {
                    start.await();
                    long begin = System.nanoTime();
                    request.call();
                    return System.nanoTime() - begin;
                }));
            }
            start.countDown();
            long[] nanos = new long[REQUESTS];
            for (int i = 0; i < REQUESTS; i++) {
                nanos[i] = answers.get(i).get();
            }
            return Arrays.stream(nanos).max().orElse(0) / 1e6;
        }
    }
}
