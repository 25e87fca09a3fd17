package dev.casebook.urlshortener.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that end, by SIGKILL and by SIGTERM, while visitors and authors use them. */
class NodeKillFaultIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int LINKS = 20;
    private static final int REDIRECTS_BEFORE = Boolean.getBoolean("casebook.soak") ? 50_000 : 1_000;
    private static final int VISITORS = 8;
    private static final int AUTHORS = 2;

    @TempDir
    private Path folder;

    private final Api api = new Api();
    private final List<URI> balanced = new CopyOnWriteArrayList<>();
    private Installation installation;

    @BeforeEach
    void open() {
        installation = Installation.onSharedServers(folder);
    }

    @AfterEach
    void close() {
        installation.close();
        api.close();
    }

    @Test
    void aKilledNodeLosesNoAcknowledgedLinkGivesNoCodeTwiceAndOwnsUpToTheClicksItLost() throws Exception {
        NodeProcess node = installation.launch("a");
        balanced.add(node.uri());
        List<String> slugs = links(node);
        double killedReported;
        try (Traffic traffic = new Traffic(api, () -> balanced, slugs).start(VISITORS, AUTHORS)) {
            awaitRedirects(traffic, REDIRECTS_BEFORE);

            node.kill();
            NodeProcess again = installation.launch("a");
            balanced.set(0, again.uri());
            killedReported = api.metric(again.uri(), "urlshortener_clicks_dropped_total", "killed");
            awaitRedirects(traffic, traffic.redirects() + REDIRECTS_BEFORE);
            traffic.stop();

            assertThat(traffic.givenTwice()).isEmpty();
            assertThat(traffic.created()).hasSizeGreaterThan(10);
            Map<String, String> stored =
                    installation.pairs("SELECT slug, long_url FROM links WHERE long_url LIKE '%/authored/%'");
            assertThat(stored).containsAllEntriesOf(traffic.created());
            assertThat(stored.values()).as("a create repeated under its key").doesNotHaveDuplicates();
            for (Map.Entry<String, String> link : traffic.created().entrySet()) {
                assertThat(api.destination(again.uri(), link.getKey())).isEqualTo(link.getValue());
            }
            installation.awaitAggregation();
            Map<Long, Long> counted = installation.counted();
            assertThat(counted)
                    .isEqualTo(TopicContents.read(installation.bootstrapServers(), installation.topic())
                            .clicksByLink());
            long ofTraffic = 0;
            for (String slug : slugs) {
                long clicks = counted.getOrDefault(idOf(slug), 0L);
                ofTraffic += clicks;
                assertThat(clicks).as("clicks of " + slug).isLessThanOrEqualTo(traffic.askedOf(slug));
            }
            long lost = traffic.redirects() - ofTraffic;
            System.out.printf(
                    "killed under load: %d redirects, %d lost, %.0f reported as lost%n",
                    traffic.redirects(), lost, killedReported);
            assertThat((double) lost).as("lost, but not reported").isLessThanOrEqualTo(killedReported);
        }
    }

    @Test
    void nodesJoinAndLeaveUnderLoadWithoutAnErrorOrALostClick() throws Exception {
        NodeProcess a = installation.launch("a");
        NodeProcess b = installation.launch("b");
        List<String> slugs = links(a);
        balanced.addAll(List.of(a.uri(), b.uri()));
        try (Traffic traffic = new Traffic(api, () -> balanced, slugs).start(VISITORS, AUTHORS)) {
            awaitRedirects(traffic, REDIRECTS_BEFORE);

            NodeProcess c = installation.launch("c");
            balanced.add(c.uri());
            awaitRedirects(traffic, traffic.redirects() + REDIRECTS_BEFORE / 2);
            a.terminate();
            assertThat(a.awaitExit()).isZero();
            assertThat(a.children()).isEmpty();
            balanced.remove(a.uri());
            awaitRedirects(traffic, traffic.redirects() + REDIRECTS_BEFORE / 2);
            b.terminate();
            assertThat(b.awaitExit()).isZero();
            balanced.remove(b.uri());
            awaitRedirects(traffic, traffic.redirects() + REDIRECTS_BEFORE / 2);
            traffic.stop();

            assertThat(traffic.failures()).isEmpty();
            assertThat(traffic.unanswered()).isZero();
            assertThat(traffic.passedOn()).as("requests after the stop").isPositive();
            assertThat(traffic.givenTwice()).isEmpty();
            assertThat(installation.pairs("SELECT slug, long_url FROM links WHERE long_url LIKE '%/authored/%'"))
                    .isEqualTo(traffic.created());
            c.terminate();
            assertThat(c.awaitExit()).isZero();
            assertThat(clicksInTopic(slugs))
                    .as("a click for each redirect: none lost, and no request taken and left unanswered")
                    .isEqualTo(traffic.redirects());
        }
    }

    private List<String> links(NodeProcess node) throws Exception {
        List<String> slugs = new ArrayList<>();
        for (int i = 0; i < LINKS; i++) {
            slugs.add(api.slug(node.uri(), "https://example.com/visited/" + i));
        }
        return slugs;
    }

    private static void awaitRedirects(Traffic traffic, long count) {
        await().atMost(PATIENCE).until(() -> traffic.redirects() >= count);
    }

    private long clicksInTopic(List<String> slugs) throws Exception {
        Map<Long, Long> clicks = TopicContents.read(installation.bootstrapServers(), installation.topic())
                .clicksByLink();
        long sum = 0;
        for (String slug : slugs) {
            sum += clicks.getOrDefault(idOf(slug), 0L);
        }
        return sum;
    }

    private long idOf(String slug) throws Exception {
        return installation.number("SELECT id FROM links WHERE slug = '" + slug + "'");
    }
}
