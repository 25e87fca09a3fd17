package dev.casebook.benchmarks.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;

/** How numbers are written in reports: three significant digits, thousands apart, the unit that fits. */
public final class Figures {
    private static final int SIGNIFICANT_DIGITS = 3;

    private Figures() {}

    /** Three significant digits; whole numbers of four and more digits are written out with thousands apart. */
    public static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.isNaN(value) ? "-" : value > 0 ? "∞" : "-∞";
        }
        if (Math.abs(value) >= 1000) {
            return String.format(Locale.ROOT, "%,d", Math.round(value));
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(SIGNIFICANT_DIGITS, RoundingMode.HALF_UP));
        if (rounded.signum() != 0 && rounded.abs().compareTo(new BigDecimal("0.0001")) < 0) {
            return String.format(Locale.ROOT, "%.2e", value);
        }
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    /** A count, thousands apart. */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** A ratio: "1.07x". */
    public static String ratio(double value) {
        return Double.isInfinite(value) || Double.isNaN(value)
                ? number(value)
                : String.format(Locale.ROOT, value < 10 ? "%.2fx" : value < 100 ? "%.1fx" : "%,.0fx", value);
    }

    /** A share of 1 as a percentage with enough digits to tell 0.001% from none. */
    public static String percent(double share) {
        if (share == 0) {
            return "0%";
        }
        return String.format(
                Locale.ROOT,
                Math.abs(share) < 0.001 ? "%.4f%%" : Math.abs(share) < 0.1 ? "%.2f%%" : "%.1f%%",
                share * 100);
    }

    /** Nanoseconds in the unit that fits: "412 ns", "13.7 µs", "2.41 ms", "1.02 s". */
    public static String nanos(double nanos) {
        double size = Math.abs(nanos);
        if (size < 1e3) {
            return number(nanos) + " ns";
        }
        if (size < 1e6) {
            return number(nanos / 1e3) + " µs";
        }
        return size < 1e9 ? number(nanos / 1e6) + " ms" : number(nanos / 1e9) + " s";
    }

    /** A length of time for people: "45 s", "3 min 20 s", "1 h 5 min". */
    public static String duration(Duration duration) {
        long seconds = Math.max(0, Math.round(duration.toMillis() / 1e3));
        if (seconds < 60) {
            return seconds + " s";
        }
        long minutes = seconds / 60;
        if (minutes < 60) {
            return minutes + " min" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
        }
        return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
    }

    /** A tick's label: "250", "1.5k", "20M", "0.05". */
    static String tick(double value) {
        double size = Math.abs(value);
        if (size >= 1e9) {
            return number(value / 1e9) + "G";
        }
        if (size >= 1e6) {
            return number(value / 1e6) + "M";
        }
        return size >= 1e4 ? number(value / 1e3) + "k" : number(value).replace(",", "");
    }
}
