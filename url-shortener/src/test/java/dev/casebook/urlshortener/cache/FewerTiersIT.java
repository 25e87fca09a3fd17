package dev.casebook.urlshortener.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.casebook.backing.testing.SharedBacking;
import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerApp;
import dev.casebook.urlshortener.UrlShortenerNode;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.StatefulRedisConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Nodes without L1 ({@code --cache-mib 0}), without L2 ({@code --no-shared-cache}) and without either, beside one with both, in one installation on a
 * real Redis: each node may be set up its own way. What a redirect asks shows in {@code Server-Timing}; where it leads must not depend on the tiers.
 */
class FewerTiersIT {
    /** An invalidation takes milliseconds; this is for a machine that does something else as well. */
    private static final Duration HEARD_MAX = Duration.ofSeconds(10);

    private static final int GUESSES_MAX = 500;

    @TempDir
    static Path folder;

    private static TestNodes nodes;
    private static final Map<Tiers, UrlShortenerNode> ALL = new EnumMap<>(Tiers.class);
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    enum Tiers {
        BOTH(true, true),
        NO_L1(false, true),
        NO_L2(true, false),
        NEITHER(false, false);

        private final boolean near;
        private final boolean shared;

        Tiers(boolean near, boolean shared) {
            this.near = near;
            this.shared = shared;
        }

        TierSettings of(TierSettings defaults) {
            return (near ? defaults : defaults.withNear(defaults.near().withBytesMax(0))).withSharesLinks(shared);
        }

        /** {@code Server-Timing} of a redirect that is not the first. */
        String warm() {
            return near ? "l1" : shared ? "l1, l2;dur=[0-9.]+" : "l1, db;dur=[0-9.]+";
        }
    }

    @BeforeAll
    static void start() throws Exception {
        nodes = new TestNodes(folder);
        for (Tiers tiers : Tiers.values()) {
            ALL.put(
                    tiers,
                    nodes.start(settings ->
                            settings.withTrustedProxies(List.of("127.0.0.1")).withTiers(tiers.of(settings.tiers()))));
        }
    }

    @AfterAll
    static void stop() {
        nodes.close();
        CLIENT.close();
    }

    @ParameterizedTest
    @EnumSource
    void aNodeAsksTheTiersThatItHasAndNoOther(Tiers tiers) throws Exception {
        String slug = create(tiers, "https://example.com/tiers");
        visit(tiers, slug);

        for (int again = 0; again < 2; again++) {
            assertThat(visit(tiers, slug).headers().firstValue("server-timing").orElse(""))
                    .matches(tiers.warm());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLinkIsInRedisIfTheNodeThatReadItSharesLinks(Tiers tiers) throws Exception {
        String slug = create(tiers, "https://example.com/shared");

        visit(tiers, slug);

        assertThat(isInRedis(slug)).isEqualTo(tiers.shared);
    }

    @ParameterizedTest
    @EnumSource
    void editDeletionAndNewCreationOnANodeAreInForceThereAtOnceAndSoonOnAllOthers(Tiers tiers) throws Exception {
        String slug = create(tiers, "https://example.com/0");
        for (int edit = 1; edit <= 3; edit++) {
            awaitOnAll(slug, 302, "https://example.com/" + (edit - 1));

            change(tiers, "PATCH", slug, "{\"longUrl\":\"https://example.com/" + edit + "\"}", 200);

            assertThat(visit(tiers, slug).headers().firstValue("location")).hasValue("https://example.com/" + edit);
        }
        awaitOnAll(slug, 302, "https://example.com/3");

        change(tiers, "DELETE", slug, "", 204);

        assertThat(visit(tiers, slug).statusCode()).isEqualTo(404);
        awaitOnAll(slug, 404, "");

        create(tiers, slug, "https://example.com/anew");

        assertThat(visit(tiers, slug).headers().firstValue("location")).hasValue("https://example.com/anew");
        awaitOnAll(slug, 302, "https://example.com/anew");
    }

    /**
     * Redis has both links, through the node that shares links: without L2 that is no cache of the node that is asked. Again from the start when the
     * budget has refilled meanwhile.
     */
    @ParameterizedTest
    @CsvSource({"BOTH, 302, 302", "NO_L1, 302, 302", "NO_L2, 302, 429", "NEITHER, 429, 429"})
    void whoIsOverTheMissBudgetGetsWhatTheTiersOfTheNodeHold(Tiers tiers, int visitedHere, int visitedElsewhere) {
        await().untilAsserted(() -> {
            String here = create(tiers, "https://example.com/here");
            String elsewhere = create(tiers, "https://example.com/elsewhere");
            visit(tiers, here);
            for (String slug : List.of(here, elsewhere)) {
                assertThat(visit(Tiers.BOTH, slug).statusCode()).isEqualTo(302);
            }
            String guesser = freshAddress();
            exhaust(tiers, guesser);

            assertThat(get(tiers, here, guesser).statusCode()).isEqualTo(visitedHere);
            assertThat(get(tiers, elsewhere, guesser).statusCode()).isEqualTo(visitedElsewhere);
            assertThat(get(tiers, freshName(), guesser).statusCode()).isEqualTo(429);
        });
    }

    @Test
    void aNegativeCacheIsRefusedAndItsOptionNamed() {
        assertThatThrownBy(() -> new CommandLine(new UrlShortenerApp()).parseArgs("--cache-mib", "-1"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("--cache-mib")
                .hasMessageContaining("'-1' must be >= 0");
    }

    private static String create(Tiers tiers, String longUrl) throws Exception {
        return create(tiers, freshName(), longUrl);
    }

    private static String create(Tiers tiers, String slug, String longUrl) throws Exception {
        return nodes.create(node(tiers), "{\"customSlug\":\"" + slug + "\",\"longUrl\":\"" + longUrl + "\"}");
    }

    private static void change(Tiers tiers, String method, String slug, String body, int status) throws Exception {
        HttpResponse<String> changed = nodes.send(node(tiers), method, "/rest/v3/short-urls/" + slug, body);
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(status);
    }

    private static void awaitOnAll(String slug, int status, String location) {
        for (Tiers tiers : Tiers.values()) {
            await(tiers + " answers " + status + " " + location)
                    .atMost(HEARD_MAX)
                    .pollInterval(Duration.ofMillis(10))
                    .untilAsserted(() -> {
                        HttpResponse<String> answer = visit(tiers, slug);
                        assertThat(answer.statusCode()).isEqualTo(status);
                        assertThat(answer.headers().firstValue("location").orElse(""))
                                .isEqualTo(location);
                    });
        }
    }

    private static void exhaust(Tiers tiers, String client) throws Exception {
        for (int i = 0; i < GUESSES_MAX; i++) {
            if (get(tiers, freshName(), client).statusCode() == 429) {
                return;
            }
        }
        throw new AssertionError("no budget was used up by " + GUESSES_MAX + " guesses");
    }

    /** From an address that has not missed anything yet. */
    private static HttpResponse<String> visit(Tiers tiers, String slug) throws Exception {
        return get(tiers, slug, freshAddress());
    }

    private static HttpResponse<String> get(Tiers tiers, String slug, String client) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(node(tiers).uri() + "/" + slug))
                        .header("X-Forwarded-For", client)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static UrlShortenerNode node(Tiers tiers) {
        UrlShortenerNode node = ALL.get(tiers);
        if (node == null) {
            throw new IllegalStateException(tiers + " was not started");
        }
        return node;
    }

    private static String freshName() {
        return "tiers-" + NAMES.incrementAndGet();
    }

    /** In a /24 of its own, for budgets are counted by that. */
    private static String freshAddress() {
        int number = NAMES.incrementAndGet();
        return "10." + ((number >> 8) & 0xff) + "." + (number & 0xff) + ".7";
    }

    /** Whether the slug's entry is there; the test's database has a namespace of its own and the slug is no other test's. */
    private static boolean isInRedis(String slug) {
        RedisClient client = RedisClient.create(SharedBacking.redis().uri());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            ScanArgs entries = ScanArgs.Builder.matches("*us:l:/" + slug).limit(1_000);
            ScanCursor position = ScanCursor.INITIAL;
            while (true) {
                KeyScanCursor<String> page = connection.sync().scan(position, entries);
                if (!page.getKeys().isEmpty()) {
                    return true;
                }
                if (page.isFinished()) {
                    return false;
                }
                position = page;
            }
        } finally {
            client.shutdown();
        }
    }
}
