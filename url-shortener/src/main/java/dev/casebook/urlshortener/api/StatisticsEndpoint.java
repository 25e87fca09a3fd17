package dev.casebook.urlshortener.api;

import dev.casebook.common.http.Json;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.common.http.SseStream;
import dev.casebook.urlshortener.analytics.Dimension;
import dev.casebook.urlshortener.analytics.Granularity;
import dev.casebook.urlshortener.analytics.LinkCount;
import dev.casebook.urlshortener.analytics.live.LiveClicks;
import dev.casebook.urlshortener.analytics.stats.Bucket;
import dev.casebook.urlshortener.analytics.stats.ClickStatistics;
import dev.casebook.urlshortener.analytics.stats.StatisticsUnavailableException;
import dev.casebook.urlshortener.analytics.stats.ValueCount;
import dev.casebook.urlshortener.link.Link;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /api/v1/links/{slug}/statistics} and {@code .../live}: one link's clicks from the rollups. Handlers block. */
final class StatisticsEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(StatisticsEndpoint.class);

    /** Values shown of each dimension. */
    private static final int TOP_VALUES = 20;

    private static final Map<Granularity, Duration> PERIODS = Map.of(
            Granularity.HOUR,
            Duration.ofDays(2),
            Granularity.DAY,
            Duration.ofDays(30),
            Granularity.MONTH,
            Duration.ofDays(730));

    private static final Map<Granularity, Duration> PERIODS_MAX = Map.of(
            Granularity.HOUR, Duration.ofDays(31),
            Granularity.DAY, Duration.ofDays(731),
            Granularity.MONTH, Duration.ofDays(3660));

    private final ShortUrlsEndpoint shortUrls;
    private final ClickStatistics statistics;
    private final LiveClicks live;
    private final Executor blocking;
    private final InstantSource clock;

    /** @param blocking runs each task on a virtual thread: counts that were missed are read from the database */
    StatisticsEndpoint(
            ShortUrlsEndpoint shortUrls,
            ClickStatistics statistics,
            LiveClicks live,
            Executor blocking,
            InstantSource clock) {
        this.shortUrls = shortUrls;
        this.blocking = blocking;
        this.statistics = statistics;
        this.live = live;
        this.clock = clock;
    }

    record Totals(long clicks, long bots, long uniqueVisitors) {}

    record Point(String at, long clicks, long bots) {}

    record Value(String value, long clicks) {}

    record StatisticsJson(
            Totals total,
            String granularity,
            String from,
            String to,
            List<Point> series,
            List<Value> referrers,
            List<Value> browsers,
            List<Value> operatingSystems,
            List<Value> devices,
            List<Value> languages,
            List<Value> countries) {}

    record LiveCount(long clicks, long bots, String at) {}

    Reply statistics(Request request) {
        Link link = shortUrls.linkOf(request);
        Granularity granularity = granularity(request);
        Instant to = orElse(Parameters.instant(request, "to"), clock.instant());
        Instant from =
                orElse(Parameters.instant(request, "from"), to.minus(PERIODS.getOrDefault(granularity, Duration.ZERO)));
        Duration longest = PERIODS_MAX.getOrDefault(granularity, Duration.ZERO);
        if (from.isAfter(to) || Duration.between(from, to).compareTo(longest) > 0) {
            throw Parameters.invalid(
                    "from",
                    from.toString(),
                    "before \"to\" and at most " + longest.toDays() + " days earlier by "
                            + granularity.name().toLowerCase(Locale.ROOT));
        }
        boolean withBots = Parameters.flag(request, "bots");
        LocalDate firstDay = LocalDate.ofInstant(from, ZoneOffset.UTC);
        LocalDate endDay = LocalDate.ofInstant(to, ZoneOffset.UTC).plusDays(1);
        LinkCount total = statistics.total(link.id());
        return Reply.json(
                200,
                new StatisticsJson(
                        new Totals(
                                total.clicks(), total.bots(), statistics.uniqueVisitors(link.id(), firstDay, endDay)),
                        granularity.name().toLowerCase(Locale.ROOT),
                        ShortUrlJson.iso(from),
                        ShortUrlJson.iso(to),
                        series(link, granularity, from, to),
                        top(link, Dimension.REFERRER, firstDay, endDay, withBots),
                        top(link, Dimension.BROWSER, firstDay, endDay, withBots),
                        top(link, Dimension.OS, firstDay, endDay, withBots),
                        top(link, Dimension.DEVICE, firstDay, endDay, withBots),
                        top(link, Dimension.LANGUAGE, firstDay, endDay, withBots),
                        top(link, Dimension.COUNTRY, firstDay, endDay, withBots)));
    }

    /** Sends the link's totals at once and whenever they change, until the reader leaves. */
    void live(Request request, SseStream stream) {
        Link link = shortUrls.linkOf(request);
        LiveCounter counter = new LiveCounter(total -> send(stream, total));
        LiveClicks.Subscription subscription =
                live.subscribe(link.id(), counter::show, () -> blocking.execute(() -> showStored(counter, link.id())));
        stream.onClose(subscription::close);
        counter.show(statistics.total(link.id()));
    }

    private void showStored(LiveCounter counter, long linkId) {
        try {
            counter.show(statistics.total(linkId));
        } catch (StatisticsUnavailableException away) {
            LOG.warn("a live page waits for the next count: {}", away.getMessage());
        }
    }

    private boolean send(SseStream stream, LinkCount count) {
        LiveCount shown = new LiveCount(count.clicks(), count.bots(), ShortUrlJson.iso(clock.instant()));
        return stream.send("clicks", new String(Json.write(shown), StandardCharsets.UTF_8));
    }

    private List<Value> top(Link link, Dimension dimension, LocalDate from, LocalDate to, boolean withBots) {
        return statistics.top(link.id(), dimension, from, to, TOP_VALUES).stream()
                .map(count -> new Value(count.value(), clicks(count, withBots)))
                .filter(value -> value.clicks() > 0)
                .sorted(Comparator.comparingLong(Value::clicks).reversed())
                .toList();
    }

    private static long clicks(ValueCount count, boolean withBots) {
        return withBots ? count.clicks() + count.bots() : count.clicks();
    }

    /** One point per bucket of the range, those without clicks included: a chart needs the gaps. */
    private List<Point> series(Link link, Granularity granularity, Instant from, Instant to) {
        ZonedDateTime start = start(from.atZone(ZoneOffset.UTC), granularity);
        Map<Instant, Bucket> clicked = new HashMap<>();
        statistics
                .series(link.id(), granularity, start.toInstant(), to)
                .forEach(bucket -> clicked.put(bucket.start(), bucket));
        List<Point> points = new ArrayList<>();
        for (ZonedDateTime at = start; at.toInstant().isBefore(to); at = next(at, granularity)) {
            Bucket bucket = clicked.get(at.toInstant());
            points.add(new Point(
                    ShortUrlJson.iso(at.toInstant()),
                    bucket == null ? 0 : bucket.clicks(),
                    bucket == null ? 0 : bucket.bots()));
        }
        return points;
    }

    private static ZonedDateTime start(ZonedDateTime at, Granularity granularity) {
        return switch (granularity) {
            case HOUR -> at.truncatedTo(ChronoUnit.HOURS);
            case DAY -> at.truncatedTo(ChronoUnit.DAYS);
            case MONTH -> at.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1);
        };
    }

    private static ZonedDateTime next(ZonedDateTime at, Granularity granularity) {
        return switch (granularity) {
            case HOUR -> at.plusHours(1);
            case DAY -> at.plusDays(1);
            case MONTH -> at.plusMonths(1);
        };
    }

    private static Granularity granularity(Request request) {
        String asked = request.query("granularity").orElse("day");
        try {
            return Granularity.valueOf(asked.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw Parameters.invalid("granularity", asked, "hour, day or month");
        }
    }

    private static Instant orElse(@Nullable Instant value, Instant fallback) {
        return value == null ? fallback : value;
    }
}
