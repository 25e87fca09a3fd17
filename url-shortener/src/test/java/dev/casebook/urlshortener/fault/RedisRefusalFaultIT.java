package dev.casebook.urlshortener.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.backing.RedisService;
import dev.casebook.backing.testing.SharedBacking;
import dev.casebook.urlshortener.UrlShortenerNode;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Redis is there and answers, but it refuses: it has no memory left, or it has become a replica. */
class RedisRefusalFaultIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Shorter than an entry lives in memory when nobody says that it changed: what is seen within it was heard. */
    private static final Duration HEARD_WITHIN = Duration.ofSeconds(20);

    private static final int LINKS = 60;
    private static final int EDITED = 5;

    /** A port on which nothing answers: a replica of it has no primary. */
    private static final int NOBODY = 1;

    @TempDir
    private static Path folder;

    private static final Api API = new Api();
    private static RedisService redis;
    private static RedisClient client;
    private static StatefulRedisConnection<String, String> connection;
    private static Installation installation;
    private static UrlShortenerNode one;
    private static UrlShortenerNode two;

    /** How a Redis at its limit of memory behaves. */
    enum Full {
        /** {@code noeviction}: whatever needs memory is refused. */
        REFUSES {
            @Override
            void begin(RedisCommands<String, String> redis) {
                redis.configSet("maxmemory-policy", "noeviction");
                redis.configSet("maxmemory", "1");
            }

            @Override
            boolean isFelt(RedisCommands<String, String> redis) {
                return failures(one) > 0 && failures(two) > 0;
            }
        },
        /** {@code allkeys-lru}: anything may vanish at any time, entries, leases and fences. */
        EVICTS {
            private static final int BATCHES = 40;
            private static final int BATCH_KEYS = 50;
            private static final int VALUE_BYTES = 1_000;

            @Override
            void begin(RedisCommands<String, String> redis) {
                load(redis, "kept:");
                redis.configSet("maxmemory-policy", "allkeys-lru");
                redis.configSet("maxmemory", Long.toString(stat(redis, "memory", "used_memory")));
                load(redis, "too much:");
            }

            private void load(RedisCommands<String, String> redis, String name) {
                for (int batch = 0; batch < BATCHES; batch++) {
                    Map<String, String> values = new HashMap<>();
                    for (int i = 0; i < BATCH_KEYS; i++) {
                        values.put(name + batch + ":" + i, "x".repeat(VALUE_BYTES));
                    }
                    redis.mset(values);
                }
            }

            @Override
            boolean isFelt(RedisCommands<String, String> redis) {
                return stat(redis, "stats", "evicted_keys") > 0;
            }
        };

        abstract void begin(RedisCommands<String, String> redis);

        abstract boolean isFelt(RedisCommands<String, String> redis);
    }

    @BeforeAll
    static void open() throws Exception {
        redis = RedisService.open("embedded", folder.resolve("servers"));
        client = RedisClient.create(redis.uri());
        connection = client.connect();
        installation =
                new Installation(folder.resolve("nodes"), SharedBacking.freshDatabase(), redis, SharedBacking.kafka());
        one = installation.node("one");
        two = installation.node("two");
    }

    @AfterAll
    static void close() {
        installation.close();
        connection.close();
        client.shutdown();
        redis.close();
        API.close();
    }

    @ParameterizedTest
    @EnumSource(Full.class)
    void aFullRedisFailsNoRequestEmptiesNoMemoryAndStillSpreadsEdits(Full full) throws Exception {
        List<URI> both = List.of(one.uri(), two.uri());
        List<String> visited = links("visited/" + full, LINKS);
        List<String> edited = links("edited/" + full, EDITED);
        for (String slug : edited) {
            inMemory(one.uri(), slug);
            inMemory(two.uri(), slug);
        }
        double emptied = emptied(one) + emptied(two);
        try (Traffic traffic = new Traffic(API, () -> both, visited)) {
            full.begin(connection.sync());
            try {
                traffic.start(4, 2);
                for (String slug : edited) {
                    edit(one.uri(), slug);
                    await().atMost(HEARD_WITHIN)
                            .pollInterval(Duration.ofMillis(10))
                            .until(() -> API.destination(two.uri(), slug).equals(changed(slug)));
                }
                await().atMost(PATIENCE)
                        .until(() -> traffic.redirects() > 4 * LINKS
                                && traffic.created().size() > 20
                                && full.isFelt(connection.sync()));
                assertThat(isDegraded(one) || isDegraded(two)).isFalse();
            } finally {
                connection.sync().configSet("maxmemory", "0");
            }
            long after = traffic.redirects();
            await().atMost(PATIENCE).until(() -> traffic.redirects() > after + 50);
            traffic.stop();
            assertThat(traffic.failures()).isEmpty();
            assertThat(traffic.unanswered()).isZero();
        }
        assertThat(emptied(one) + emptied(two))
                .as("times that a node has lost its memory")
                .isEqualTo(emptied);
        try (UrlShortenerNode later = installation.node("after-" + full)) {
            for (String slug : edited) {
                for (URI node : List.of(one.uri(), two.uri(), later.uri())) {
                    assertThat(API.destination(node, slug)).isEqualTo(changed(slug));
                }
            }
        }
        String fresh = links("fresh/" + full, 1).getFirst();
        assertThat(timing(one.uri(), fresh)).contains("l2", "db");
        assertThat(timing(two.uri(), fresh))
                .as("Redis takes loads again")
                .contains("l2")
                .doesNotContain("db");
    }

    @Test
    void aRedisThatHasBecomeAReplicaCountsAsAwayUntilItTakesWritesAgain() throws Exception {
        String slug = links("replica", 1).getFirst();
        List<String> cold = links("replica/cold", 20);
        inMemory(one.uri(), slug);
        inMemory(two.uri(), slug);
        connection.sync().replicaof("127.0.0.1", NOBODY);
        try {
            await().atMost(PATIENCE).until(() -> isDegraded(one) && isDegraded(two));
            double emptied = emptied(one) + emptied(two);

            edit(one.uri(), slug);

            assertThat(API.destination(one.uri(), slug))
                    .as("its author sees it")
                    .isEqualTo(changed(slug));
            await().atMost(HEARD_WITHIN)
                    .until(() -> API.destination(two.uri(), slug).equals(changed(slug)));
            for (String other : cold) {
                assertThat(API.visit(one.uri(), other).statusCode()).isEqualTo(302);
                assertThat(API.visit(two.uri(), other).statusCode()).isEqualTo(302);
            }
            assertThat(isDegraded(one) && isDegraded(two)).isTrue();
            assertThat(emptied(one) + emptied(two))
                    .as("nobody takes it for one that is back")
                    .isEqualTo(emptied);
        } finally {
            connection.sync().replicaofNoOne();
        }
        await().atMost(PATIENCE).until(() -> !isDegraded(one) && !isDegraded(two));
        for (UrlShortenerNode node : List.of(one, two)) {
            assertThat(API.destination(node.uri(), slug)).isEqualTo(changed(slug));
            inMemory(node.uri(), slug);
        }
    }

    private static List<String> links(String name, int count) throws Exception {
        List<String> slugs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            slugs.add(API.slug(one.uri(), "https://example.com/" + name + "/" + i));
        }
        return slugs;
    }

    private static void inMemory(URI node, String slug) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> timing(node, slug).equals("l1"));
    }

    private static void edit(URI node, String slug) throws Exception {
        assertThat(API.edit(node, slug, changed(slug)).statusCode()).isEqualTo(200);
    }

    private static String changed(String slug) {
        return "https://example.com/changed/" + slug;
    }

    private static String timing(URI node, String slug) throws Exception {
        return API.visit(node, slug).headers().firstValue("server-timing").orElse("");
    }

    private static boolean isDegraded(UrlShortenerNode node) {
        return node.meters().get("urlshortener.near.degraded").gauge().value() == 1;
    }

    private static double emptied(UrlShortenerNode node) {
        return node.meters().get("urlshortener.clearings").counter().count();
    }

    private static double failures(UrlShortenerNode node) {
        return node.meters().get("urlshortener.redis.failures").counter().count();
    }

    private static long stat(RedisCommands<String, String> redis, String section, String name) {
        return redis.info(section)
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(
                        line -> Long.parseLong(line.substring(name.length() + 1).trim()))
                .findFirst()
                .orElseThrow();
    }
}
