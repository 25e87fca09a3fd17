package dev.casebook.urlshortener.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who guesses codes is slowed down, and those who share an address with the guesser are not shut out. Two nodes: what one has put into Redis the other has
 * not in its own memory. Budgets refill while a test runs, so a test exhausts one at once before it looks.
 */
class MissBudgetIT {
    /** Above any budget that has refilled during a slow run. */
    private static final int GUESSES_MAX = 500;

    @TempDir
    static Path folder;

    private static TestNodes nodes;
    private static UrlShortenerNode node;
    private static UrlShortenerNode other;
    private static UrlShortenerNode open;
    private static final AtomicInteger GUESSES = new AtomicInteger();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() throws Exception {
        nodes = new TestNodes(folder);
        node = nodes.start(settings -> settings.withTrustedProxies(List.of("127.0.0.1")));
        other = nodes.start();
        open = nodes.start();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Test
    void whoGuessesIsToldToWait() throws Exception {
        HttpResponse<String> refused = exhaust(node, "203.0.113.7");

        assertThat(refused.headers().firstValueAsLong("retry-after")).hasValue(1);
    }

    @Test
    void overTheBudgetALinkThatNoCacheHoldsIsAnsweredAsIfItDidNotExist() {
        await().untilAsserted(() -> {
            String cold = nodes.create(node, "{\"longUrl\":\"https://example.com/cold\"}");
            exhaust(node, "203.0.114.7");

            HttpResponse<String> exists = get(node, cold, "203.0.114.7");
            HttpResponse<String> doesNot = get(node, guess(), "203.0.114.7");

            assertThat(exists.statusCode()).isEqualTo(429);
            assertThat(doesNot.statusCode()).isEqualTo(429);
            assertThat(exists.body()).isEqualTo(doesNot.body());
        });
    }

    @Test
    void aLinkThatOthersVisitRedirectsForThoseBehindTheGuessersAddress() throws Exception {
        String slug = nodes.create(node, "{\"longUrl\":\"https://example.com/shared\"}");
        assertThat(get(other, slug, "").statusCode()).as("puts it into Redis").isEqualTo(302);
        exhaust(node, "203.0.115.7");

        assertThat(get(node, slug, "203.0.115.99").statusCode())
                .as("from Redis")
                .isEqualTo(302);
        assertThat(get(node, slug, "203.0.115.99").statusCode())
                .as("from this node's memory")
                .isEqualTo(302);
    }

    @Test
    void anotherNetworkHasABudgetOfItsOwn() throws Exception {
        exhaust(node, "203.0.116.7");

        assertThat(get(node, guess(), "198.51.100.7").statusCode()).isEqualTo(404);
    }

    @Test
    void aForwardedAddressIsBelievedOnlyFromATrustedProxy() throws Exception {
        int guesses = 0;
        int status = 404;
        for (; status == 404 && guesses < GUESSES_MAX; guesses++) {
            status = get(open, guess(), "10.0." + guesses / 250 + "." + guesses % 250)
                    .statusCode();
        }

        assertThat(status)
                .as("after %d guesses under as many forwarded addresses", guesses)
                .isEqualTo(429);
    }

    @Test
    void whoReachesTheProxyUnderMadeUpForwardedAddressesIsCountedByTheOneThatTheProxySaw() throws Exception {
        int guesses = 0;
        int status = 404;
        for (; status == 404 && guesses < GUESSES_MAX; guesses++) {
            status = get(node, guess(), "10.0.0." + guesses % 250 + ", 203.0.117.7")
                    .statusCode();
        }

        assertThat(status).isEqualTo(429);
    }

    private static HttpResponse<String> exhaust(UrlShortenerNode at, String client) throws Exception {
        for (int i = 0; i < GUESSES_MAX; i++) {
            HttpResponse<String> answer = get(at, guess(), client);
            if (answer.statusCode() == 429) {
                return answer;
            }
            assertThat(answer.statusCode()).isEqualTo(404);
        }
        throw new AssertionError("no budget was used up by " + GUESSES_MAX + " guesses");
    }

    private static String guess() {
        return "guess-" + GUESSES.incrementAndGet();
    }

    /** @param forwardedFor empty for no such header */
    private static HttpResponse<String> get(UrlShortenerNode at, String slug, String forwardedFor) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(at.uri() + "/" + slug));
        if (!forwardedFor.isEmpty()) {
            request.header("X-Forwarded-For", forwardedFor);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
