package dev.casebook.urlshortener.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.backing.KafkaService;
import dev.casebook.backing.testing.SharedBacking;
import dev.casebook.urlshortener.UrlShortenerNode;
import dev.casebook.urlshortener.analytics.Clicks;
import dev.casebook.urlshortener.analytics.capture.CaptureSettings;
import dev.casebook.urlshortener.analytics.capture.ClickCapture;
import dev.casebook.urlshortener.analytics.capture.DailySalts;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka killed under traffic. */
class KafkaOutageFaultIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int SPOOL_BYTES = 64 * 1024;

    @TempDir
    private static Path servers;

    @TempDir
    private Path folder;

    private static KafkaService kafka;

    private final Api api = new Api();
    private Installation installation;

    @BeforeAll
    static void startServer() {
        kafka = KafkaService.open("embedded", servers);
    }

    @AfterAll
    static void stopServer() {
        kafka.close();
    }

    @BeforeEach
    void open() {
        installation = new Installation(folder, SharedBacking.freshDatabase(), SharedBacking.redis(), kafka);
    }

    @AfterEach
    void close() {
        installation.close();
        api.close();
    }

    @Test
    void redirectsDoNotNoticeAndEveryClickIsCountedOnceAfterwards() throws Exception {
        UrlShortenerNode node = installation.node("one");
        String slug = api.slug(node.uri(), "https://example.com/");
        try (Traffic traffic = new Traffic(api, () -> List.of(node.uri()), List.of(slug)).start(4, 0)) {
            await().atMost(PATIENCE).until(() -> traffic.redirects() > 200);

            kafka.process().kill();
            await().atMost(PATIENCE).until(() -> count(node.meters(), "urlshortener.clicks.spooled") > 0);
            long during = traffic.redirects();
            await().atMost(PATIENCE).until(() -> traffic.redirects() > during + 200);
            kafka.process().restart();

            await().atMost(PATIENCE).until(() -> spoolBytes(node.meters()) == 0);
            long after = traffic.redirects();
            await().atMost(PATIENCE).until(() -> traffic.redirects() > after + 200);
            traffic.stop();
            assertThat(traffic.failures()).isEmpty();
            assertThat(traffic.unanswered()).isZero();
            assertThat(traffic.passedOn()).isZero();

            long id = installation.number("SELECT id FROM links WHERE slug = '" + slug + "'");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(installation.counted()).containsEntry(id, traffic.redirects()));
            installation.awaitAggregation();
            assertThat(installation.counted()).containsEntry(id, traffic.redirects());
            assertThat(TopicContents.read(kafka.bootstrapServers(), installation.topic())
                            .clicksByLink())
                    .isEqualTo(installation.counted());
        }
    }

    @Test
    void whatDoesNotFitOntoTheSpoolIsCountedAsDroppedAndNothingElseIsMissing() throws Exception {
        String topic = SharedBacking.freshTopic("clicks");
        MeterRegistry metrics = new SimpleMeterRegistry();
        try (ClickCapture capture = ClickCapture.open(
                CaptureSettings.of(kafka.bootstrapServers(), topic, folder.resolve("capture"))
                        .withSpoolBytesMax(SPOOL_BYTES)
                        .withDeliveryTimeout(Duration.ofSeconds(1)),
                new DailySalts(installation.dataSource(), InstantSource.system(), new SecureRandom()),
                new SecureRandom()::nextLong,
                metrics)) {
            record(capture, 100);
            // The topic may have been made after the first clicks, which then came by the spool.
            await().atMost(PATIENCE)
                    .until(() -> count(metrics, "urlshortener.clicks.published")
                                    + count(metrics, "urlshortener.clicks.replayed")
                            == 100);

            kafka.process().kill();
            await().atMost(PATIENCE).until(() -> {
                record(capture, 200);
                return dropped(metrics) > 500;
            });
            assertThat(capture.spoolBytes()).isLessThanOrEqualTo(SPOOL_BYTES);
            kafka.process().restart();

            await().atMost(PATIENCE).until(() -> capture.spoolBytes() == 0);
            record(capture, 100);
            long recorded = capture.recorded();
            await().atMost(PATIENCE)
                    .until(() ->
                            TopicContents.read(kafka.bootstrapServers(), topic).clicks() + dropped(metrics)
                                    == recorded);
        }
    }

    private static void record(ClickCapture capture, int clicks) {
        for (int i = 0; i < clicks; i++) {
            assertThat(capture.recorder()
                            .record(Clicks.click(1, System.currentTimeMillis(), i, Clicks.FIREFOX, "", "en")))
                    .isTrue();
        }
    }

    private static double count(MeterRegistry metrics, String name) {
        return metrics.get(name).counter().count();
    }

    private static double spoolBytes(MeterRegistry metrics) {
        return metrics.get("urlshortener.clicks.spool.bytes").gauge().value();
    }

    private static double dropped(MeterRegistry metrics) {
        return metrics.get("urlshortener.clicks.dropped")
                .tag("reason", "spool_full")
                .counter()
                .count();
    }
}
