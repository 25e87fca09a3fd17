package dev.casebook.benchmarks.urlshortener;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two things in one: {@code /bare/STATUS} redirects as a textbook's shortener does, with a status and a Location and nothing about caching, and counts its
 * requests; {@code /page/...} is where links lead, a page that no cache may keep.
 */
final class PlainWebServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<Integer, AtomicInteger> requests = new ConcurrentHashMap<>();
    private volatile String location = "";

    private PlainWebServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/page/", exchange -> {
            try (exchange) {
                byte[] page = "<!doctype html><link rel=icon href=data:,><title>there</title>"
                        .getBytes(StandardCharsets.US_ASCII);
                exchange.getResponseHeaders().set("Content-Type", "text/html");
                exchange.getResponseHeaders().set("Cache-Control", "no-store");
                exchange.sendResponseHeaders(200, page.length);
                exchange.getResponseBody().write(page);
            }
        });
        server.createContext("/bare/", this::redirect);
        server.start();
    }

    static PlainWebServer start() throws IOException {
        return new PlainWebServer();
    }

    private void redirect(HttpExchange exchange) throws IOException {
        try (exchange) {
            int status = Integer.parseInt(exchange.getRequestURI().getPath().substring("/bare/".length()));
            requests.computeIfAbsent(status, key -> new AtomicInteger()).incrementAndGet();
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(status, -1);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Where {@code /bare/} leads from now on. */
    void lead(String to) {
        location = to;
    }

    /** Requests that reached {@code /bare/STATUS}: clicks that it could count. */
    int requests(int status) {
        AtomicInteger count = requests.get(status);
        return count == null ? 0 : count.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
