package dev.casebook.benchmarks.urlshortener;

import dev.casebook.common.sketch.HyperLogLog;
import dev.casebook.urlshortener.analytics.Dimension;
import java.nio.ByteBuffer;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A year of one link's clicks as the rows that the aggregator leaves of them, without the clicks. The year has working days, weekends and nights; referrers and languages are Zipf
 * distributed, browsers, systems and devices are few; countries are unknown, as nothing here looks them up. So a busy link has more rows than a quiet one for the reason it
 * would have in life: rare values turn up, up to the limit a day, beyond which they are counted together.
 *
 * <p>Which values a day has follows from a Poisson process per value: the first click of a value with probability p comes after Exp(1)/p clicks, those that come within the day's clicks
 * are there, and the first {@link Dimension#VALUES_MAX} of them have a row of their own. Hours add up to days, values to days, and days to exactly the clicks asked for. Not thread-safe.
 */
final class RollupTraffic {
    static final int DAYS = 365;
    static final int HOUR = 0;
    static final int DAY = 1;

    private static final int HOURS_A_DAY = 24;
    private static final long SECONDS_A_HOUR = 3_600;
    private static final double WEEKEND = 0.6;
    private static final double VISITORS_A_CLICK = 0.7;
    // What the aggregator counts exactly, and the precision of its sketches beyond: analytics.rollup.VisitorSketch.
    private static final int VISITORS_EXACT_MAX = 256;
    private static final int SKETCH_PRECISION = 12;

    private static final Map<Dimension, Shares> SHARES = new EnumMap<>(Map.of(
            Dimension.REFERRER, Shares.zipf(5_000, 1.0, 0.4),
            Dimension.BROWSER, Shares.of(0.55, 0.2, 0.1, 0.06, 0.04, 0.02, 0.01, 0.01, 0.005, 0.004, 0.001),
            Dimension.OS, Shares.of(0.4, 0.3, 0.15, 0.12, 0.02, 0.009, 0.001),
            Dimension.DEVICE, Shares.of(0.6, 0.36, 0.039, 0.001),
            Dimension.COUNTRY, Shares.zipf(0, 1, 1),
            Dimension.LANGUAGE, Shares.zipf(80, 1.3, 0.02)));

    private final SplittableRandom random;
    private final LocalDate firstDay;

    /** @param lastDay the year's last day, in UTC */
    RollupTraffic(long seed, LocalDate lastDay) {
        this.random = new SplittableRandom(seed);
        this.firstDay = lastDay.minusDays(DAYS - 1L);
    }

    /** Takes the rows. */
    interface Rows {
        /** One of {@code click_rollup}; {@code bucket} in epoch seconds. */
        void clicks(long link, int granularity, int dimension, long bucket, String value, long clicks);

        /** One of {@code click_visitors}. */
        void visitors(long link, LocalDate day, long visitors, byte[] sketch);
    }

    /** A link and how often it is clicked in the year. */
    record Clicked(long link, long clicks) {}

    LocalDate firstDay() {
        return firstDay;
    }

    /** Gives the rows of all links, day by day: so they come to lie in the table as a year would leave them, no link's rows together. */
    void write(List<Clicked> links, Rows rows) {
        double[] until = sharesUntil();
        for (int day = 0; day < DAYS; day++) {
            LocalDate date = firstDay.plusDays(day);
            for (Clicked link : links) {
                long clicks = 0;
                long midnight = date.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
                for (int hour = 0; hour < HOURS_A_DAY; hour++) {
                    int at = day * HOURS_A_DAY + hour;
                    long inHour = Math.round(until[at + 1] * link.clicks) - Math.round(until[at] * link.clicks);
                    if (inHour > 0) {
                        rows.clicks(
                                link.link, HOUR, Dimension.TOTAL.code(), midnight + hour * SECONDS_A_HOUR, "", inHour);
                    }
                    clicks += inHour;
                }
                if (clicks > 0) {
                    rows.clicks(link.link, DAY, Dimension.TOTAL.code(), midnight, "", clicks);
                    for (Map.Entry<Dimension, Shares> dimension : SHARES.entrySet()) {
                        values(link.link, dimension.getKey(), midnight, dimension.getValue(), clicks, rows);
                    }
                    visitors(link.link, date, Math.max(1, Math.round(clicks * VISITORS_A_CLICK)), rows);
                }
            }
        }
    }

    /** The part of the year's clicks that came before each hour, from 0 to 1. */
    private double[] sharesUntil() {
        double[] until = new double[DAYS * HOURS_A_DAY + 1];
        for (int at = 0; at < DAYS * HOURS_A_DAY; at++) {
            DayOfWeek weekday = firstDay.plusDays(at / HOURS_A_DAY).getDayOfWeek();
            double hour = 1 - 0.85 * Math.cos(2 * Math.PI * (at % HOURS_A_DAY - 3) / HOURS_A_DAY);
            until[at + 1] = until[at] + hour * (weekday.compareTo(DayOfWeek.SATURDAY) >= 0 ? WEEKEND : 1);
        }
        double whole = until[until.length - 1];
        for (int at = 0; at < until.length; at++) {
            until[at] /= whole;
        }
        return until;
    }

    private record Arrival(String value, double share, double after) {}

    private void values(long link, Dimension dimension, long bucket, Shares shares, long clicks, Rows rows) {
        List<Arrival> present = new ArrayList<>();
        for (int i = 0; i < shares.values.size(); i++) {
            double after = -Math.log(1 - random.nextDouble()) / shares.shares[i];
            if (after < clicks) {
                present.add(new Arrival(shares.values.get(i), shares.shares[i], after));
            }
        }
        present.sort(Comparator.comparingDouble(Arrival::after));
        List<Arrival> kept = present.subList(0, Math.min(present.size(), Dimension.VALUES_MAX));
        long[] counts = new long[kept.size()];
        long rest = clicks;
        for (int i = 0; i < counts.length; i++) {
            counts[i] = Math.min(rest, 1 + (long) (kept.get(i).share * (clicks - kept.get(i).after)));
            rest -= counts[i];
        }
        boolean folded = present.size() > kept.size() && rest > 0;
        if (!folded && rest > 0) {
            if (kept.isEmpty()) {
                rows.clicks(link, DAY, dimension.code(), bucket, shares.values.getFirst(), rest);
                return;
            }
            counts[0] += rest; // what rounding down has left
        }
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                rows.clicks(link, DAY, dimension.code(), bucket, kept.get(i).value, counts[i]);
            }
        }
        if (folded) {
            rows.clicks(link, DAY, dimension.code(), bucket, Dimension.OTHER, rest);
        }
    }

    private void visitors(long link, LocalDate day, long visitors, Rows rows) {
        if (visitors <= VISITORS_EXACT_MAX) {
            ByteBuffer hashes =
                    ByteBuffer.allocate(1 + (int) visitors * Long.BYTES).put((byte) 0);
            random.longs(visitors).sorted().forEach(hashes::putLong);
            rows.visitors(link, day, visitors, hashes.array());
            return;
        }
        HyperLogLog sketch = HyperLogLog.create(SKETCH_PRECISION);
        for (long i = 0; i < visitors; i++) {
            sketch.add(random.nextLong());
        }
        byte[] registers = sketch.toBytes();
        rows.visitors(
                link,
                day,
                Math.round(sketch.estimate()),
                ByteBuffer.allocate(1 + registers.length)
                        .put((byte) 1)
                        .put(registers)
                        .array());
    }

    /** Values of a dimension with their parts of all clicks, which add up to 1. */
    private static final class Shares {
        final List<String> values;
        final double[] shares;

        Shares(List<String> values, double[] shares) {
            this.values = values;
            this.shares = shares;
        }

        static Shares of(double... shares) {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < shares.length; i++) {
                values.add("value " + i);
            }
            return new Shares(values, shares);
        }

        /** @param none the part of clicks that do not tell the value */
        static Shares zipf(int count, double exponent, double none) {
            List<String> values = new ArrayList<>();
            values.add("");
            double[] shares = new double[count + 1];
            shares[0] = none;
            double sum = 0;
            for (int i = 1; i <= count; i++) {
                sum += Math.pow(i, -exponent);
            }
            for (int i = 1; i <= count; i++) {
                values.add("value-" + i + ".example");
                shares[i] = (1 - none) * Math.pow(i, -exponent) / sum;
            }
            return new Shares(values, shares);
        }
    }
}
