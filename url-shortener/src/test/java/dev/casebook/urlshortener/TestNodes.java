package dev.casebook.urlshortener;

import dev.casebook.backing.PostgresService;
import dev.casebook.backing.RedisService;
import dev.casebook.backing.testing.SharedBacking;
import dev.casebook.common.http.Json;
import dev.casebook.common.lifecycle.Lifecycle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** Nodes of one installation of its own on the shared servers, and a client for them. Closing stops the nodes. */
public final class TestNodes implements AutoCloseable {
    public static final String KEY = "test-administrator-key-0123456789";

    private final Path folder;
    private final PostgresService postgres;
    private final RedisService redis;
    private final String namespace = SharedBacking.freshPrefix();
    private final List<UrlShortenerNode> nodes = new ArrayList<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** @param folder what the nodes may write to */
    public TestNodes(Path folder) {
        this(folder, SharedBacking.redis());
    }

    /** As above, with a Redis that the test may hurt. */
    public TestNodes(Path folder, RedisService redis) {
        this.folder = folder;
        this.redis = redis;
        String url = SharedBacking.freshDatabase();
        postgres = PostgresService.open(url, folder.resolve("postgres"));
    }

    /** Starts one more node. */
    public UrlShortenerNode start() throws IOException, InterruptedException {
        return start(settings -> settings);
    }

    /** Starts one more node with other settings. */
    public UrlShortenerNode start(UnaryOperator<NodeSettings> change) throws IOException, InterruptedException {
        String id = "n" + (nodes.size() + 1);
        NodeSettings settings = NodeSettings.local(id, 0, folder.resolve(id))
                .withInitialApiKey(KEY)
                .withNamespace(namespace);
        UrlShortenerNode node =
                UrlShortenerNode.start(change.apply(settings), postgres, redis, SharedBacking.kafka(), new Lifecycle());
        nodes.add(node);
        return node;
    }

    /** A request with the administrator's key; {@code body} is JSON, empty for none. */
    public HttpResponse<String> send(UrlShortenerNode node, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.uri() + path))
                .header("X-Api-Key", KEY)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Makes a link and gives its slug. */
    public String create(UrlShortenerNode node, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = send(node, "POST", "/rest/v3/short-urls", body);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return json(response).get("shortCode").stringValue();
    }

    /** Follows a link one step, as a browser would. */
    public HttpResponse<String> visit(UrlShortenerNode node, String slug) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(node.uri() + "/" + slug))
                        .header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Changes the installation's database behind its back. */
    public void execute(String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A response's body as a tree. */
    public static JsonNode json(HttpResponse<String> response) {
        return Json.MAPPER.readTree(response.body());
    }

    @Override
    public void close() {
        nodes.reversed().forEach(UrlShortenerNode::close);
        postgres.close();
        client.close();
    }
}
