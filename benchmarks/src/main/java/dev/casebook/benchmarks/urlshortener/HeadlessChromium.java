package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.PeerProcess;
import dev.casebook.benchmarks.lab.Tool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real browser without a window, told where to go over the WebDriver protocol (W3C). It has a fresh profile, so an empty HTTP cache. */
final class HeadlessChromium implements AutoCloseable {
    static final Tool BROWSER = new Tool("chromium", "chromium", "--version");
    static final Tool DRIVER = new Tool("chromedriver", "chromium-driver", "--version");

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI session;

    private HeadlessChromium(URI driver) throws IOException, InterruptedException {
        Map<String, Object> options = Map.of(
                "args",
                List.of(
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-proxy-server",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        // the lab's destinations are names, as anybody's; they lead to this machine, and no other name
                        // leads anywhere
                        "--host-resolver-rules=MAP *.example.com 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"));
        JsonNode answer = send(
                "POST",
                driver.resolve("/session"),
                JSON.writeValueAsString(Map.of(
                        "capabilities",
                        Map.of("alwaysMatch", Map.of("browserName", "chrome", "goog:chromeOptions", options)))));
        session = driver.resolve("/session/" + answer.get("sessionId").asString() + "/");
    }

    /** Starts driver and browser; the lab's end stops them. */
    static HeadlessChromium start(LabContext context) throws Exception {
        int port = PeerProcess.freePort();
        context.own(PeerProcess.start(
                        "chromedriver",
                        context.workDirectory(),
                        List.of(DRIVER.path().toString(), "--port=" + port)))
                .awaitPort(port, Duration.ofSeconds(20));
        return context.own(new HeadlessChromium(URI.create("http://127.0.0.1:" + port)));
    }

    /** Enters an address, as following a link from elsewhere does; gives the one at which the browser ended. */
    String open(String url) throws IOException, InterruptedException {
        send("POST", session.resolve("url"), JSON.writeValueAsString(Map.of("url", url)));
        return send("GET", session.resolve("url"), "").asString();
    }

    private JsonNode send(String method, URI uri, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(uri)
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/json; charset=utf-8")
                        .method(
                                method,
                                body.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(
                    method + " " + uri.getPath() + " answered " + response.statusCode() + ": " + response.body());
        }
        return JSON.readTree(response.body()).get("value");
    }

    @Override
    public void close() throws IOException {
        try {
            send("DELETE", URI.create(session.toString().replaceFirst("/$", "")), "");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            client.close();
        }
    }
}
