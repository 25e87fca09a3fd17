package dev.casebook.urlshortener.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.link.NormalizedUrl;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of a page, and what of a server's time. Which addresses are asked at all: {@link TitleFetchForgeryTest}. */
class TitleFetcherTest extends TitleFetchFixture {
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
    void aTitleCountsUpToTheLimitAndNotBehindIt() {
        String title = "<title>T</title>";
        String filler = " ".repeat(BODY_BYTES_MAX - title.length());
        page("/last", "text/html", filler + title + "more");
        page("/behind", "text/html", filler + " ".repeat(title.length()) + title);

        assertThat(title("/last")).contains("T");
        assertThat(title("/behind")).isEmpty();
        assertThat(outcomes("none")).isEqualTo(1);
    }

    @Test
    void hangsUpOnAPageWithoutAnEndOnceTheLimitIsRead() throws Exception {
        CountDownLatch hungUp = new CountDownLatch(1);
        handle("/endless", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            byte[] filler = new byte[8_192];
            try {
                out.write("<title>First</title>".getBytes(StandardCharsets.US_ASCII));
                while (released.getCount() > 0) {
                    out.write(filler);
                }
            } catch (IOException closed) {
                hungUp.countDown();
                throw closed;
            }
        });

        assertThat(title("/endless")).contains("First");
        assertThat(hungUp.await(PLENTY.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    /** Each byte comes in good time; together they would keep a slot for ever. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPageThatDripsIsCutWhenTheTimeForEverythingIsOver(boolean titleFirst) throws Exception {
        CountDownLatch hungUp = new CountDownLatch(1);
        handle("/drip", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            try {
                if (titleFirst) {
                    out.write("<title>Drip</title>".getBytes(StandardCharsets.US_ASCII));
                }
                for (int drips = 0; drips < 500 && !released.await(5, TimeUnit.MILLISECONDS); drips++) {
                    out.write(' ');
                    out.flush();
                }
                out.write("<title>Drop</title>".getBytes(StandardCharsets.US_ASCII));
            } catch (IOException closed) {
                hungUp.countDown();
                throw closed;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });

        try (TitleFetcher fetcher = fetcher(LOOPBACK::equals, ANY, Duration.ofMillis(400))) {
            assertThat(fetcher.titleOf(url("http://site.example:" + port + "/drip")))
                    .isEmpty();
        }

        assertThat(outcomes("failed")).isEqualTo(1);
        assertThat(hungUp.await(PLENTY.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    /** Each takes two thirds of it. */
    @Test
    void aRedirectAndWhereItLeadsShareTheTimeOfTheFetch() {
        handle("/slow", exchange -> {
            exchange.getResponseHeaders().set("Location", "/slow/too");
            exchange.sendResponseHeaders(lingers() ? 302 : 500, -1);
        });
        handle("/slow/too", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(lingers() ? 200 : 500, 0);
            exchange.getResponseBody().write("<title>Late</title>".getBytes(StandardCharsets.US_ASCII));
        });

        try (TitleFetcher fetcher = fetcher(LOOPBACK::equals, ANY, Duration.ofMillis(450))) {
            assertThat(fetcher.titleOf(url("http://site.example:" + port + "/slow")))
                    .isEmpty();
        }

        assertThat(outcomes("failed")).isEqualTo(1);
    }

    /** Takes 300 ms, less only when the test is over. */
    private boolean lingers() {
        try {
            return !released.await(300, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
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
        try (TitleFetcher fetcher = fetcher(LOOPBACK::equals, ANY, Duration.ofMillis(400))) {
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
        try (TitleFetcher fetcher = fetcher(LOOPBACK::equals, ANY, Duration.ofMillis(400))) {
            assertThat(fetcher.titleOf(url("https://site.example:" + port + "/")))
                    .as("no TLS there")
                    .isEmpty();
        }
        assertThat(outcomes("failed")).isEqualTo(3);
    }
}
