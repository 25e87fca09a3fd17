package dev.casebook.urlshortener.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.backing.testing.SharedBacking;
import dev.casebook.urlshortener.UrlShortenerNode;
import dev.casebook.urlshortener.cache.TierSettings;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node is killed while it loads a cold link for the whole cluster: it has the lease in Redis and waits for PostgreSQL, whose table the test
 * has locked. Visitors of two other nodes wait for it.
 */
class LeaseHolderKillFaultIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration LEASE = TierSettings.defaults().shared().leaseTtl();

    /** The lease's time, and much slowness of the machine. */
    private static final Duration ANSWERED_WITHIN = LEASE.plusSeconds(8);

    /** The others come so much later than the lease was taken: nobody's patience, as long as a lease, ends with it. */
    private static final Duration LATER = Duration.ofMillis(500);

    private static final int VISITORS_PER_NODE = 6;

    @TempDir
    private Path folder;

    private final Api api = new Api();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private RedisClient client;
    private StatefulRedisConnection<String, String> redis;
    private Installation installation;

    @BeforeEach
    void open() {
        client = RedisClient.create(SharedBacking.redis().uri());
        redis = client.connect();
        installation = Installation.onSharedServers(folder);
    }

    @AfterEach
    void close() {
        installation.close();
        redis.close();
        client.shutdown();
        threads.shutdownNow();
        api.close();
    }

    @Test
    void whoWaitsForAKilledLoaderIsAnsweredWhenItsLeaseEndsAndOneOfThemAsksTheDatabase() throws Exception {
        NodeProcess loader = installation.launch("loader");
        UrlShortenerNode one = installation.node("one");
        UrlShortenerNode two = installation.node("two");
        String destination = "https://example.com/cold";
        String slug = api.slug(one.uri(), destination);
        String lease = leaseOf(slug);
        List<Future<HttpResponse<String>>> waiting = new ArrayList<>();
        try (Connection connection = installation.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE links IN ACCESS EXCLUSIVE MODE");
            Future<HttpResponse<String>> cutOff = threads.submit(visit(loader.uri(), slug));
            RedisCommands<String, String> keys = redis.sync();
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> keys.exists(lease) == 1 && isLockAwaited());
            loader.kill();
            await().atMost(PATIENCE).until(cutOff::isDone);
            assertThat(cutOff.state()).isEqualTo(Future.State.FAILED);
            connection.rollback();
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> keys.pttl(lease) < LEASE.minus(LATER).toMillis());
            assertThat(keys.exists(lease)).as("the dead node's lease").isEqualTo(1);
        }

        for (int i = 0; i < VISITORS_PER_NODE; i++) {
            waiting.add(threads.submit(visit(one.uri(), slug)));
            waiting.add(threads.submit(visit(two.uri(), slug)));
        }

        long deadline = System.nanoTime() + ANSWERED_WITHIN.toNanos();
        for (Future<HttpResponse<String>> visitor : waiting) {
            HttpResponse<String> response =
                    visitor.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            assertThat(response.headers().firstValue("location")).contains(destination);
        }
        assertThat(count(one, "urlshortener.source.reads") + count(two, "urlshortener.source.reads"))
                .as("queries for it")
                .isEqualTo(1);
        assertThat(count(one, "urlshortener.lease.timeouts") + count(two, "urlshortener.lease.timeouts"))
                .as("nodes that went to the database without a lease")
                .isZero();
        long waited = one.meters().get("urlshortener.lease.waits").timer().count()
                + two.meters().get("urlshortener.lease.waits").timer().count();
        assertThat(waited)
                .as("one waited for the dead node, one for the living one, too")
                .isEqualTo(2);
    }

    private Callable<HttpResponse<String>> visit(URI node, String slug) {
        return () -> api.visit(node, slug);
    }

    /** The key of the lease, made from that of the fence which the link's creation has left. */
    private String leaseOf(String slug) {
        String fence = redis.sync().keys("*us:f:*/" + slug).getFirst();
        return fence.replace("us:f:", "us:ll:");
    }

    private boolean isLockAwaited() throws Exception {
        return installation.number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND wait_event_type = 'Lock' AND query LIKE '%links%'")
                > 0;
    }

    private static double count(UrlShortenerNode node, String counter) {
        return node.meters().get(counter).counter().count();
    }
}
