package dev.casebook.urlshortener.analytics.rollup;

import dev.casebook.urlshortener.analytics.Dimension;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What one poll adds to one link. Not thread-safe. */
final class LinkDelta {
    private static final long MILLIS_PER_HOUR = 3_600_000;
    private static final long MILLIS_PER_DAY = 24 * MILLIS_PER_HOUR;

    final long linkId;
    final Tally total = new Tally();
    /** By hours since the epoch. */
    final TreeMap<Long, Tally> hours = new TreeMap<>();
    /** By days since the epoch. */
    final TreeMap<Long, Day> days = new TreeMap<>();

    long lastMillis = Long.MIN_VALUE;

    /** What one poll adds to one link on one day. */
    static final class Day {
        final Tally total = new Tally();
        private final Map<Dimension, Map<String, Tally>> byDimension = new EnumMap<>(Dimension.class);
        final VisitorSketch visitors = new VisitorSketch();

        Map<String, Tally> values(Dimension dimension) {
            return byDimension.computeIfAbsent(dimension, d -> new HashMap<>());
        }

        private void add(Dimension dimension, String value, boolean bot) {
            values(dimension).computeIfAbsent(value, v -> new Tally()).add(bot);
        }
    }

    LinkDelta(long linkId) {
        this.linkId = linkId;
    }

    void add(Visit visit, String refererHost, long visitorHash) {
        boolean bot = visit.bot();
        total.add(bot);
        hours.computeIfAbsent(Math.floorDiv(visit.epochMillis(), MILLIS_PER_HOUR), h -> new Tally())
                .add(bot);
        Day day = days.computeIfAbsent(Math.floorDiv(visit.epochMillis(), MILLIS_PER_DAY), d -> new Day());
        day.total.add(bot);
        day.add(Dimension.REFERRER, refererHost, bot);
        day.add(Dimension.BROWSER, visit.agent().browser(), bot);
        day.add(Dimension.OS, visit.agent().os(), bot);
        day.add(Dimension.DEVICE, visit.agent().device(), bot);
        day.add(Dimension.COUNTRY, visit.country(), bot);
        day.add(Dimension.LANGUAGE, visit.language(), bot);
        if (!bot) {
            day.visitors.add(visitorHash);
        }
        lastMillis = Math.max(lastMillis, visit.epochMillis());
    }

    /** Adds another link's counts, without its visitors: their hashes mean nothing across links. */
    void addCounts(LinkDelta other) {
        total.add(other.total);
        other.hours.forEach(
                (hour, tally) -> hours.computeIfAbsent(hour, h -> new Tally()).add(tally));
        other.days.forEach((epochDay, theirs) -> {
            Day mine = days.computeIfAbsent(epochDay, d -> new Day());
            mine.total.add(theirs.total);
            for (Dimension dimension : Dimension.values()) {
                theirs.values(dimension)
                        .forEach((value, tally) -> mine.values(dimension)
                                .computeIfAbsent(value, v -> new Tally())
                                .add(tally));
            }
        });
        lastMillis = Math.max(lastMillis, other.lastMillis);
    }
}
