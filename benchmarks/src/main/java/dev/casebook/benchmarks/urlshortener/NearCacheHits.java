package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.report.Axis;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.LineChart;
import dev.casebook.benchmarks.report.Table;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What L1 of one size answers under one exponent, beside {@link ZipfCacheTheory} for as many entries.
 *
 * @param exponent of Zipf's law
 * @param entries that L1 held at the end, as the node tells
 * @param redirects that were counted
 * @param measured share of the redirects, 0 to 1, that L1 answered
 * @param lru what LRU with room for so many would
 * @param perfectLfu what the most popular so many would
 */
record NearCacheHits(
        double exponent, int mebibytes, int entries, long redirects, double measured, double lru, double perfectLfu) {
    /** Of all links: a cache that holds more of them has run out of what to evict, and theory has nothing to say about it. */
    private static final double WORKING_SET_SHARE_MAX = 0.8;

    private static final int PASSES_MAX = 12;
    /** From one pass to the next in a cache that is full: evictions are under way while it is asked for its size. */
    private static final double GROWTH_MAX = 1.001;
    /** From one pass to the next by chance alone: one standard error of the difference at 60,000 redirects a pass is 0.003. */
    private static final double GAIN_MAX = 0.003;

    /**
     * Lets L1 settle, then counts.
     *
     * @param pass how long a pass lasts, also the one that counts
     * @return nothing when L1 is not full at its size
     */
    static Optional<NearCacheHits> measure(
            NodeProcess node, int mebibytes, ZipfCacheTheory theory, ZipfDraws draws, Duration pass) throws Exception {
        if (!settle(node, theory.exponent(), draws, pass)) {
            return Optional.empty();
        }
        Pass counted = Pass.run(node, theory.exponent(), draws, pass);
        return Optional.of(new NearCacheHits(
                theory.exponent(),
                mebibytes,
                counted.entries,
                counted.redirects,
                counted.ratio,
                theory.lru(counted.entries),
                theory.perfectLfu(counted.entries)));
    }

    /**
     * Asks until L1 holds no more links and answers no more of the redirects than in the pass before: it is full, and knows what is popular.
     *
     * @return false when it is not full at its size
     */
    static boolean settle(NodeProcess node, double exponent, ZipfDraws draws, Duration length) throws Exception {
        Pass last = Pass.run(node, exponent, draws, length);
        boolean full = false;
        for (int pass = 2; pass <= PASSES_MAX; pass++) {
            Pass now = Pass.run(node, exponent, draws, length);
            full = now.entries <= last.entries * GROWTH_MAX && now.entries <= draws.links() * WORKING_SET_SHARE_MAX;
            if (full && now.ratio <= last.ratio + GAIN_MAX) {
                return true;
            }
            last = now;
        }
        return full;
    }

    private record Pass(int entries, long redirects, double ratio) {
        static Pass run(NodeProcess node, double exponent, ZipfDraws draws, Duration length) throws Exception {
            double before = node.metric(ZipfRedirects.NEAR);
            long redirects = draws.run(node, exponent, length).requests();
            double hits = node.metric(ZipfRedirects.NEAR) - before;
            return new Pass(
                    (int) Math.round(node.metric("urlshortener_near_links")), redirects, hits / (double) redirects);
        }
    }

    static Table table(List<NearCacheHits> all, int links) {
        Table.Builder table = Table.of(
                "Hit ratio of L1 over " + Figures.count(links) + " links, beside theory for as many entries",
                "exponent",
                "L1 MiB",
                "entries",
                "redirects",
                "Caffeine",
                "LRU (Che)",
                "perfect LFU");
        for (NearCacheHits one : all) {
            table.row(
                    Figures.number(one.exponent),
                    String.valueOf(one.mebibytes),
                    Figures.count(one.entries),
                    Figures.count(one.redirects),
                    Figures.percent(one.measured),
                    Figures.percent(one.lru),
                    Figures.percent(one.perfectLfu));
        }
        return table.build();
    }

    /** Of one exponent. */
    static LineChart chart(String title, List<NearCacheHits> sizes) {
        return LineChart.of(
                title,
                Axis.logarithmic("links in L1"),
                Axis.linear("share of redirects"),
                List.of(
                        series("perfect LFU", sizes, NearCacheHits::perfectLfu),
                        series("Caffeine, measured", sizes, NearCacheHits::measured),
                        series("LRU (Che)", sizes, NearCacheHits::lru)));
    }

    Map<String, Object> data() {
        return Map.of(
                "exponent", exponent,
                "mebibytes", mebibytes,
                "entries", entries,
                "redirects", redirects,
                "measured", measured,
                "lru", lru,
                "perfect_lfu", perfectLfu);
    }

    private static LineChart.Series series(
            String name, List<NearCacheHits> sizes, ToDoubleFunction<NearCacheHits> ratio) {
        return new LineChart.Series(
                name,
                sizes.stream()
                        .map(one -> LineChart.Point.of(one.entries, ratio.applyAsDouble(one)))
                        .toList());
    }
}
