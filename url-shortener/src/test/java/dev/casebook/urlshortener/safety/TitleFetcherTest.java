package dev.casebook.urlshortener.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.casebook.urlshortener.link.Checked;
import dev.casebook.urlshortener.link.DestinationPolicy;
import dev.casebook.urlshortener.link.NormalizedUrl;
import dev.casebook.urlshortener.link.UrlNormalizer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.OutputStream;
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
import org.junit.jupiter.api.Test;

/** Against a web server on this machine, with names that resolve as each test says. */
class TitleFetcherTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Duration PLENTY = Duration.ofSeconds(10);
    private static final InetAddress PRIVATE = InetAddress.ofLiteral("10.0.0.1");

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Map<String, List<InetAddress>> names = new ConcurrentHashMap<>();
    private final List<String> resolved = Collections.synchronizedList(new ArrayList<>());
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch released = new CountDownLatch(1);
    private HttpServer server;
    private int port;

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

    private void page(String path, String contentType, String body) {
        page(path, contentType, body, StandardCharsets.UTF_8);
    }

    private void page(String path, String contentType, String body, Charset charset) {
        handle(path, exchange -> {
            byte[] bytes = body.getBytes(charset);
            exchange.getResponseHeaders().set("Content-Type", contentType);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        });
    }

    private void redirect(String path, String location) {
        handle(path, exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(302, -1);
        });
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private void handle(String path, Answer answer) {
        server.createContext(path, exchange -> {
            requests.add(exchange.getRequestHeaders().getFirst("Host") + exchange.getRequestURI());
            try (exchange) {
                answer.to(exchange);
            }
        });
    }

    private TitleFetcher fetcher(Predicate<InetAddress> reachable, DestinationPolicy policy, Duration total) {
        try {
            return new TitleFetcher(
                    host -> {
                        resolved.add(host);
                        List<InetAddress> addresses = names.get(host);
                        if (addresses == null) {
                            throw new UnknownHostException(host);
                        }
                        return addresses;
                    },
                    reachable,
                    policy,
                    new TitleFetchLimits(total, 3, 64 * 1024, 2, Set.of(port)),
                    SslContextBuilder.forClient().build(),
                    System::nanoTime,
                    task -> Thread.ofVirtual().start(task),
                    metrics);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Optional<String> title(String path) {
        return title("http://site.example:" + port + path, LOOPBACK::equals);
    }

    private Optional<String> title(String typed, Predicate<InetAddress> reachable) {
        try (TitleFetcher fetcher = fetcher(reachable, url -> new DestinationPolicy.Verdict.Allowed(), PLENTY)) {
            return fetcher.titleOf(url(typed));
        }
    }

    private static NormalizedUrl url(String typed) {
        return ((Checked.Accepted<NormalizedUrl>) new UrlNormalizer().normalize(typed)).value();
    }

    private double outcomes(String outcome) {
        var counter = metrics.find("urlshortener.title.fetches")
                .tag("outcome", outcome)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    @Test
    void readsTheTitleByConnectingToTheCheckedAddressUnderTheSitesName() {
        assertThat(title("/")).contains("Home");

        assertThat(requests).containsExactly("site.example:" + port + "/");
        assertThat(resolved).as("resolved once, then pinned").containsExactly("site.example");
    }

    @Test
    void decodesEntitiesSpacesAndCharsets() {
        page("/entities", "text/html; charset=utf-8", "<title>\n A &amp; B\t&lt;C&gt; ünï </title>");
        page("/latin", "text/html; charset=ISO-8859-1", "<title>é</title>", StandardCharsets.ISO_8859_1);
        page("/meta", "text/html", "<meta charset=iso-8859-1><title>é</title>", StandardCharsets.ISO_8859_1);
        page("/unknown", "text/html; charset=no-such", "<title>x</title>");

        assertThat(title("/entities")).contains("A & B <C> ünï");
        assertThat(title("/latin")).contains("é");
        assertThat(title("/meta")).contains("é");
        assertThat(title("/unknown")).contains("x");
    }

    @Test
    void aTitleIsShortenedAndHasNoControlCharacters() {
        page("/long", "text/html", "<title>a&#7;b" + "x".repeat(5_000) + "</title>");

        assertThat(title("/long").orElseThrow()).startsWith("abxxx").hasSizeLessThanOrEqualTo(512);
    }

    @Test
    void nothingButHtmlHasATitle() {
        page("/json", "application/json", "<title>no</title>");
        page("/none", "text/html", "<p>no title");
        handle("/error", exchange -> exchange.sendResponseHeaders(500, -1));

        assertThat(title("/json")).isEmpty();
        assertThat(title("/none")).isEmpty();
        assertThat(title("/error")).isEmpty();
    }

    @Test
    void neverConnectsToAnAddressThatIsNotPublic() {
        assertThat(title("http://site.example:" + port + "/", PublicAddresses::isPublic))
                .isEmpty();
        assertThat(title("http://127.0.0.1:" + port + "/", PublicAddresses::isPublic))
                .isEmpty();
        names.put("[::1]", List.of(InetAddress.ofLiteral("::1")));
        assertThat(title("http://[::1]:" + port + "/", PublicAddresses::isPublic))
                .isEmpty();

        assertThat(requests).isEmpty();
    }

    @Test
    void oneBadAddressAmongGoodOnesIsEnoughToRefuse() {
        names.put("mixed.example", List.of(LOOPBACK, PRIVATE));

        assertThat(title("http://mixed.example:" + port + "/", LOOPBACK::equals))
                .isEmpty();

        assertThat(requests).isEmpty();
        assertThat(outcomes("refused")).isEqualTo(1);
    }

    @Test
    void followsAFewRedirectsAndChecksEach() {
        names.put("inside.example", List.of(PRIVATE));
        redirect("/one", "/two");
        redirect("/two", "http://site.example:" + port + "/");
        redirect("/loop", "/loop");
        redirect("/in", "http://inside.example:" + port + "/");
        redirect("/port", "http://site.example:22/");
        redirect("/scheme", "file:///etc/passwd");
        redirect("/userinfo", "http://a@site.example:" + port + "/");

        assertThat(title("/one")).contains("Home");
        requests.clear();
        assertThat(title("/loop")).isEmpty();
        assertThat(requests).as("the first and three redirects").hasSize(4);
        assertThat(title("/in")).isEmpty();
        assertThat(title("/port")).isEmpty();
        assertThat(title("/scheme")).isEmpty();
        assertThat(title("/userinfo")).isEmpty();
        assertThat(outcomes("refused")).isEqualTo(4);
    }

    @Test
    void aRebindingNameIsResolvedAndCheckedAnewForTheRedirect() {
        handle("/first", exchange -> {
            names.put("site.example", List.of(PRIVATE));
            exchange.getResponseHeaders().set("Location", "/second");
            exchange.sendResponseHeaders(302, -1);
        });

        assertThat(title("/first")).isEmpty();

        assertThat(requests).hasSize(1);
        assertThat(resolved).hasSize(2);
        assertThat(outcomes("refused")).isEqualTo(1);
    }

    @Test
    void thePoliciesOfDestinationsHoldForTheFetchToo() {
        Blocklist list = new Blocklist(() -> Set.of("site.example"));
        list.refresh();

        try (TitleFetcher fetcher = fetcher(LOOPBACK::equals, list, PLENTY)) {
            assertThat(fetcher.titleOf(url("http://site.example:" + port + "/")))
                    .isEmpty();
        }

        assertThat(requests).isEmpty();
    }

    @Test
    void readsNoMoreThanTheLimit() {
        handle("/endless", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            out.write("<title>First</title>".getBytes(StandardCharsets.US_ASCII));
            byte[] filler = new byte[8_192];
            for (int i = 0; i < 100_000; i++) { // ends by the connection being closed
                out.write(filler);
            }
        });

        assertThat(title("/endless")).contains("First");
    }

    @Test
    void givesUpOnAServerThatDoesNotAnswerAndBoundsHowManyAreWaitedFor() throws Exception {
        handle("/hang", exchange -> {
            try {
                released.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        NormalizedUrl hanging = url("http://site.example:" + port + "/hang");
        try (TitleFetcher fetcher =
                fetcher(LOOPBACK::equals, url -> new DestinationPolicy.Verdict.Allowed(), Duration.ofMillis(400))) {
            Thread one = Thread.ofVirtual().start(() -> fetcher.titleOf(hanging));
            Thread two = Thread.ofVirtual().start(() -> fetcher.titleOf(hanging));
            await().until(() -> requests.size() == 2);

            assertThat(fetcher.titleOf(hanging)).isEmpty();

            assertThat(outcomes("busy")).isEqualTo(1);
            one.join();
            two.join();
            assertThat(outcomes("failed")).isEqualTo(2);
        }
    }

    @Test
    void failuresOfAllKindsLeaveNoTitle() {
        handle("/cut", exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write(1);
        });

        assertThat(title("http://unknown.example:" + port + "/", LOOPBACK::equals))
                .isEmpty();
        assertThat(title("/cut")).isEmpty();
        try (TitleFetcher fetcher =
                fetcher(LOOPBACK::equals, url -> new DestinationPolicy.Verdict.Allowed(), Duration.ofMillis(400))) {
            assertThat(fetcher.titleOf(url("https://site.example:" + port + "/")))
                    .as("no TLS there")
                    .isEmpty();
        }
        assertThat(outcomes("failed")).isEqualTo(3);
    }
}
