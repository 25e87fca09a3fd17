package dev.casebook.urlshortener.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.backing.RedisService;
import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import dev.casebook.urlshortener.store.Database;
import dev.casebook.urlshortener.store.TestDatabase;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Visit limits on real PostgreSQL: the grants by themselves, and three whole nodes. */
class VisitLimitIT {
    private static final int MAX = 450;
    private static final int VISITORS = 700;

    @TempDir
    Path folder;

    @Test
    void concurrentGrantsOfAnySizeAddUpToTheLimit() throws Exception {
        long seed = new Random().nextLong();
        try (Database database = TestDatabase.open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            PostgresVisitGrants grants = new PostgresVisitGrants(database.dataSource());
            List<Callable<Integer>> takers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                Random random = new Random(seed + i);
                takers.add(() -> {
                    int sum = 0;
                    int granted;
                    do {
                        granted = grants.grant(1, 1 + random.nextInt(20), 1_000);
                        sum += granted;
                    } while (granted > 0);
                    return sum;
                });
            }

            int sum = 0;
            for (Future<Integer> taken : threads.invokeAll(takers)) {
                sum += taken.get();
            }

            assertThat(sum).as("seed %d", seed).isEqualTo(1_000);
            assertThat(grants.grant(1, 5, 900))
                    .as("a limit lowered below what is handed out")
                    .isZero();
            assertThat(grants.grant(1, 5, 1_003)).as("a limit raised by three").isEqualTo(3);
        }
    }

    @Test
    void exactlyTheLimitGetsThroughOnThreeNodesWhileRedisIsEmptiedAndKilledAndComesBack() throws Exception {
        try (RedisService redis = RedisService.open("embedded", folder);
                TestNodes nodes = new TestNodes(folder, redis);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<UrlShortenerNode> all = List.of(nodes.start(), nodes.start(), nodes.start());
            String slug =
                    nodes.create(all.getFirst(), "{\"longUrl\":\"https://example.com/\",\"maxVisits\":" + MAX + "}");
            CountDownLatch underWay = new CountDownLatch(MAX / 3);
            List<Future<Integer>> visits = new ArrayList<>();
            for (int i = 0; i < VISITORS; i++) {
                UrlShortenerNode node = all.get(i % all.size());
                visits.add(threads.submit(() -> {
                    int status;
                    do {
                        status = nodes.visit(node, slug).statusCode();
                    } while (status == 503);
                    underWay.countDown();
                    return status;
                }));
            }

            assertThat(underWay.await(1, TimeUnit.MINUTES)).isTrue();
            flush(redis);
            redis.process().kill();
            redis.process().restart();
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> visit : visits) {
                statuses.add(visit.get());
            }

            assertThat(statuses).filteredOn(status -> status == 302).hasSize(MAX);
            assertThat(statuses).filteredOn(status -> status == 404).hasSize(VISITORS - MAX);
        }
    }

    private static void flush(RedisService redis) {
        RedisClient client = RedisClient.create(redis.uri());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().flushall();
        } finally {
            client.shutdown();
        }
    }
}
