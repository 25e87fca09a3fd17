package dev.casebook.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** Maps the values of one axis to pixels and chooses its tick marks (steps of 1, 2 or 5 times a power of ten). */
record Scaling(double from, double to, double startPx, double endPx, Axis.Scale scale) {
    private static final int TICKS_MAX = 9;

    Scaling {
        if (!(from < to)) {
            throw new IllegalArgumentException("from must be < to: " + from + " >= " + to);
        }
    }

    /** An axis that spans exactly its values, widened where they all coincide. */
    static Scaling tight(double min, double max, double startPx, double endPx, Axis.Scale scale) {
        if (min < max) {
            return new Scaling(min, max, startPx, endPx, scale);
        }
        return scale == Axis.Scale.LOGARITHMIC
                ? new Scaling(min / 2, max * 2, startPx, endPx, scale)
                : new Scaling(min - 1, max + 1, startPx, endPx, scale);
    }

    /** An axis that ends on round values and, when linear and not negative, begins at 0. */
    static Scaling round(double min, double max, double startPx, double endPx, Axis.Scale scale) {
        if (scale == Axis.Scale.LOGARITHMIC) {
            double low = roundedDown(min);
            double high = roundedUp(max);
            return new Scaling(low, low < high ? high : high * 2, startPx, endPx, scale);
        }
        double low = Math.min(0, min);
        double high = Math.max(0, max);
        if (low == high) {
            high = 1;
        }
        double step = step(low, high);
        return new Scaling(Math.floor(low / step) * step, Math.ceil(high / step) * step, startPx, endPx, scale);
    }

    double px(double value) {
        DoubleUnaryOperator map = scale == Axis.Scale.LOGARITHMIC ? Math::log : DoubleUnaryOperator.identity();
        double clamped = Math.clamp(value, from, to);
        double share = (map.applyAsDouble(clamped) - map.applyAsDouble(from))
                / (map.applyAsDouble(to) - map.applyAsDouble(from));
        return startPx + share * (endPx - startPx);
    }

    List<Axis.Tick> ticks() {
        List<Axis.Tick> ticks = new ArrayList<>();
        if (scale == Axis.Scale.LINEAR) {
            double step = step(from, to);
            for (long i = (long) Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) {
                ticks.add(new Axis.Tick(i * step, Figures.tick(i * step)));
            }
            return ticks;
        }
        double decades = Math.log10(to / from);
        double[] factors = decades <= 2.5 ? new double[] {1, 2, 5} : new double[] {1};
        int stride = (int) Math.max(1, Math.ceil(decades / TICKS_MAX));
        for (int power = (int) Math.floor(Math.log10(from)); Math.pow(10, power) <= to; power += stride) {
            for (double factor : factors) {
                double value = factor * Math.pow(10, power);
                if (value >= from * (1 - 1e-9) && value <= to * (1 + 1e-9)) {
                    ticks.add(new Axis.Tick(value, Figures.tick(value)));
                }
            }
        }
        return ticks;
    }

    private static double step(double from, double to) {
        double rough = (to - from) / 5;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double digit = rough / power;
        return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
    }

    private static double roundedDown(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        double digit = value / power;
        return power * (digit >= 5 ? 5 : digit >= 2 ? 2 : 1);
    }

    private static double roundedUp(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        double digit = value / power;
        return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
    }
}
