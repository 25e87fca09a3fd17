package dev.casebook.urlshortener.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.analytics.Clicks;
import dev.casebook.urlshortener.analytics.capture.CaptureSettings;
import dev.casebook.urlshortener.analytics.capture.ClickCapture;
import dev.casebook.urlshortener.analytics.capture.DailySalts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Aggregators killed while clicks flow: what the service has counted must equal what stands in the topic, link by link, and what was
 * sent. The clicks come from a capture in this JVM, so that not a single one is lost on the way to the topic.
 */
class AggregatorKillFaultIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int KILLS = Boolean.getBoolean("casebook.soak") ? 20 : 3;
    private static final int LINKS = 50;
    private static final long PAUSE_NANOS = Duration.ofMillis(1).toNanos();

    @TempDir
    private Path folder;

    private Installation installation;

    @BeforeEach
    void open() {
        installation = Installation.onSharedServers(folder);
    }

    @AfterEach
    void close() {
        installation.close();
    }

    @Test
    void totalsEqualTheTopicExactlyHoweverOftenTheAggregatorIsKilled() throws Exception {
        long seed = new SecureRandom().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        NodeProcess aggregator = installation.launch("a");
        try (Sender sender = new Sender(seed).start()) {
            for (int kill = 0; kill < KILLS; kill++) {
                // It counts, and is at another point of its work each time.
                long mark = installation.countedTotal() + 1 + random.nextInt(2_000);
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> installation.countedTotal() >= mark);
                aggregator.kill();
                aggregator = installation.launch("a");
            }
            sender.stop();
            assertEveryClickIsCountedOnce(sender);
        }
    }

    @Test
    void totalsEqualTheTopicExactlyWhenPartitionsMoveBetweenAggregatorsThatJoinAndDie() throws Exception {
        long seed = new SecureRandom().nextLong();
        System.out.println("seed " + seed);
        NodeProcess a = installation.launch("a");
        try (Sender sender = new Sender(seed).start()) {
            awaitCountedOnceMore();
            NodeProcess b = installation.launch("b");
            awaitCountedOnceMore();
            a.kill();
            NodeProcess c = installation.launch("c");
            awaitCountedOnceMore();
            b.terminate();
            assertThat(b.awaitExit()).isZero();
            // Members that are gone keep their partitions for the group's session timeout, 10 s.
            sender.stop();
            assertEveryClickIsCountedOnce(sender);
            assertThat(c.isAlive()).isTrue();
        }
    }

    private void awaitCountedOnceMore() throws Exception {
        long before = installation.countedTotal();
        await().atMost(PATIENCE).until(() -> installation.countedTotal() > before);
    }

    private void assertEveryClickIsCountedOnce(Sender sender) throws Exception {
        installation.awaitAggregation();
        TopicContents topic = TopicContents.read(installation.bootstrapServers(), installation.topic());
        System.out.printf(
                "%d clicks sent, %d in %d batches of the topic (%d repeated), %d counted%n",
                sender.sent.values().stream().mapToLong(Long::longValue).sum(),
                topic.clicks(),
                topic.batches(),
                topic.repeated(),
                installation.countedTotal());
        assertThat(topic.clicksByLink()).isEqualTo(sender.sent);
        assertThat(installation.counted()).isEqualTo(topic.clicksByLink());
        assertThat(installation.rolledUp(0)).isEqualTo(topic.clicksByLink());
        assertThat(installation.rolledUp(1)).isEqualTo(topic.clicksByLink());
        assertThat(installation.countedTotal()).isEqualTo(topic.clicks());
    }

    /** Clicks of many links, one of them hot, until stopped. */
    private final class Sender implements AutoCloseable {
        final Map<Long, Long> sent = new TreeMap<>();
        private final Random random;
        private final ClickCapture capture;
        private final Thread thread = Thread.ofPlatform().name("sender").unstarted(this::send);
        private volatile boolean stopping;

        Sender(long seed) throws Exception {
            random = new Random(seed);
            capture = ClickCapture.open(
                    CaptureSettings.of(
                            installation.bootstrapServers(), installation.topic(), folder.resolve("capture")),
                    new DailySalts(installation.dataSource(), InstantSource.system(), new SecureRandom()),
                    new SecureRandom()::nextLong,
                    new SimpleMeterRegistry());
        }

        Sender start() {
            thread.start();
            return this;
        }

        private void send() {
            while (!stopping) {
                long link = random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(LINKS);
                String agent = random.nextInt(4) == 0 ? Clicks.GOOGLEBOT : Clicks.FIREFOX;
                if (capture.recorder()
                        .record(Clicks.click(link, System.currentTimeMillis(), random.nextInt(100), agent, "", "en"))) {
                    sent.merge(link, 1L, Long::sum);
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        /** Ends the clicks; all that were recorded stand in the topic afterwards. */
        void stop() throws Exception {
            stopping = true;
            thread.join();
            await().atMost(PATIENCE).until(() -> capture.spoolBytes() == 0);
            capture.close();
        }

        @Override
        public void close() throws IOException {
            if (!stopping) { // the test has failed
                stopping = true;
                capture.close();
            }
        }
    }
}
