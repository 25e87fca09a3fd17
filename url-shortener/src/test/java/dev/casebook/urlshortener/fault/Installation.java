package dev.casebook.urlshortener.fault;

import dev.casebook.backing.KafkaService;
import dev.casebook.backing.PostgresService;
import dev.casebook.backing.RedisService;
import dev.casebook.backing.testing.SharedBacking;
import dev.casebook.common.lifecycle.Lifecycle;
import dev.casebook.urlshortener.NodeSettings;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One installation of the service with nodes as processes or in this JVM, and plain looks into its database. The servers stay the caller's;
 * closing ends the nodes. Redis keys, topic and consumer group are its own by {@code --namespace}.
 */
final class Installation implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Path folder;
    private final String postgres;
    private final RedisService redis;
    private final KafkaService kafka;
    private final String namespace;
    private final Deque<AutoCloseable> nodes = new ArrayDeque<>();
    private int started;

    /** @param postgres JDBC URL of an empty database */
    Installation(Path folder, String postgres, RedisService redis, KafkaService kafka) {
        this.folder = folder;
        this.postgres = postgres;
        this.redis = redis;
        this.kafka = kafka;
        String prefix = SharedBacking.freshPrefix();
        namespace = prefix.substring(0, prefix.length() - 1);
    }

    /** On the servers that all tests share, with a database of its own. */
    static Installation onSharedServers(Path folder) {
        return new Installation(folder, SharedBacking.freshDatabase(), SharedBacking.redis(), SharedBacking.kafka());
    }

    /** Starts a node's process and waits until it serves. A node that is started again under its id finds its folder again. */
    NodeProcess launch(String nodeId, String... options) throws IOException {
        return spawn(Map.of(), "data", nodeId, options).awaitReady();
    }

    /**
     * Starts a node's process without waiting.
     *
     * @param machine nodes of another machine have another data folder
     */
    NodeProcess spawn(Map<String, String> environment, String machine, String nodeId, String... options)
            throws IOException {
        Files.createDirectories(folder);
        List<String> all = new ArrayList<>(List.of(
                "--postgres",
                postgres,
                "--redis",
                redis.uri(),
                "--kafka",
                kafka.bootstrapServers(),
                "--namespace",
                namespace,
                "--http-port",
                "0",
                "--node-id",
                nodeId,
                "--data-dir",
                folder.resolve(machine).toString(),
                "--initial-api-key",
                Api.KEY,
                "--no-sample-links"));
        // The last one of a repeated option would be refused: a test's own value takes the place of the usual one.
        for (int i = 0; i < options.length; i++) {
            int usual = all.indexOf(options[i]);
            if (usual >= 0 && i + 1 < options.length) {
                all.set(usual + 1, options[++i]);
            } else {
                all.add(options[i]);
            }
        }
        started++;
        NodeProcess node = NodeProcess.start(environment, folder.resolve("output-" + started + ".log"), all);
        nodes.push(node);
        return node;
    }

    /** Starts a node in this JVM. */
    UrlShortenerNode node(String nodeId, UnaryOperator<NodeSettings> change) throws IOException, InterruptedException {
        UrlShortenerNode node = UrlShortenerNode.start(
                change.apply(NodeSettings.local(nodeId, 0, folder.resolve("here-" + nodeId))
                        .withInitialApiKey(Api.KEY)
                        .withNamespace(namespace + ":")),
                PostgresService.open(postgres, folder),
                redis,
                kafka,
                new Lifecycle());
        nodes.push(node);
        return node;
    }

    UrlShortenerNode node(String nodeId) throws IOException, InterruptedException {
        return node(nodeId, settings -> settings);
    }

    String topic() {
        return namespace + ".us.clicks";
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    DataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(postgres);
        return source;
    }

    /** The one number that a query returns. */
    long number(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** The pairs of text that a query returns. */
    Map<String, String> pairs(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            Map<String, String> pairs = new TreeMap<>();
            while (rows.next()) {
                pairs.put(rows.getString(1), rows.getString(2));
            }
            return pairs;
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Clicks that the service has counted, by link. */
    Map<Long, Long> counted() throws SQLException {
        Map<Long, Long> counts = new TreeMap<>();
        pairs("SELECT link_id, clicks + bots FROM click_totals WHERE link_id > 0")
                .forEach((link, clicks) -> counts.put(Long.valueOf(link), Long.valueOf(clicks)));
        return counts;
    }

    /** Clicks counted of all links together, as the aggregators keep them. */
    long countedTotal() throws SQLException {
        return number("SELECT coalesce(sum(clicks + bots), 0) FROM click_totals WHERE link_id = 0");
    }

    /** The same by link, summed from the rollups of each granularity: the tables must agree. */
    Map<Long, Long> rolledUp(int granularity) throws SQLException {
        Map<Long, Long> counts = new TreeMap<>();
        pairs("SELECT link_id, sum(clicks + bots) FROM click_rollup WHERE link_id > 0 AND dimension = 0"
                        + " AND granularity = " + granularity + " GROUP BY link_id")
                .forEach((link, clicks) -> counts.put(Long.valueOf(link), Long.valueOf(clicks)));
        return counts;
    }

    /** Waits until the aggregators have read the topic to its end. */
    void awaitAggregation() {
        Awaitility.await().atMost(PATIENCE).ignoreException(SQLException.class).until(() -> {
            Map<Integer, Long> ends = TopicContents.endOffsets(bootstrapServers(), topic());
            Map<String, String> next =
                    pairs("SELECT \"partition\", next_offset FROM click_offsets WHERE topic = '" + topic() + "'");
            return ends.entrySet().stream()
                    .allMatch(
                            end -> Long.parseLong(next.getOrDefault(end.getKey().toString(), "0")) == end.getValue());
        });
    }

    @Override
    public void close() {
        while (!nodes.isEmpty()) {
            try {
                nodes.pop().close();
            } catch (Exception e) {
                throw new AssertionError("a node did not close", e);
            }
        }
    }
}
