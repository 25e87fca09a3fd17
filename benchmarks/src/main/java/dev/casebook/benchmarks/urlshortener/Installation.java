package dev.casebook.benchmarks.urlshortener;

import dev.casebook.backing.BackingServices;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.common.lifecycle.Lifecycle;
import dev.casebook.urlshortener.NodeSettings;
import dev.casebook.urlshortener.UrlShortenerNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.json.JsonMapper;

/**
 * The service with servers of its own, for one lab: real PostgreSQL, Redis and Kafka as child processes, and nodes in this process. Labs that
 * measure the server's CPU start it as a process instead.
 */
final class Installation implements AutoCloseable {
    static final String KEY = "lab-administrator-key-0123456789";
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Path folder;
    private final BackingServices services;
    private final List<UrlShortenerNode> nodes = new ArrayList<>();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();

    private Installation(Path folder, BackingServices services) {
        this.folder = folder;
        this.services = services;
    }

    /** Starts the servers; the lab's end stops them. */
    static Installation start(LabContext context) {
        context.progress("starting PostgreSQL, Redis and Kafka");
        Path folder = context.workDirectory().resolve("installation");
        return context.own(new Installation(
                folder,
                BackingServices.builder(folder)
                        .postgres("embedded")
                        .redis("embedded")
                        .kafka("embedded")
                        .start()));
    }

    BackingServices services() {
        return services;
    }

    /** Starts one more node. */
    UrlShortenerNode node(UnaryOperator<NodeSettings> change) throws IOException, InterruptedException {
        String id = "n" + (nodes.size() + 1);
        NodeSettings settings = NodeSettings.local(id, 0, folder.resolve(id)).withInitialApiKey(KEY);
        UrlShortenerNode node = UrlShortenerNode.start(
                change.apply(settings), services.postgres(), services.redis(), services.kafka(), new Lifecycle());
        nodes.add(node);
        return node;
    }

    /** Starts so many alike. */
    List<UrlShortenerNode> nodes(int count, UnaryOperator<NodeSettings> change)
            throws IOException, InterruptedException {
        List<UrlShortenerNode> started = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            started.add(node(change));
        }
        return started;
    }

    /** Makes a link and gives its slug. */
    String create(UrlShortenerNode node, String longUrl) throws IOException, InterruptedException {
        HttpResponse<String> response = api(node, "POST", "", "{\"longUrl\":\"" + longUrl + "\"}");
        return JSON.readTree(response.body()).get("shortCode").asString();
    }

    /** Makes a link that redirects with the given status and gives its slug. */
    String create(UrlShortenerNode node, String longUrl, int redirectStatus) throws IOException, InterruptedException {
        HttpResponse<String> response =
                api(node, "POST", "", "{\"longUrl\":\"" + longUrl + "\",\"redirectStatus\":" + redirectStatus + "}");
        return JSON.readTree(response.body()).get("shortCode").asString();
    }

    /** Lets a link lead elsewhere. */
    void edit(UrlShortenerNode node, String slug, String longUrl) throws IOException, InterruptedException {
        api(node, "PATCH", "/" + slug, "{\"longUrl\":\"" + longUrl + "\"}");
    }

    /** Clicks counted of a link so far, bots included. */
    long clicks(UrlShortenerNode node, String slug) throws IOException, InterruptedException {
        return JSON.readTree(api(node, "GET", "/" + slug, "").body())
                .get("visitsSummary")
                .get("total")
                .asLong();
    }

    /** Follows a link one step; the status and where it leads, empty when nowhere. */
    Visit visit(UrlShortenerNode node, String slug) throws IOException, InterruptedException {
        HttpResponse<Void> response = client.send(
                HttpRequest.newBuilder(URI.create(node.uri() + "/" + slug))
                        .timeout(TIMEOUT)
                        .header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        return new Visit(
                response.statusCode(), response.headers().firstValue("location").orElse(""));
    }

    record Visit(int status, String location) {}

    /** The sum of a counter over nodes. */
    static double counter(List<UrlShortenerNode> nodes, String name) {
        double sum = 0;
        for (UrlShortenerNode node : nodes) {
            for (Counter counter : node.meters().find(name).counters()) {
                sum += counter.count();
            }
            for (FunctionCounter counter : node.meters().find(name).functionCounters()) {
                sum += counter.count();
            }
        }
        return sum;
    }

    private HttpResponse<String> api(UrlShortenerNode node, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create(node.uri() + "/rest/v3/short-urls" + path))
                        .timeout(TIMEOUT)
                        .header("X-Api-Key", KEY)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(method + " " + path + " answered " + response.statusCode() + ": " + response.body());
        }
        return response;
    }

    @Override
    public void close() {
        nodes.reversed().forEach(UrlShortenerNode::close);
        client.close();
        services.close();
    }
}
