package dev.casebook.urlshortener.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.backing.RedisService;
import dev.casebook.backing.testing.SharedBacking;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Redis killed, and stopped so that connections stay open and nothing answers, under traffic. */
class RedisOutageFaultIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private final Api api = new Api();
    private RedisService redis;
    private Installation installation;

    @BeforeEach
    void open() {
        redis = RedisService.open("embedded", folder.resolve("servers"));
        installation =
                new Installation(folder.resolve("nodes"), SharedBacking.freshDatabase(), redis, SharedBacking.kafka());
    }

    @AfterEach
    void close() {
        redis.process().resume();
        installation.close();
        redis.close();
        api.close();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void redirectsGoOnAndAnEditMadeMeanwhileIsInForceOnEveryNodeAfterwards(Fault fault) throws Exception {
        UrlShortenerNode one = installation.node("one");
        UrlShortenerNode two = installation.node("two");
        List<URI> both = List.of(one.uri(), two.uri());
        String edited = api.slug(one.uri(), "https://example.com/old");
        String visited = api.slug(one.uri(), "https://example.com/visited");
        for (URI node : both) {
            assertThat(api.destination(node, edited)).isEqualTo("https://example.com/old");
        }
        try (Traffic traffic = new Traffic(api, () -> both, List.of(visited)).start(4, 0)) {
            await().atMost(PATIENCE).until(() -> traffic.redirects() > 50);

            fault.begin(redis.process());

            await().atMost(PATIENCE).until(() -> isDegraded(one) && isDegraded(two));
            assertThat(api.edit(one.uri(), edited, "https://example.com/new").statusCode())
                    .isEqualTo(200);
            await().atMost(PATIENCE)
                    .until(() -> api.destination(two.uri(), edited).equals("https://example.com/new"));
            double asked = redisOperations(one) + redisOperations(two);
            long during = traffic.redirects();
            await().atMost(PATIENCE).until(() -> traffic.redirects() > during + 200);
            assertThat(redisOperations(one) + redisOperations(two))
                    .as("no redirect waits for a Redis that is known to be away")
                    .isEqualTo(asked);

            fault.end(redis.process());

            await().atMost(PATIENCE).until(() -> !isDegraded(one) && !isDegraded(two));
            for (URI node : both) {
                assertThat(api.destination(node, edited)).isEqualTo("https://example.com/new");
            }
            URI three = installation.node("three").uri();
            assertThat(api.destination(three, edited)).as("from Redis alone").isEqualTo("https://example.com/new");
            assertThat(api.visit(three, visited).headers().firstValue("Server-Timing"))
                    .as("Redis is in use again")
                    .hasValueSatisfying(tiers -> assertThat(tiers).contains("l2"));
            long after = traffic.redirects();
            await().atMost(PATIENCE).until(() -> traffic.redirects() > after + 50);
            traffic.stop();
            assertThat(traffic.failures()).isEmpty();
            assertThat(traffic.unanswered()).isZero();
            assertThat(traffic.passedOn()).isZero();
        }
    }

    private static boolean isDegraded(UrlShortenerNode node) {
        return node.meters().get("urlshortener.near.degraded").gauge().value() == 1;
    }

    private static double redisOperations(UrlShortenerNode node) {
        return node.meters().get("urlshortener.redis.operations").counter().count();
    }
}
