package dev.casebook.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/** Series over a numeric axis, each point with its spread where there is one. */
public record LineChart(String title, Axis x, Axis y, List<Series> series, List<Marker> markers) implements Chart {
    public LineChart {
        series = List.copyOf(series);
        markers = List.copyOf(markers);
    }

    /** A chart without markers. */
    public static LineChart of(String title, Axis x, Axis y, List<Series> series) {
        return new LineChart(title, x, y, series, List.of());
    }

    /** The same chart with a vertical line at a moment worth pointing out. */
    public LineChart marked(double at, String label) {
        List<Marker> more = new ArrayList<>(markers);
        more.add(new Marker(at, label));
        return new LineChart(title, x, y, series, more);
    }

    /** A named line. */
    public record Series(String name, List<Point> points) {
        public Series {
            points = List.copyOf(points);
        }

        /**
         * A line through points without spread.
         *
         * @param ys as many as {@code xs}
         */
        public static Series of(String name, double[] xs, double[] ys) {
            if (xs.length != ys.length) {
                throw new IllegalArgumentException(
                        "as many y as x values are needed: " + ys.length + " != " + xs.length);
            }
            List<Point> points = new ArrayList<>();
            for (int i = 0; i < xs.length; i++) {
                points.add(Point.of(xs[i], ys[i]));
            }
            return new Series(name, points);
        }
    }

    /**
     * A measurement with its spread.
     *
     * @param low lower end of the error bar, {@code y} when there is none
     * @param high upper end of the error bar, {@code y} when there is none
     */
    public record Point(double x, double y, double low, double high) {
        /** A point without spread. */
        public static Point of(double x, double y) {
            return new Point(x, y, y, y);
        }
    }

    /** A vertical line with a word beside it: a fault injected, the warm-up's end. */
    public record Marker(double x, String label) {}
}
