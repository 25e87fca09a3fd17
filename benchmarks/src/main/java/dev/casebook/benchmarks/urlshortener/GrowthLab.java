package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.lab.RoundResults;
import dev.casebook.benchmarks.lab.Tool;
import dev.casebook.benchmarks.measure.RatioInterval;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.Table;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Does a redirect cost more when there are a thousand times more links, and do statistics take longer when there are a hundred times more clicks? Two installations that differ in
 * nothing but the number of links are measured in turns, tier by tier: redirects from an L1 that holds 10,000 links on either side, redirects that PostgreSQL must answer, and such that Redis answers.
 * There is no peer: the claim is about the shape of a curve.
 *
 * <p>Equal: the same L1, the same number of links asked for, all at random from the whole table, so that on the large side each is on another page of heap and index. Links have the codes that the service
 * would have given them ({@link PermutedLinks}); clicks are recorded, and counted by nobody, as they would be by another node. What the processes use when nobody asks for anything is told, too: at a fixed
 * rate it is part of a redirect's cost, and would hide growth if it were large. Soon after its start a node judges all links by the blocklist; the links are loaded when that is over, as on the large side
 * it would go on through the rounds.
 *
 * <p>Unfair would be to ask for all links of either side through one L1: ten thousand fit and ten million do not, which is a question of traffic, and another lab's. The large table fits the kernel's page
 * cache, as it should in life; of a disk this lab says nothing. The statistics are those of two links in one table, between those of others, with the rows that the aggregator would have left of such
 * traffic ({@link RollupTraffic}). How creates fare in a large table is told by {@code creates}.
 */
final class GrowthLab implements Lab {
    private static final int FEW = 10_000;
    private static final int MANY = 10_000_000;
    private static final int MANY_QUICK = 200_000;
    private static final int RESIDENT = 10_000;
    private static final int L1_RATE = 2_000;
    private static final int BELOW_L1_RATE = 1_000;
    private static final int SECONDS = 4;
    private static final int WARM_UP_PASSES = 5;
    private static final int SECONDS_QUICK = 1;
    private static final Duration SWEPT_WITHIN = Duration.ofMinutes(1);
    private static final String SWEPT = "judged all links by the new blocklist";
    private static final double COST_MAX = 1.3;
    private static final double SAME_MAX = 1.1;

    private static final String SMALL = "10,000 links";

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public String question() {
        return "What do a thousand times more links cost a redirect, and a hundred times more clicks the statistics?";
    }

    @Override
    public String prediction() {
        return "10 thousand or 10 million links: how many more pages of the index does PostgreSQL read for one, and how many of them come from its own buffers? Does a cache in front of it care? And how"
                + " many more rows does a year's statistics read for a link with a hundred times the clicks?";
    }

    @Override
    public String method() {
        return "Two installations, each a service in a JVM of its own with PostgreSQL, Redis and Kafka; links loaded by COPY into the real schema (without the index of the search, which no redirect reads) under"
                + " codes of the real permutation. Interleaved rounds: 10,000 links that L1 holds; then links at random, each asked for once after L1 and Redis were emptied, and once more after L1"
                + " was. CPU from /proc, latency open-loop. Then statistics of two links in one table, a request at a time, rows as the aggregator writes them. Ratios are those of neighbouring rounds.";
    }

    @Override
    public Duration expectedDuration() {
        return Duration.ofMinutes(15);
    }

    @Override
    public List<Tool> tools() {
        return List.of(Tool.WRK);
    }

    @Override
    public LabResult run(LabContext context) throws Exception {
        context.version("wrk", Tool.WRK.version());
        int many = context.setting("links", context.isQuick() ? MANY_QUICK : MANY);
        Duration duration = Duration.ofSeconds(context.isQuick() ? SECONDS_QUICK : context.setting("seconds", SECONDS));
        String large = Figures.count(many) + " links";
        Deployment first = start(context, "small");
        Deployment second = start(context, "large");
        context.progress("waiting for the services' first look through their links");
        first.awaitLogged(SWEPT, SWEPT_WITHIN);
        second.awaitLogged(SWEPT, SWEPT_WITHIN);
        long begin = System.nanoTime();
        RedirectTrials small = load(context, first, FEW);
        RedirectTrials big = load(context, second, many);
        long loadSeconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();

        for (RedirectTrials side : List.of(small, big)) {
            context.progress("filling L1");
            side.fillL1(duration.multipliedBy(2));
        }
        RoundResults l1 = context.rounds(5)
                .warmUp(context.isQuick() ? 0 : 1)
                .contender(SMALL, round -> small.fromL1(duration, L1_RATE, round))
                .contender(large, round -> big.fromL1(duration, L1_RATE, round))
                .run();
        for (RedirectTrials side : context.isQuick() ? List.<RedirectTrials>of() : List.of(small, big)) {
            context.progress("letting the compiler see redirects below L1");
            side.warmUpBelowL1(WARM_UP_PASSES);
        }
        Duration idle = duration.multipliedBy(3);
        context.progress("measuring what idle processes use");
        Map<String, Map<String, Double>> idleCpu = Map.of(SMALL, small.idle(idle), large, big.idle(idle));
        PagesRead smallPages = PagesRead.begin(small);
        PagesRead bigPages = PagesRead.begin(big);
        RoundResults below = context.rounds(7)
                .warmUp(context.isQuick() ? 0 : 2)
                .contender(SMALL, round -> small.belowL1(duration, BELOW_L1_RATE, round))
                .contender(large, round -> big.belowL1(duration, BELOW_L1_RATE, round))
                .run();
        Map<String, Double> pages = Map.of(SMALL, smallPages.perQuery(), large, bigPages.perQuery());
        StatisticsTrials statistics = StatisticsTrials.prepare(context, big.deployment(), big.links());
        RoundResults month = statistics.month(context);
        RoundResults year = statistics.year(context);

        LabResult.Builder result = LabResult.builder();
        String redirects = addRedirects(result, large, l1, below, pages);
        addIdle(result, idleCpu);
        String clicks = addStatistics(result, statistics, month, year);
        for (String relation : List.of("links", "links_key")) {
            result.data(relation + "_bytes", big.deployment().number("SELECT pg_relation_size('" + relation + "')"));
        }
        return result.data("links_few", FEW)
                .data("links_many", many)
                .data("loaded_in_seconds", loadSeconds)
                .data("quick", context.isQuick())
                .conclusion(redirects + " " + clicks);
    }

    private static Deployment start(LabContext context, String name) throws Exception {
        // No cached link is to be asked for anew within a round.
        return Deployment.start(context, name, "--no-aggregator", "--cache-ttl=7200", "--log-level=info");
    }

    private static RedirectTrials load(LabContext context, Deployment deployment, int count) throws Exception {
        PermutedLinks links = PermutedLinks.load(deployment, count, context::progress);
        return new RedirectTrials(context, deployment, links, RESIDENT);
    }

    private static String addRedirects(
            LabResult.Builder result,
            String large,
            RoundResults l1,
            RoundResults below,
            Map<String, Double> pagesPerQuery) {
        String all = RedirectTrials.STORES_AND_SERVICE;
        String database = RedirectTrials.DATABASE;
        String redis = RedirectTrials.REDIS;
        RatioInterval near = PairedRatio.of(l1, large, SMALL, "service");
        RatioInterval shared = PairedRatio.of(below, large, SMALL, redis + all);
        RatioInterval read = PairedRatio.of(below, large, SMALL, database + all);
        RatioInterval store = PairedRatio.of(below, large, SMALL, database + "postgres");
        RatioInterval median = PairedRatio.of(below, large, SMALL, database + "p50");
        Table.Builder ratios = Table.of(large + " against " + SMALL + ", neighbouring rounds", "", "ratio (95%)");
        Map<String, Object> data = new LinkedHashMap<>();
        addRatio(ratios, data, "from L1: service CPU", near);
        addRatio(ratios, data, "from L1: p50", PairedRatio.of(l1, large, SMALL, "p50"));
        addRatio(ratios, data, "from L1: p99", PairedRatio.of(l1, large, SMALL, "p99"));
        addRatio(ratios, data, "from Redis: CPU of service, PostgreSQL and Redis", shared);
        addRatio(ratios, data, "from Redis: p50", PairedRatio.of(below, large, SMALL, redis + "p50"));
        addRatio(ratios, data, "from Redis: p99", PairedRatio.of(below, large, SMALL, redis + "p99"));
        addRatio(ratios, data, "from PostgreSQL: CPU of service, PostgreSQL and Redis", read);
        addRatio(
                ratios,
                data,
                "from PostgreSQL: service CPU",
                PairedRatio.of(below, large, SMALL, database + "service"));
        addRatio(ratios, data, "from PostgreSQL: PostgreSQL CPU", store);
        addRatio(ratios, data, "from PostgreSQL: p50", median);
        addRatio(ratios, data, "from PostgreSQL: p99", PairedRatio.of(below, large, SMALL, database + "p99"));
        result.verdict(
                        "a redirect from L1 costs at most 1.3 times as much CPU with " + large,
                        near.ratio() <= COST_MAX,
                        PairedRatio.written(near))
                .verdict(
                        "so does one from Redis, all processes together",
                        shared.ratio() <= COST_MAX,
                        PairedRatio.written(shared))
                .verdict(
                        "so does one that PostgreSQL must answer, all processes together",
                        read.ratio() <= COST_MAX,
                        PairedRatio.written(read))
                .verdict("so does PostgreSQL's own part of it", store.ratio() <= COST_MAX, PairedRatio.written(store))
                .verdict(
                        "and it takes at most 1.3 times as long (median)",
                        median.ratio() <= COST_MAX,
                        PairedRatio.written(median))
                .block(l1.table(
                        "From L1, which holds 10,000 links",
                        SMALL,
                        headings(
                                "service CPU, µs/redirect",
                                "service",
                                "redirects/s at saturation",
                                "perSecond",
                                "p50 ms at " + Figures.count(L1_RATE) + "/s",
                                "p50",
                                "p99 ms",
                                "p99")))
                .block(below.table("From Redis, L1 emptied before", SMALL, headingsBelow(redis)))
                .block(below.table("From PostgreSQL, L1 and Redis emptied before", SMALL, headingsBelow(database)))
                .block(below.chart(
                        "CPU of a redirect that PostgreSQL must answer, all processes together",
                        "µs (less is better)",
                        database + all,
                        large))
                .block(ratios.build())
                .block(Table.of(
                                "Pages of links and their indexes that were not in PostgreSQL's own buffers",
                                "",
                                "a query")
                        .row(SMALL, Figures.number(pagesPerQuery.getOrDefault(SMALL, 0.0)))
                        .row(large, Figures.number(pagesPerQuery.getOrDefault(large, 0.0)))
                        .build())
                .data("l1", l1.data())
                .data("below_l1", below.data())
                .data("ratios_paired", data)
                .data("pages_not_in_buffers_per_query", pagesPerQuery);
        return "With " + large + " instead of " + SMALL + " a redirect from L1 took " + PairedRatio.written(near)
                + " the CPU, one from Redis " + PairedRatio.written(shared)
                + "; one that PostgreSQL had to answer took "
                + PairedRatio.written(read) + " the CPU of all processes, " + PairedRatio.written(store)
                + " PostgreSQL's, and " + PairedRatio.written(median)
                + " the time. Neither cache knows how large the table behind it is. PostgreSQL found "
                + Figures.number(pagesPerQuery.getOrDefault(large, 0.0))
                + " pages a query not in its own buffers but in the kernel's, with " + SMALL + " "
                + Figures.number(pagesPerQuery.getOrDefault(SMALL, 0.0)) + ".";
    }

    private static Map<String, String> headingsBelow(String tier) {
        return headings(
                "CPU of all three, µs/redirect",
                tier + RedirectTrials.STORES_AND_SERVICE,
                "service",
                tier + "service",
                "PostgreSQL",
                tier + "postgres",
                "Redis",
                tier + "redis",
                "p50 ms at " + Figures.count(BELOW_L1_RATE) + "/s",
                tier + "p50",
                "p99 ms",
                tier + "p99");
    }

    private static void addIdle(LabResult.Builder result, Map<String, Map<String, Double>> idleCpu) {
        Table.Builder table = Table.of(
                "CPU of idle processes: so much of a redirect's above is no redirect's, at "
                        + Figures.count(BELOW_L1_RATE) + "/s",
                "",
                "service, µs/redirect",
                "PostgreSQL",
                "Redis");
        for (String side : new TreeSet<>(idleCpu.keySet())) {
            Map<String, Double> seconds = idleCpu.getOrDefault(side, Map.of());
            table.row(side, share(seconds, "service"), share(seconds, "postgres"), share(seconds, "redis"));
        }
        result.block(table.build()).data("idle_cpu_seconds_per_second", idleCpu);
    }

    private static String share(Map<String, Double> seconds, String part) {
        return Figures.number(seconds.getOrDefault(part, 0.0) * 1e6 / BELOW_L1_RATE);
    }

    /** Counters at the beginning of the rounds whose difference is told. */
    private record PagesRead(RedirectTrials side, long pages, double queries) {
        static PagesRead begin(RedirectTrials side) throws Exception {
            return new PagesRead(side, side.pagesNotInBuffers(), side.queries());
        }

        double perQuery() throws Exception {
            return (side.pagesNotInBuffers() - pages) / (side.queries() - queries);
        }
    }

    private static String addStatistics(
            LabResult.Builder result, StatisticsTrials statistics, RoundResults month, RoundResults year) {
        RatioInterval ofMonth = StatisticsTrials.ratio(month, "p50");
        RatioInterval ofYear = StatisticsTrials.ratio(year, "p50");
        Map<String, Long> rows = statistics.rows();
        Map<String, String> headings = headings("p50 ms", "p50", "p99 ms", "p99", "CPU ms/request", "cpu");
        result.verdict(
                        "thirty days' statistics take as long at 1e8 clicks as at 1e6 (median, at most 1.1 times)",
                        ofMonth.ratio() <= SAME_MAX,
                        PairedRatio.written(ofMonth))
                .verdict("so do a year's by day", ofYear.ratio() <= SAME_MAX, PairedRatio.written(ofYear))
                .block(month.table("Thirty days by day, as the page asks", StatisticsTrials.LESS, headings))
                .block(year.table("A year by day", StatisticsTrials.LESS, headings))
                .block(year.chart("A year's statistics", "ms (less is better)", "p50", StatisticsTrials.MORE))
                .data("statistics_month", month.data())
                .data("statistics_year", year.data())
                .data("statistics_month_ratio_paired", PairedRatio.data(ofMonth))
                .data("statistics_year_ratio_paired", PairedRatio.data(ofYear))
                .data("rollup_rows_by_link", rows)
                .data("rollup_rows", statistics.rowsInAll());
        return "A hundred times the clicks left " + Figures.count(rows.getOrDefault(StatisticsTrials.MORE, 0L))
                + " rows of rollups instead of " + Figures.count(rows.getOrDefault(StatisticsTrials.LESS, 0L))
                + "; thirty days' statistics took " + PairedRatio.written(ofMonth) + " as long, a year's "
                + PairedRatio.written(ofYear) + ".";
    }

    private static void addRatio(Table.Builder table, Map<String, Object> data, String of, RatioInterval ratio) {
        table.row(of, PairedRatio.written(ratio));
        data.put(of, PairedRatio.data(ratio));
    }

    private static Map<String, String> headings(String... headingsAndMetrics) {
        Map<String, String> headings = new LinkedHashMap<>();
        for (int i = 0; i < headingsAndMetrics.length; i += 2) {
            headings.put(headingsAndMetrics[i], headingsAndMetrics[i + 1]);
        }
        return headings;
    }
}
