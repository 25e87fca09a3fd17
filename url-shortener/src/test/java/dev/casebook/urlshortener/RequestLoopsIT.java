package dev.casebook.urlshortener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.backing.RedisService;
import dev.casebook.common.http.EventLoops;
import dev.casebook.urlshortener.cache.AnswerEncoder;
import dev.casebook.urlshortener.cache.KeyObserver;
import dev.casebook.urlshortener.cache.Lookup;
import dev.casebook.urlshortener.cache.RedisLinkStore;
import dev.casebook.urlshortener.cache.RedisSettings;
import dev.casebook.urlshortener.cache.ServingThread;
import dev.casebook.urlshortener.cache.TierSettings;
import dev.casebook.urlshortener.cache.TieredLinkCache;
import dev.casebook.urlshortener.link.LinkKey;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Event loops that read Redis themselves, on a real Redis whose connections are counted and hung up on. */
class RequestLoopsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    static Path folder;

    private static RedisService redis;
    private static RedisClient client;
    private static RedisCommands<String, String> inRedis;

    @BeforeAll
    static void start() {
        redis = RedisService.open("embedded", folder.resolve("redis"));
        client = RedisClient.create(redis.uri());
        inRedis = client.connect().sync();
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        redis.close();
    }

    @Test
    void aLookupInRedisStaysOnTheLoopThatAsksAndManyOfOneTurnAreAllAnswered() throws Exception {
        List<LinkKey> keys = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            keys.add(LinkKey.ofSlug("absent-" + i));
        }
        try (Store filler = new Store(List.of())) {
            for (LinkKey key : keys) {
                filler.cache.find(key).toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        }
        try (EventLoops loops = EventLoops.start(2);
                Store store = new Store(RequestLoops.of(loops))) {
            for (int i = 0; i < loops.all().size(); i++) {
                EventLoop loop = loops.all().get(i);
                List<LinkKey> mine = keys.subList(250 * i, 250 * (i + 1));
                List<Answer> answers = loop
                        .submit(() -> mine.stream()
                                .map(key -> store.cache.find(key).thenApply(Answer::here))
                                .map(stage -> stage.toCompletableFuture())
                                .toList())
                        .get()
                        .stream()
                        .map(CompletableFuture::join)
                        .toList();

                Thread thread = loop.submit(Thread::currentThread).get();
                assertThat(answers).hasSize(250).allSatisfy(answer -> {
                    assertThat(answer.lookup().tier()).isEqualTo(Lookup.Tier.SHARED);
                    assertThat(answer.thread()).isSameAs(thread);
                });
            }
        }
    }

    @Test
    void losingTheConnectionOfOneLoopAloneEndsTheSessionAndANewOneHasAllOfThem() throws Exception {
        try (TestNodes nodes = new TestNodes(folder.resolve("nodes"), redis)) {
            UrlShortenerNode node = nodes.start();
            String slug = nodes.create(node, "{\"longUrl\":\"https://example.com/kept\"}");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(timing(nodes, node, slug)).isEqualTo("l1"));
            List<Long> before = lookupConnections();
            assertThat(before).hasSize(Runtime.getRuntime().availableProcessors());

            inRedis.clientKill(KillArgs.Builder.id(before.getFirst()));

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(lookupConnections())
                            .hasSameSizeAs(before)
                            .doesNotContainAnyElementsOf(before));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(timing(nodes, node, slug)).isEqualTo("l1"));
            assertThat(nodes.visit(node, slug).headers().firstValue("location")).contains("https://example.com/kept");
        }
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(lookupConnections()).as("the node is closed").isEmpty());
    }

    private static String timing(TestNodes nodes, UrlShortenerNode node, String slug) throws Exception {
        return nodes.visit(node, slug).headers().firstValue("server-timing").orElse("");
    }

    private static List<Long> lookupConnections() {
        return inRedis.clientList()
                .lines()
                .filter(line -> line.contains(" name=url-shortener-lookups "))
                .map(line -> Long.parseLong(line.substring("id=".length(), line.indexOf(' '))))
                .toList();
    }

    private record Answer(Lookup lookup, Thread thread) {
        static Answer here(Lookup lookup) {
            return new Answer(lookup, Thread.currentThread());
        }
    }

    /** The tiers over a source that has nothing. */
    private static final class Store implements AutoCloseable {
        private final RedisLinkStore shared;
        private final TieredLinkCache cache;

        Store(List<ServingThread> threads) {
            TierSettings tiers = TierSettings.defaults();
            AnswerEncoder dependsOnVisitor = link -> null;
            shared = new RedisLinkStore(redis.uri(), RedisSettings.defaults(), tiers.shared(), threads);
            cache = TieredLinkCache.open(
                    tiers,
                    shared,
                    key -> Optional.empty(),
                    dependsOnVisitor,
                    KeyObserver.NONE,
                    () -> {},
                    new SimpleMeterRegistry());
        }

        @Override
        public void close() {
            cache.close();
            shared.close();
        }
    }
}
