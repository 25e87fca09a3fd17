package dev.casebook.urlshortener.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.backing.testing.SharedBacking;
import dev.casebook.urlshortener.analytics.capture.CaptureSettings;
import dev.casebook.urlshortener.analytics.capture.ClickCapture;
import dev.casebook.urlshortener.analytics.capture.DailySalts;
import dev.casebook.urlshortener.analytics.rollup.AggregatorSettings;
import dev.casebook.urlshortener.analytics.rollup.ClickAggregator;
import dev.casebook.urlshortener.analytics.rollup.CommitListener;
import dev.casebook.urlshortener.analytics.stats.Bucket;
import dev.casebook.urlshortener.analytics.stats.ClickStatistics;
import dev.casebook.urlshortener.analytics.stats.RecordedVisit;
import dev.casebook.urlshortener.analytics.stats.ValueCount;
import dev.casebook.urlshortener.analytics.stats.VisitQuery;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a recorded click to an answered question, through real Kafka and PostgreSQL. */
class ClickPipelineIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);

    @TempDir
    private Path folder;

    @Test
    void clicksBecomeTotalsSeriesValuesVisitorsAndVisits() throws Exception {
        AnalyticsDatabase database = AnalyticsDatabase.fresh();
        String topic = SharedBacking.freshTopic("clicks");
        String kafka = SharedBacking.kafka().bootstrapServers();
        DailySalts salts = new DailySalts(database.dataSource(), InstantSource.system(), new SecureRandom());
        long millis = now.toEpochMilli();
        try (ClickCapture capture = ClickCapture.open(
                        CaptureSettings.of(kafka, topic, folder).withPartitions(4),
                        salts,
                        new SecureRandom()::nextLong,
                        metrics);
                ClickAggregator aggregator = aggregator(database, topic, kafka)) {
            ClickRecorder recorder = capture.recorder();
            for (int visitor = 1; visitor <= 5; visitor++) {
                recorder.record(Clicks.click(1, millis, visitor, Clicks.FIREFOX, "https://www.example.org/x", "de-DE"));
                recorder.record(Clicks.click(1, millis + 1, visitor, Clicks.FIREFOX, "", "en"));
            }
            recorder.record(Clicks.click(1, millis + 2, 9, Clicks.IPHONE, "https://t.co/y", "en-GB"));
            recorder.record(Clicks.click(1, millis + 3, 9, Clicks.GOOGLEBOT, "", ""));
            Click prefetch = Clicks.click(1, millis + 4, 9, Clicks.FIREFOX, "", "en");
            prefetch.prefetch = true;
            recorder.record(prefetch);
            recorder.record(Clicks.click(2, millis, 1, Clicks.FIREFOX, "", "en"));
            recorder.record(Clicks.click(OrphanKind.INVALID_SHORT_URL.linkId(), millis, 1, Clicks.FIREFOX, "", "en"));

            await().atMost(PATIENCE)
                    .until(() -> database.number(
                                    "SELECT coalesce(sum(clicks + bots), 0) FROM click_totals" + " WHERE link_id <> 0")
                            == 15);
            assertThat(aggregator.isRunning()).isTrue();
        }

        ClickStatistics statistics = new ClickStatistics(database.dataSource());
        assertThat(statistics.total(1).clicks()).isEqualTo(11);
        assertThat(statistics.total(1).bots()).isEqualTo(2);
        assertThat(statistics.totals(List.of(1L, 2L, 3L)).keySet()).containsExactlyInAnyOrder(1L, 2L);
        assertThat(statistics.overview().links().clicks()).isEqualTo(12);
        assertThat(statistics.total(OrphanKind.INVALID_SHORT_URL.linkId()).clicks())
                .isEqualTo(1);
        assertThat(statistics.uniqueVisitors(1, today, today.plusDays(1))).isEqualTo(6);
        for (Granularity granularity : Granularity.values()) {
            List<Bucket> series =
                    statistics.series(1, granularity, now.minus(Duration.ofDays(40)), now.plus(Duration.ofDays(1)));
            assertThat(series.stream().mapToLong(Bucket::clicks).sum()).isEqualTo(11);
            assertThat(series.stream().mapToLong(Bucket::bots).sum()).isEqualTo(2);
        }
        assertThat(statistics.top(1, Dimension.REFERRER, today, today.plusDays(1), 10))
                .containsExactly(
                        new ValueCount("", 5, 2), new ValueCount("example.org", 5, 0), new ValueCount("t.co", 1, 0));
        assertThat(statistics.top(1, Dimension.BROWSER, today, today.plusDays(1), 1))
                .containsExactly(new ValueCount("Firefox", 10, 1));
        assertThat(statistics.top(1, Dimension.LANGUAGE, today, today.plusDays(1), 10))
                .containsExactly(new ValueCount("en", 6, 1), new ValueCount("de", 5, 0), new ValueCount("", 0, 1));
        List<RecordedVisit> visits = statistics.visits(VisitQuery.ofLink(1, 1, 10));
        assertThat(visits).hasSize(10);
        assertThat(visits.getFirst().at()).isEqualTo(now.plusMillis(4));
        assertThat(visits).allSatisfy(visit -> assertThat(visit.network()).isEqualTo("192.0.2.0"));
        assertThat(statistics.visits(VisitQuery.ofLink(1, 2, 10))).hasSize(3);
    }

    @Test
    void countsAddUpTheSameWayInEveryTableForManyLinks() throws Exception {
        AnalyticsDatabase database = AnalyticsDatabase.fresh();
        String topic = SharedBacking.freshTopic("clicks");
        String kafka = SharedBacking.kafka().bootstrapServers();
        DailySalts salts = new DailySalts(database.dataSource(), InstantSource.system(), new SecureRandom());
        Random random = new Random(5);
        TreeMap<Long, Long> recorded = new TreeMap<>();
        int clicks = 30_000;
        try (ClickCapture capture = ClickCapture.open(
                CaptureSettings.of(kafka, topic, folder).withPartitions(4),
                salts,
                new SecureRandom()::nextLong,
                metrics)) {
            for (int i = 0; i < clicks; i++) {
                long link = random.nextBoolean() ? 7 : 1 + random.nextInt(300);
                recorded.merge(link, 1L, Long::sum);
                Click click = Clicks.click(
                        link,
                        now.toEpochMilli() - random.nextInt(10_000_000),
                        random.nextInt(200),
                        random.nextInt(5) == 0 ? Clicks.GOOGLEBOT : Clicks.IPHONE,
                        "https://host" + random.nextInt(150) + ".example/",
                        "en");
                assertThat(capture.recorder().record(click)).isTrue();
            }
            // The topic may have been made after the first clicks: what was spooled meanwhile is sent while open.
            await().atMost(PATIENCE).until(() -> capture.spoolBytes() == 0);
        }
        try (ClickAggregator aggregator = aggregator(database, topic, kafka)) {
            await().atMost(PATIENCE)
                    .until(() -> database.number(
                                    "SELECT coalesce(sum(clicks + bots), 0) FROM click_totals" + " WHERE link_id = 0")
                            == clicks);
            assertThat(aggregator.isRunning()).isTrue();
        }

        assertThat(database.totals()).isEqualTo(recorded);
        assertThat(database.totalsOfBuckets(Granularity.HOUR)).isEqualTo(recorded);
        assertThat(database.totalsOfBuckets(Granularity.DAY)).isEqualTo(recorded);
        assertThat(database.totalsOfValues(Dimension.REFERRER)).isEqualTo(recorded);
        assertThat(database.totalsOfValues(Dimension.OS)).isEqualTo(recorded);
        assertThat(database.number("SELECT max(n) FROM (SELECT count(*) AS n FROM click_rollup"
                        + " WHERE granularity = 1 AND dimension = 1 GROUP BY link_id, bucket) AS widths"))
                .isEqualTo(Dimension.VALUES_MAX + 1);
    }

    private ClickAggregator aggregator(AnalyticsDatabase database, String topic, String kafka) {
        return ClickAggregator.start(
                AggregatorSettings.of(kafka, topic, topic + "-aggregators", "one"),
                database.dataSource(),
                CountryLocator.NONE,
                CommitListener.NONE,
                InstantSource.system(),
                metrics);
    }
}
