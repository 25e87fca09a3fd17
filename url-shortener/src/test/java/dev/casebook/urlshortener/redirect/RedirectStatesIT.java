package dev.casebook.urlshortener.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a visitor gets for a link in each state, over a real connection, on the fast path and off it. */
class RedirectStatesIT {
    private static final String FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private static final String IPHONE =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1";

    @TempDir
    static Path folder;

    private static TestNodes nodes;
    private static UrlShortenerNode node;
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() throws Exception {
        nodes = new TestNodes(folder);
        node = nodes.start(settings -> settings.withTrustedProxies(List.of("127.0.0.1")));
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @ParameterizedTest
    @CsvSource({
        "301, 'private, max-age=30'",
        "302, 'private, max-age=0'",
        "307, 'private, max-age=0'",
        "308, 'private, max-age=30'"
    })
    void redirectsWithTheStatusOfTheLinkAndLetsOnlyBrowsersKeepIt(int status, String cacheControl) throws Exception {
        String slug = create("\"redirectStatus\":" + status);

        for (String tier : List.of("from the source", "from memory")) {
            HttpResponse<String> answer = get(slug);
            assertThat(answer.statusCode()).as(tier).isEqualTo(status);
            assertThat(answer.headers().firstValue("cache-control")).contains(cacheControl);
            assertThat(answer.headers().firstValue("location")).contains("https://example.com/");
        }
    }

    @Test
    void headAnswersAsGetWithoutABody() throws Exception {
        String slug = create("\"redirectStatus\":302");

        HttpResponse<String> head = send(request(slug).method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(head.statusCode()).isEqualTo(302);
        assertThat(head.headers().firstValue("location")).contains("https://example.com/");
    }

    @Test
    void aLinkThatIsNotValidYetIsNotFound() throws Exception {
        assertRefused(create("\"validSince\":\"2100-01-01T00:00:00Z\""), "link-not-yet-valid");
    }

    @Test
    void aLinkThatHasExpiredIsNotFound() throws Exception {
        assertRefused(
                create("\"validSince\":\"2000-01-01T00:00:00Z\",\"validUntil\":\"2001-01-01T00:00:00Z\""),
                "link-expired");
    }

    @Test
    void aLinkWhoseVisitsAreUsedUpIsNotFoundAndIsNeverKept() throws Exception {
        String slug = create("\"maxVisits\":1");

        assertThat(get(slug).headers().firstValue("cache-control")).contains("private, no-store");
        assertRefused(slug, "link-exhausted");
    }

    @Test
    void anUnknownCodeIsNotFound() throws Exception {
        assertRefused("nothing-here", "link-not-found");
    }

    @Test
    void theRightPasswordLeadsOnAndAWrongOneDoesNot() throws Exception {
        String slug = create("\"password\":\"open sesame\"");

        assertThat(get(slug).body()).contains("type=\"password\"").doesNotContain("https://example.com/");
        HttpResponse<String> opened = tryPassword(slug, "open+sesame", "203.0.113.7");
        assertThat(opened.statusCode()).isEqualTo(303);
        assertThat(opened.headers().firstValue("location")).contains("https://example.com/");
        assertThat(opened.headers().firstValue("cache-control")).contains("private, no-store");
        HttpResponse<String> wrong = tryPassword(slug, "guess", "203.0.113.7");
        assertThat(wrong.statusCode()).isEqualTo(403);
        assertThat(wrong.headers().firstValue("location")).isEmpty();
    }

    @Test
    void whoGuessesPasswordsIsThrottledForThatLinkAndNobodyElseIs() throws Exception {
        String slug = create("\"password\":\"open sesame\"");
        String another = create("\"password\":\"open sesame\"");
        HttpResponse<String> guess = tryPassword(slug, "guess", "203.0.113.7");
        for (int i = 0; i < 10 && guess.statusCode() == 403; i++) {
            guess = tryPassword(slug, "guess", "203.0.113.7");
        }

        assertThat(guess.statusCode()).isEqualTo(429);
        assertThat(guess.headers().firstValueAsLong("retry-after").orElseThrow())
                .isBetween(1L, RedirectSettings.defaults().passwordEvery().toSeconds());
        HttpResponse<String> right = tryPassword(slug, "open+sesame", "203.0.113.7");
        assertThat(right.statusCode()).isEqualTo(429);
        assertThat(right.body()).isEqualTo(guess.body());
        assertThat(tryPassword(slug, "open+sesame", "198.51.100.7").statusCode())
                .as("from another network")
                .isEqualTo(303);
        assertThat(tryPassword(another, "open+sesame", "203.0.113.7").statusCode())
                .as("on another link")
                .isEqualTo(303);
    }

    @Test
    void thePreviewShowsTheDestinationAndTakesNoVisit() throws Exception {
        String plain = create("\"redirectStatus\":302");
        String limited = create("\"maxVisits\":1");

        assertThat(get(plain + "+").body()).contains("https://example.com/");
        assertThat(get(limited + "+").body()).doesNotContain("https://example.com/");
        assertThat(get(limited).statusCode()).isEqualTo(302);
    }

    @Test
    void thePixelComesForAnyCode() throws Exception {
        for (String slug : List.of(create("\"redirectStatus\":302"), "no-such-code")) {
            HttpResponse<String> pixel = get(slug + "/track");
            assertThat(pixel.statusCode()).isEqualTo(200);
            assertThat(pixel.headers().firstValue("content-type")).contains("image/gif");
            assertThat(pixel.headers().firstValue("cache-control")).contains("no-store");
        }
    }

    @Test
    void robotsMayFollowCrawlableLinksOnly() throws Exception {
        String open = create("\"crawlable\":true");
        String hidden = create("\"crawlable\":false");

        assertThat(get("robots.txt").body())
                .contains("Allow: /" + open + "$\n")
                .doesNotContain(hidden)
                .endsWith("Disallow: /\n");
    }

    @Test
    void theQueryIsForwardedBeforeTheFragmentUnlessTheLinkSaysNo() throws Exception {
        String forwarding = slugOf("{\"longUrl\":\"https://example.com/a?x=1&y=2#part\"}");
        String plain = slugOf("{\"longUrl\":\"https://example.com/a?x=1#part\",\"forwardQuery\":false}");

        assertThat(location(forwarding + "?y=3&z=%20")).isEqualTo("https://example.com/a?x=1&y=3&z=%20#part");
        assertThat(location(plain + "?y=3")).isEqualTo("https://example.com/a?x=1#part");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "device | | ios | User-Agent | " + IPHONE,
                "browser | | firefox | User-Agent | " + FIREFOX,
                "language | | de | Accept-Language | 'de-AT,en;q=0.5'",
                "query-param | k | v | ? | k=v",
                "any-value-query-param | k | | ? | k=anything",
                "valueless-query-param | k | | ? | k",
                "ip-address | | 127.0.0.* | | ",
                "before-date | | 2100-01-01T00:00:00Z | | ",
                "after-date | | 2000-01-01T00:00:00Z | | "
            })
    void aRuleThatHoldsLeadsElsewhere(String type, String key, String value, String header, String sent)
            throws Exception {
        String slug = withRule(type, key, value);
        boolean query = "?".equals(header);
        HttpRequest.Builder request = request(query ? slug + '?' + sent : slug);
        if (header != null && !query) {
            request.header(header, sent);
        }

        HttpResponse<String> answer = send(request);

        assertThat(answer.headers().firstValue("location").orElse("")).startsWith("https://example.org/rule");
        assertThat(answer.headers().firstValue("cache-control")).contains("private, no-store");
    }

    @ParameterizedTest
    @CsvSource({
        "device,,ios",
        "browser,,chrome",
        "language,,fi",
        "query-param,k,v",
        "any-value-query-param,k,",
        "valueless-query-param,k,",
        "ip-address,,10.0.0.0/8",
        "geolocation-country-code,,AT",
        "geolocation-city-name,,Graz",
        "before-date,,2000-01-01T00:00:00Z",
        "after-date,,2100-01-01T00:00:00Z"
    })
    void aRuleThatDoesNotHoldLeavesTheDestination(String type, String key, String value) throws Exception {
        String slug = withRule(type, key, value);

        HttpResponse<String> answer = send(request(slug).header("User-Agent", FIREFOX));

        assertThat(answer.headers().firstValue("location")).contains("https://example.com/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com/a%20b%2Fc?d=%26#e%23",
                "https://example.com/;p=1,2'(x)!*$&+:@",
                "https://example.com:8443/",
                "https://example.com/?q=a+b&&c"
            })
    void theLocationIsExactlyWhatWasMade(String longUrl) throws Exception {
        String slug = slugOf("{\"longUrl\":\"" + longUrl + "\"}");

        assertThat(location(slug)).isEqualTo(longUrl);
        assertThat(location(slug)).as("from memory").isEqualTo(longUrl);
    }

    @Test
    void aSlugInAnotherScriptIsFoundByItsEncodedForm() throws Exception {
        slugOf("{\"longUrl\":\"https://example.com/\",\"customSlug\":\"grüße\"}");

        assertThat(location("gr%C3%BC%C3%9Fe")).isEqualTo("https://example.com/");
    }

    @Test
    void refusalsPreviewsAndPasswordPagesSayWhatTheyAskedToo() throws Exception {
        assertThat(timing(create("\"validUntil\":\"2020-01-01T00:00:00Z\""))).startsWith("l1");
        assertThat(timing(create("\"redirectStatus\":302") + "+")).startsWith("l1");
        assertThat(timing(create("\"password\":\"open sesame\""))).startsWith("l1");
    }

    private static String timing(String path) throws Exception {
        return get(path).headers().firstValue("server-timing").orElse("");
    }

    private static String withRule(String type, String key, String value) throws Exception {
        String slug = create("\"redirectStatus\":302");
        HttpResponse<String> set = nodes.send(
                node,
                "POST",
                "/rest/v3/short-urls/" + slug + "/redirect-rules",
                "{\"redirectRules\":[{\"longUrl\":\"https://example.org/rule\",\"conditions\":[{\"type\":\"" + type
                        + "\",\"matchKey\":" + quoted(key) + ",\"matchValue\":" + quoted(value) + "}]}]}");
        assertThat(set.statusCode()).as(set.body()).isEqualTo(200);
        return slug;
    }

    private static String quoted(String text) {
        return text == null ? "null" : '"' + text + '"';
    }

    private static String create(String more) throws Exception {
        return slugOf("{\"longUrl\":\"https://example.com/\"," + more + "}");
    }

    private static String slugOf(String body) throws Exception {
        return nodes.create(node, body);
    }

    private static String location(String path) throws Exception {
        return get(path).headers().firstValue("location").orElse("");
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    private static HttpResponse<String> tryPassword(String path, String encoded, String client) throws Exception {
        return send(request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json")
                .header("X-Forwarded-For", client)
                .POST(HttpRequest.BodyPublishers.ofString("password=" + encoded)));
    }

    private static void assertRefused(String slug, String type) throws Exception {
        HttpResponse<String> answer = send(request(slug).header("Accept", "application/json"));
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains(type);
        assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(node.uri() + "/" + path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
