package dev.casebook.urlshortener.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.backing.RedisService;
import dev.casebook.backing.testing.SharedBacking;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node dies between PostgreSQL's commit of an edit and the publication to Redis. Its way to Redis is stalled by a proxy of its own, so that
 * the publication cannot happen, and it is killed as soon as the commit can be seen; the other node's way is sound all the time.
 */
class UnpublishedChangeFaultIT {
    private static final String OLD = "https://example.com/old";
    private static final String NEW = "https://example.com/new";

    /** Of a commit's grace, a relay's round and much slowness of the machine; an entry left to itself would live ten minutes in Redis. */
    private static final Duration BOUND = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final Api api = new Api();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private RedisService redis;
    private StallingProxy proxy;
    private Installation installation;

    @BeforeEach
    void open() throws Exception {
        redis = RedisService.open("embedded", folder.resolve("servers"));
        proxy = new StallingProxy(redis.process().port());
        installation =
                new Installation(folder.resolve("nodes"), SharedBacking.freshDatabase(), redis, SharedBacking.kafka());
    }

    @AfterEach
    void close() throws Exception {
        installation.close();
        proxy.close();
        redis.close();
        threads.shutdownNow();
        api.close();
    }

    @Test
    void anotherNodePublishesWhatAKilledOneHadCommittedAndNoStaleEntryStays() throws Exception {
        NodeProcess editing = installation.launch("editing", "--redis", "redis://127.0.0.1:" + proxy.port());
        UrlShortenerNode other = installation.node("other");
        String slug = cachedEverywhere(editing, other.uri());

        commitAndKill(editing, slug);

        await().atMost(BOUND).until(() -> api.destination(other.uri(), slug).equals(NEW));
        await().atMost(BOUND)
                .until(() -> other.meters()
                                .get("urlshortener.outbox.relayed")
                                .counter()
                                .count()
                        == 1);
        assertThat(api.destination(installation.node("later").uri(), slug))
                .as("from Redis")
                .isEqualTo(NEW);
        assertThat(installation.number("SELECT count(*) FROM link_outbox")).isZero();
    }

    @Test
    void aNodePublishesWhatIsPendingBeforeItAnswersForTheFirstTime() throws Exception {
        NodeProcess editing = installation.launch("editing", "--redis", "redis://127.0.0.1:" + proxy.port());
        String slug = cachedEverywhere(editing, editing.uri());
        commitAndKill(editing, slug);
        // So late that no relay does it: what is under test is the replay when a node comes up.
        installation.execute("UPDATE link_outbox SET available_at = now() + interval '1 hour'");

        URI fresh = installation.node("fresh").uri();

        assertThat(api.destination(fresh, slug)).isEqualTo(NEW);
    }

    private String cachedEverywhere(NodeProcess editing, URI other) throws Exception {
        String slug = api.slug(editing.uri(), OLD);
        assertThat(api.destination(editing.uri(), slug)).isEqualTo(OLD);
        assertThat(api.destination(other, slug)).isEqualTo(OLD);
        await().atMost(BOUND).until(() -> installation.number("SELECT count(*) FROM link_outbox") == 0);
        return slug;
    }

    private void commitAndKill(NodeProcess editing, String slug) throws Exception {
        proxy.stall();
        CompletableFuture<Void> edit = CompletableFuture.runAsync(
                () -> {
                    try {
                        api.edit(editing.uri(), slug, NEW);
                    } catch (Exception cutOff) {
                        throw new IllegalStateException(cutOff);
                    }
                },
                threads);
        await().atMost(BOUND)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> installation.number(
                                "SELECT count(*) FROM links WHERE slug = '" + slug + "' AND long_url = '" + NEW + "'")
                        == 1);
        editing.kill();
        assertThat(installation.number("SELECT count(*) FROM link_outbox"))
                .as("committed and not published")
                .isEqualTo(1);
        await().atMost(BOUND).until(edit::isDone);
    }
}
