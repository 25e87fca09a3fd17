package dev.casebook.benchmarks.urlshortener;

import dev.casebook.backing.BackingServices;
import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.lab.PeerProcess;
import dev.casebook.benchmarks.report.Axis;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.LineChart;
import dev.casebook.benchmarks.report.Table;
import dev.casebook.urlshortener.UrlShortenerApp;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Are click counts exact when the process that counts is killed (SIGKILL) again and again? One node redirects and never aggregates; another process
 * does nothing but aggregate, and dies at a random moment of its work. The oracle is the topic itself, read from its first record to its last, and the redirects that visitors were
 * given. Unfair would be to kill it while it idles: each kill waits until the new process has counted something.
 */
final class AggregatorKillsLab implements Lab {
    private static final int KILLS = 20;
    private static final int LINKS = 100;
    private static final int VISITORS = 4;
    private static final int CLICKS_BETWEEN_KILLS_MAX = 1_000;
    private static final Duration START_MAX = Duration.ofMinutes(2);
    private static final Duration COUNT_MAX = Duration.ofMinutes(2);
    private static final long VISIT_PAUSE_NANOS = Duration.ofMillis(5).toNanos();
    private static final long POLL_NANOS = Duration.ofMillis(10).toNanos();
    private static final String NODE_ID = "aggregator";

    @Override
    public String name() {
        return "aggregator-kills";
    }

    @Override
    public String question() {
        return "Are clicks counted exactly once when the aggregator is killed twenty times?";
    }

    @Override
    public String prediction() {
        return "A consumer that commits its offsets to Kafka after writing to the database counts some clicks twice after a crash, and one that commits them before loses some."
                + " How many would twenty kills cost at a few hundred clicks a second? What has to be in one transaction so that it is none?";
    }

    @Override
    public String method() {
        return "Visitors follow 100 links on a node that does not aggregate. A process that does gets SIGKILL at random moments of its work and is started again, 20 times."
                + " In the end the totals of every link are compared with the topic, read from its beginning, and with the redirects that visitors got.";
    }

    @Override
    public Duration expectedDuration() {
        return Duration.ofMinutes(3);
    }

    @Override
    public LabResult run(LabContext context) throws Exception {
        int kills = context.isQuick() ? 2 : context.setting("kills", KILLS);
        Installation installation = Installation.start(context);
        UrlShortenerNode front = installation.node(settings -> settings.withAggregate(false));
        List<String> slugs = new ArrayList<>();
        for (int i = 0; i < LINKS; i++) {
            slugs.add(installation.create(front, "https://example.com/" + i));
        }
        Random random = new Random(context.seed());
        List<LineChart.Point> sent = new ArrayList<>();
        List<LineChart.Point> counted = new ArrayList<>();
        List<Double> killedAt = new ArrayList<>();
        try (Visitors visitors = new Visitors(installation, front, slugs);
                Counts counts = new Counts(installation.services())) {
            long start = System.nanoTime();
            Runnable sample = () -> {
                double seconds = (System.nanoTime() - start) / 1e9;
                sent.add(LineChart.Point.of(seconds, (double) visitors.redirects()));
                counted.add(LineChart.Point.of(seconds, (double) counts.total()));
            };
            PeerProcess aggregator = aggregator(context, installation.services());
            for (int kill = 1; kill <= kills; kill++) {
                context.progress("waiting for kill " + kill + " of " + kills + ": " + Figures.count(counts.total())
                        + " clicks counted");
                long mark = counts.total() + 1 + random.nextInt(CLICKS_BETWEEN_KILLS_MAX);
                await(() -> counts.total() >= mark, "the aggregator counts nothing", sample);
                kill(aggregator);
                killedAt.add((System.nanoTime() - start) / 1e9);
                sample.run();
                aggregator = aggregator(context, installation.services());
            }
            visitors.stop();
            context.progress("waiting until the rest is counted");
            List<UrlShortenerNode> sender = List.of(front);
            await(
                    () -> Installation.counter(sender, "urlshortener.clicks.published")
                                    + Installation.counter(sender, "urlshortener.clicks.replayed")
                            >= visitors.redirects(),
                    "the last clicks do not reach the topic",
                    sample);
            String kafka = installation.services().kafka().bootstrapServers();
            await(
                    () -> counts.isAtEnd(ClickTopicContents.endOffsets(kafka)),
                    "the topic is not read to its end",
                    sample);
            ClickTopicContents topic = ClickTopicContents.read(kafka);
            return result(visitors.redirects(), topic, counts, killedAt, sent, counted);
        }
    }

    private static LabResult result(
            long redirects,
            ClickTopicContents topic,
            Counts counts,
            List<Double> killedAt,
            List<LineChart.Point> sent,
            List<LineChart.Point> counted)
            throws SQLException {
        Map<Long, Long> byLink = counts.byLink();
        long total = byLink.values().stream().mapToLong(Long::longValue).sum();
        long linksThatDiffer = topic.clicksByLink().entrySet().stream()
                .filter(link -> !link.getValue().equals(byLink.get(link.getKey())))
                .count();
        LineChart chart = LineChart.of(
                "Clicks sent and clicks counted; each line across is a kill",
                Axis.linear("seconds"),
                Axis.linear("clicks"),
                List.of(new LineChart.Series("redirects answered", sent), new LineChart.Series("counted", counted)));
        for (double second : killedAt) {
            chart = chart.marked(second, "");
        }
        return LabResult.builder()
                .verdict(
                        "every link's total equals the topic's content exactly after " + killedAt.size() + " kills",
                        byLink.equals(topic.clicksByLink()),
                        Figures.count(total) + " counted, " + Figures.count(topic.clicks()) + " in the topic, "
                                + linksThatDiffer + " of "
                                + topic.clicksByLink().size() + " links differ")
                .verdict(
                        "and the redirects that visitors were given",
                        total == redirects,
                        Figures.count(redirects) + " redirects")
                .block(chart)
                .block(Table.of("Where the clicks are", "", "clicks")
                        .row("redirects answered", Long.toString(redirects))
                        .row(
                                "in the topic (" + topic.batches() + " batches, " + topic.repeated() + " repeated)",
                                Long.toString(topic.clicks()))
                        .row("counted in PostgreSQL", Long.toString(total))
                        .build())
                .data("kills", killedAt.size())
                .data("killed_at_seconds", killedAt)
                .data("redirects", redirects)
                .data("topic_clicks", topic.clicks())
                .data("topic_batches", topic.batches())
                .data("topic_batches_repeated", topic.repeated())
                .data("counted", total)
                .data("links", topic.clicksByLink().size())
                .data("links_that_differ", linksThatDiffer)
                .conclusion(
                        "After " + killedAt.size() + " kills " + Figures.count(total) + " clicks were counted, of "
                                + Figures.count(topic.clicks()) + " in the topic and " + Figures.count(redirects)
                                + " redirects answered: a difference of " + (total - topic.clicks())
                                + ". Offsets and counts change in one transaction, so a killed aggregator leaves either both or neither.");
    }

    /** The service as a process whose only work is to aggregate, as nobody visits it. */
    private static PeerProcess aggregator(LabContext context, BackingServices services)
            throws IOException, InterruptedException {
        int port = PeerProcess.freePort();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--"))
                .forEach(command::add);
        command.addAll(List.of(
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                UrlShortenerApp.class.getName(),
                "--node-id=" + NODE_ID,
                "--http-port=" + port,
                "--data-dir=" + context.workDirectory().resolve(NODE_ID),
                "--postgres=" + services.postgres().jdbcUrl(),
                "--redis=" + services.redis().uri(),
                "--kafka=" + services.kafka().bootstrapServers(),
                "--initial-api-key=" + Installation.KEY,
                "--no-sample-links"));
        return context.own(PeerProcess.start(NODE_ID, context.workDirectory(), command))
                .awaitPort(port, START_MAX);
    }

    private static void kill(PeerProcess process) throws Exception {
        ProcessHandle handle = ProcessHandle.of(process.pid())
                .orElseThrow(() -> new IllegalStateException(process + " has ended by itself, see " + process.log()));
        handle.destroyForcibly();
        handle.onExit().get(START_MAX.toSeconds(), TimeUnit.SECONDS);
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition, String failure, Runnable sample) throws Exception {
        long deadline = System.nanoTime() + COUNT_MAX.toNanos();
        for (int polls = 0; !condition.holds(); polls++) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(failure + " within " + COUNT_MAX);
            }
            if (polls % 25 == 0) {
                sample.run();
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        sample.run();
    }

    /** What the database says; used by one thread. */
    private static final class Counts implements AutoCloseable {
        private final Connection connection;

        Counts(BackingServices services) throws SQLException {
            connection = DriverManager.getConnection(services.postgres().jdbcUrl());
        }

        long total() {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT coalesce(sum(clicks + bots), 0) FROM click_totals WHERE link_id > 0")) {
                row.next();
                return row.getLong(1);
            } catch (SQLException e) {
                throw new IllegalStateException("cannot read the totals", e);
            }
        }

        Map<Long, Long> byLink() throws SQLException {
            return pairs("SELECT link_id, clicks + bots FROM click_totals WHERE link_id > 0");
        }

        boolean isAtEnd(Map<Long, Long> ends) throws SQLException {
            Map<Long, Long> next = pairs("SELECT \"partition\", next_offset FROM click_offsets");
            return ends.entrySet().stream()
                    .allMatch(end -> next.getOrDefault(end.getKey(), 0L).equals(end.getValue()));
        }

        private Map<Long, Long> pairs(String query) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(query)) {
                Map<Long, Long> pairs = new TreeMap<>();
                while (rows.next()) {
                    pairs.put(rows.getLong(1), rows.getLong(2));
                }
                return pairs;
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    /** Follow links, one redirect after the other each, until closed. */
    private static final class Visitors implements AutoCloseable {
        private final LongAdder redirects = new LongAdder();
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean closing;
        private volatile String failure = "";

        Visitors(Installation installation, UrlShortenerNode node, List<String> slugs) {
            for (int visitor = 0; visitor < VISITORS; visitor++) {
                int first = visitor;
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        for (int turn = first; !closing; turn++) {
                            int status = installation
                                    .visit(node, slugs.get(turn % slugs.size()))
                                    .status();
                            if (status != 302) {
                                failure = "a redirect answered " + status;
                                return;
                            }
                            redirects.increment();
                            LockSupport.parkNanos(VISIT_PAUSE_NANOS);
                        }
                    } catch (IOException e) {
                        failure = "a redirect broke: " + e;
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }));
            }
        }

        long redirects() {
            if (!failure.isEmpty()) {
                throw new IllegalStateException(failure);
            }
            return redirects.sum();
        }

        /** Lets each finish its redirect. */
        void stop() throws InterruptedException {
            closing = true;
            for (Thread thread : threads) {
                thread.join();
            }
        }

        @Override
        public void close() {
            closing = true;
        }
    }
}
