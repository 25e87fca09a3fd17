package dev.casebook.urlshortener.safety;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.casebook.urlshortener.link.Checked;
import dev.casebook.urlshortener.link.DestinationPolicy;
import dev.casebook.urlshortener.link.NormalizedUrl;
import dev.casebook.urlshortener.link.UrlNormalizer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A web server on this machine, {@code http://site.example}, and names that resolve as each test says. */
abstract class TitleFetchFixture {
    static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    static final DestinationPolicy ANY = url -> new DestinationPolicy.Verdict.Allowed();
    static final int BODY_BYTES_MAX = 64 * 1024;
    static final Duration PLENTY = Duration.ofSeconds(10);
    static final InetAddress PRIVATE = InetAddress.ofLiteral("10.0.0.1");

    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final Map<String, List<InetAddress>> names = new ConcurrentHashMap<>();
    /** What a name resolves to from its second lookup on, if that is something else. */
    final Map<String, List<InetAddress>> turns = new ConcurrentHashMap<>();

    final List<String> resolved = Collections.synchronizedList(new ArrayList<>());
    final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch released = new CountDownLatch(1);
    private HttpServer server;
    int port;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        port = server.getAddress().getPort();
        names.put("site.example", List.of(LOOPBACK));
        page("/", "text/html", "<html><title>Home</title>");
        server.start();
    }

    @AfterEach
    void stop() {
        released.countDown();
        server.stop(0);
    }

    void page(String path, String contentType, String body) {
        page(path, contentType, body, StandardCharsets.UTF_8);
    }

    void page(String path, String contentType, String body, Charset charset) {
        handle(path, exchange -> {
            byte[] bytes = body.getBytes(charset);
            exchange.getResponseHeaders().set("Content-Type", contentType);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        });
    }

    void redirect(String path, String location) {
        handle(path, exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(302, -1);
        });
    }

    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    void handle(String path, Answer answer) {
        server.createContext(path, exchange -> {
            requests.add(exchange.getRequestHeaders().getFirst("Host") + exchange.getRequestURI());
            try (exchange) {
                answer.to(exchange);
            }
        });
    }

    TitleFetcher fetcher(Predicate<InetAddress> reachable, DestinationPolicy policy, Duration total) {
        try {
            return new TitleFetcher(
                    this::resolve,
                    reachable,
                    policy,
                    new TitleFetchLimits(total, 3, BODY_BYTES_MAX, 2, Set.of(port)),
                    SslContextBuilder.forClient().build(),
                    System::nanoTime,
                    task -> Thread.ofVirtual().start(task),
                    metrics);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private List<InetAddress> resolve(String host) throws UnknownHostException {
        resolved.add(host);
        List<InetAddress> addresses = names.get(host);
        if (addresses != null) {
            names.put(host, turns.getOrDefault(host, addresses));
            return addresses;
        }
        if (host.startsWith("[") || Character.isDigit(host.charAt(host.length() - 1))) {
            return AddressResolver.SYSTEM.resolve(host); // a literal, as no top-level domain ends in a digit
        }
        throw new UnknownHostException(host);
    }

    Optional<String> title(String path) {
        return title("http://site.example:" + port + path, LOOPBACK::equals);
    }

    Optional<String> title(String typed, Predicate<InetAddress> reachable) {
        try (TitleFetcher fetcher = fetcher(reachable, ANY, PLENTY)) {
            return fetcher.titleOf(url(typed));
        }
    }

    static NormalizedUrl url(String typed) {
        return ((Checked.Accepted<NormalizedUrl>) new UrlNormalizer().normalize(typed)).value();
    }

    double outcomes(String outcome) {
        var counter = metrics.find("urlshortener.title.fetches")
                .tag("outcome", outcome)
                .counter();
        return counter == null ? 0 : counter.count();
    }
}
