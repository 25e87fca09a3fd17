package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.lab.RoundResults;
import dev.casebook.benchmarks.lab.Tool;
import dev.casebook.benchmarks.measure.RatioInterval;
import dev.casebook.benchmarks.report.Figures;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Does one link that everybody clicks cost more than a million links clicked in turn? Where a click is a row's {@code UPDATE clicks = clicks + 1} it does: transactions on one row wait
 * for each other through their commits (YOURLS issue 2829: 30 clicks a second on a hot link, 400 without). The peers are that UPDATE, driven by pgbench with prepared
 * statements, nothing but the database in the way, on the hot row and on a million rows. Ours is the whole service with clicks recorded, sent and counted.
 *
 * <p>Unfair would be to count redirects whose clicks were lost or not yet counted: each run ends when all of its clicks stand in the totals, CPU is measured to
 * that moment, and a dropped click fails the lab.
 */
final class HotLinkLab implements Lab {
    private static final int CLIENTS = 32;
    private static final int LINKS = 1_000_000;
    private static final int LINKS_QUICK = 20_000;
    private static final double HOT_TARGET = 0.9;
    private static final Duration COUNTED_WITHIN = Duration.ofMinutes(4);
    private static final Duration RESIDENT_WITHIN = Duration.ofMinutes(6);
    /** Of the links; the filter in front of the near cache may hold a few back. */
    private static final double RESIDENT_SHARE = 0.98;

    private static final String HOT = "ours, one hot link";
    private static final String DISTINCT = "ours, all links";
    private static final String UPDATE_HOT = "UPDATE clicks+1, one hot row";
    private static final String UPDATE_DISTINCT = "UPDATE clicks+1, all rows";

    @Override
    public String name() {
        return "hot-link";
    }

    @Override
    public String question() {
        return "What does one link that everybody clicks cost, compared with a million links?";
    }

    @Override
    public String prediction() {
        return "Each click is one UPDATE of its link's row, committed: how many a second can one row take, and how many can a million rows? When clicks are added up in memory and"
                + " written by the batch, which of the two, one hot link or a million, is the more work for the database?";
    }

    @Override
    public String method() {
        return "The service in a JVM of its own with a million links, all of them in L1 (--cache-mib, --cache-ttl; previews, which count no click, bring them there), clicks on; wrk asks over"
                + " 32 connections for one link and for all, each as likely. pgbench runs UPDATE ... SET clicks = clicks + 1 RETURNING long_url over 32 connections on one row and on"
                + " all. Each run of ours ends when its clicks are in the totals.";
    }

    @Override
    public Duration expectedDuration() {
        return Duration.ofMinutes(12);
    }

    @Override
    public List<Tool> tools() {
        return List.of(Tool.WRK, Tool.PGBENCH);
    }

    @Override
    public LabResult run(LabContext context) throws Exception {
        context.version("wrk", Tool.WRK.version());
        context.version("pgbench", Tool.PGBENCH.version());
        int links = context.isQuick() ? LINKS_QUICK : LINKS;
        Deployment deployment = Deployment.start(context, "hot-link", "--cache-mib=1024", "--cache-ttl=86400");
        context.progress("making " + Figures.count(links) + " links");
        GeneratedLinks.insertForRedirects(deployment, links);
        deployment.sql(
                "CREATE TABLE clicked AS SELECT row_number() OVER () AS n, long_url, 0::bigint AS clicks FROM links",
                "ALTER TABLE clicked ADD PRIMARY KEY (n)",
                "VACUUM (ANALYZE) clicked");
        Trials trials = new Trials(context, deployment, Duration.ofSeconds(context.isQuick() ? 2 : 4));
        trials.bringIntoMemory(links);
        // Once more than the rounds' own warm-up: code that is compiled meanwhile would be charged to whoever comes
        // first.
        trials.redirects(links);
        RoundResults results = context.rounds(3)
                .warmUp(1)
                .contender(HOT, round -> trials.redirects(1))
                .contender(DISTINCT, round -> trials.redirects(links))
                .contender(UPDATE_HOT, round -> trials.updates(1))
                .contender(UPDATE_DISTINCT, round -> trials.updates(links))
                .run();

        RatioInterval all = results.ratio(HOT, DISTINCT, "rate");
        RatioInterval cpu = results.ratio(HOT, DISTINCT, "service");
        RatioInterval update = results.ratio(UPDATE_HOT, UPDATE_DISTINCT, "rate");
        Map<String, String> headings = new LinkedHashMap<>();
        headings.put("clicks/s", "rate");
        headings.put("service CPU, µs/click", "service");
        headings.put("PostgreSQL CPU, µs/click", "postgres");
        headings.put("Kafka CPU, µs/click", "kafka");
        headings.put("counted after, s", "counted_after");
        return LabResult.builder()
                .verdict(
                        "a hot link is served at >= 0.9 times the rate of " + Figures.count(links) + " links",
                        all.ratio() >= HOT_TARGET,
                        Figures.ratio(all.ratio()))
                .verdict("all clicks are counted, none dropped", true, Figures.count(trials.counted) + " clicks")
                .block(results.table("Clicks, counted", DISTINCT, headings))
                .block(results.chart("Clicks per second", "clicks/s", "rate", "ours"))
                .data("links", links)
                .data("clients", CLIENTS)
                .data("clicks_counted", trials.counted)
                .data("rounds", results.data())
                .conclusion(
                        "One hot link was served at " + Figures.ratio(all.ratio()) + " the rate of "
                                + Figures.count(links) + " links that are in L1 too, for " + Figures.ratio(cpu.ratio())
                                + " of their CPU time, with all clicks counted. With an UPDATE per click the hot row came to "
                                + Figures.ratio(update.ratio())
                                + " of many rows' rate: transactions on one row queue for its lock through each other's commits, while clicks added up in memory become one row written per batch.");
    }

    private static final class Trials {
        private final LabContext context;
        private final Deployment deployment;
        private final Duration duration;
        private final AtomicLong runs = new AtomicLong();
        private long counted;

        Trials(LabContext context, Deployment deployment, Duration duration) {
            this.context = context;
            this.deployment = deployment;
            this.duration = duration;
        }

        Map<String, Double> redirects(int links) throws Exception {
            long before = clicks();
            double dropped = deployment.metric("urlshortener_clicks_dropped_total");
            Map<String, Double> cpuBefore = deployment.cpuSeconds();
            WrkScript.Outcome outcome = WrkScript.run(
                    deployment.folder(),
                    deployment.uri(),
                    CLIENTS,
                    duration,
                    "redirect.lua",
                    List.of(Integer.toString(links), Long.toString(runs.incrementAndGet())));
            if (outcome.failed() > 0) {
                throw new IOException("redirects failed: " + outcome);
            }
            double seconds = awaitCounted(before + outcome.answered());
            // What was under way when the client stopped may be counted too, and nothing else.
            long now = clicks() - before;
            if (now > outcome.answered() + CLIENTS
                    || deployment.metric("urlshortener_clicks_dropped_total") != dropped) {
                throw new IllegalStateException(
                        now + " clicks counted or some dropped, " + outcome.answered() + " redirects answered");
            }
            counted += now;
            Map<String, Double> sample = sample(outcome.perSecond(), outcome.answered(), cpuBefore);
            sample.put("counted_after", seconds);
            return sample;
        }

        /** Asks for the preview of every link, in their order, until the near cache has them. */
        void bringIntoMemory(int links) throws Exception {
            long begin = System.nanoTime();
            long asked = 0;
            for (double resident = 0; resident < links * RESIDENT_SHARE; resident = residents()) {
                if (System.nanoTime() - begin > RESIDENT_WITHIN.toNanos()) {
                    throw new IllegalStateException(Figures.count(Math.round(resident)) + " of " + Figures.count(links)
                            + " links in L1 after " + RESIDENT_WITHIN);
                }
                context.progress(Figures.count(Math.round(resident)) + " of " + Figures.count(links) + " links in L1");
                WrkScript.Outcome outcome = WrkScript.run(
                        deployment.folder(),
                        deployment.uri(),
                        CLIENTS,
                        duration,
                        "preview.lua",
                        List.of(Integer.toString(links), Long.toString(asked)));
                if (outcome.failed() > 0) {
                    throw new IOException("previews failed: " + outcome);
                }
                asked += outcome.answered();
            }
        }

        private double residents() throws IOException, InterruptedException {
            return deployment.metric("urlshortener_near_links");
        }

        Map<String, Double> updates(int rows) throws Exception {
            long before = deployment.number("SELECT sum(clicks) FROM clicked");
            Map<String, Double> cpuBefore = deployment.cpuSeconds();
            Pgbench.Outcome outcome = Pgbench.run(
                    deployment.folder(), deployment.services().postgres(), CLIENTS, duration, """
                    \\set n random(1, %d)
                    UPDATE clicked SET clicks = clicks + 1 WHERE n = :n RETURNING long_url;
                    """.formatted(rows), 0);
            long now = deployment.number("SELECT sum(clicks) FROM clicked") - before;
            if (now < outcome.transactions()) {
                throw new IllegalStateException(now + " clicks counted of " + outcome.transactions());
            }
            Map<String, Double> sample = sample(outcome.perSecond(), outcome.transactions(), cpuBefore);
            // They idle beside this one; what they use is not the UPDATE's doing.
            sample.keySet().removeAll(List.of("service", "kafka", "redis"));
            return sample;
        }

        private Map<String, Double> sample(double rate, long clicks, Map<String, Double> cpuBefore) {
            Map<String, Double> sample = new LinkedHashMap<>();
            sample.put("rate", rate);
            deployment
                    .cpuSeconds()
                    .forEach((part, seconds) ->
                            sample.put(part, (seconds - cpuBefore.getOrDefault(part, 0.0)) * 1e6 / clicks));
            return sample;
        }

        private long clicks() throws Exception {
            return deployment.number("SELECT coalesce(sum(clicks + bots), 0) FROM click_totals WHERE link_id > 0");
        }

        /** Seconds until so many clicks are in the totals. */
        private double awaitCounted(long expected) throws Exception {
            long begin = System.nanoTime();
            for (long now = clicks(); now < expected; now = clicks()) {
                if (System.nanoTime() - begin > COUNTED_WITHIN.toNanos()) {
                    throw new IllegalStateException(
                            "only " + now + " of " + expected + " clicks counted after " + COUNTED_WITHIN);
                }
                context.progress(Figures.count(now) + " of " + Figures.count(expected) + " clicks counted");
                Thread.sleep(Duration.ofMillis(250));
            }
            return (System.nanoTime() - begin) / 1e9;
        }
    }
}
