package dev.casebook.urlshortener.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * What YOURLS answers, read from its source (commit b8c7882e, 1.10.5-dev): {@code yourls-api.php}, {@code yourls_api_output()} and the actions of
 * {@code includes/functions-api.php}, {@code yourls_add_new_link()} of {@code functions-shorturls.php}, {@code yourls_get_stats()} of {@code functions.php},
 * {@code yourls_is_valid_user()} of {@code functions-auth.php} and {@code auth.php}, {@code yourls_validate_jsonp_callback()} of {@code functions-formatting.php}.
 */
class YourlsIT {
    private static final String LOGIN = "signature=" + TestNodes.KEY + "&";

    @TempDir
    static Path folder;

    private static TestNodes nodes;
    private static UrlShortenerNode node;
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() throws Exception {
        nodes = new TestNodes(folder);
        node = nodes.start();
        call("action=shorturl&keyword=known&url=https://example.org/known&title=Known");
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    /** yourls_api_output(): the status is that of statusCode, else of errorCode; unknown formats are "simple", the default is xml. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "action=version | 200 | application/xml | <root><version>1.10.1</version></root>",
                "action=version&format=json | 200 | application/json | {\"version\":\"1.10.1\"}",
                "action=version&db=1&format=json | 200 | application/json | {\"version\":\"1.10.1\",\"db_version\":\"507\"}",
                "action=version&format=simple | 200 | text/plain | 1.10.1",
                "action=version&format=yaml | 200 | text/plain | 1.10.1",
                "format=json | 400 | application/json | {\"message\":\"Unknown or missing \\\"action\\\" parameter\",\"errorCode\":\"400\"}",
                "action=dance&format=simple | 400 | text/plain | Unknown or missing \"action\" parameter",
                "action=expand&shorturl=known&format=simple | 200 | text/plain | https://example.org/known",
                "action=expand&shorturl=nope&format=simple | 404 | text/plain | not found",
                "action=expand&shorturl=nope&format=json | 404 | application/json | {\"keyword\":\"nope\",\"message\":\"Error: short URL not found\",\"errorCode\":\"404\"}",
                "action=url-stats&shorturl=nope&format=json | 404 | application/json | {\"statusCode\":\"404\",\"message\":\"Error: short URL not found\"}",
                "action=url-stats&shorturl=known&format=simple | 200 | text/plain | Need either XML or JSON format for stats",
                "action=stats&limit=5&format=simple | 200 | text/plain | Need either XML or JSON format for stats",
                "action=db-stats&format=simple | 200 | text/plain | Need either XML or JSON format for stats",
                "action=shorturl&format=simple | 400 | text/plain | ''",
                "action=shorturl&url=https://example.org/other&keyword=known&format=simple | 400 | text/plain | ''"
            })
    void answersAsYourls(String query, int status, String type, String body) throws Exception {
        HttpResponse<String> answer = call(query);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith(type);
        if (type.endsWith("xml")) {
            assertThat(answer.body()).contains(body);
        } else {
            assertThat(answer.body()).isEqualTo(body);
        }
    }

    /** yourls_add_new_link(): all five members are always there, codes are strings. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | error:nourl | Missing or malformed URL",
                "https://example.org/taken&keyword=known | error:keyword | Short URL known already exists in database or is reserved",
                "https://example.org/reserved&keyword=api | error:keyword | Short URL api already exists in database or is reserved",
                "SELF/known | error:noloop | URL is a short URL"
            })
    void whatCannotBeShortenedFails(String url, String code, String message) throws Exception {
        HttpResponse<String> answer = call("action=shorturl&format=json&url="
                + url.replace("SELF", node.uri().toString()));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .isEqualTo("{\"status\":\"fail\",\"code\":\"" + code + "\",\"message\":\"" + message
                        + "\",\"errorCode\":\"400\",\"statusCode\":\"400\"}");
    }

    @Test
    void aNewLinkIsToldWithItsParts() throws Exception {
        JsonNode made = TestNodes.json(
                call("action=shorturl&format=json&keyword=made&title=Made&url=https://example.org/" + "m".repeat(80)));

        assertThat(made.propertyNames())
                .containsExactly("status", "code", "message", "errorCode", "statusCode", "url", "title", "shorturl");
        assertThat(made.path("status").stringValue()).isEqualTo("success");
        assertThat(made.path("code").stringValue()).isEmpty();
        assertThat(made.path("errorCode").stringValue()).isEmpty();
        assertThat(made.path("statusCode").stringValue()).isEqualTo("200");
        assertThat(made.path("message").stringValue())
                .isEqualTo("https://example.org/" + "m".repeat(35) + "[...] added to database");
        assertThat(made.path("shorturl").stringValue()).isEqualTo(node.uri() + "/made");
        assertThat(made.path("url").propertyNames()).containsExactly("keyword", "url", "title", "date", "ip");
        assertThat(made.path("url").path("ip").stringValue()).isEqualTo("127.0.0.1");
        assertThat(made.path("url").path("date").stringValue()).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
    }

    /** The case "URL was already stored and we don't accept duplicates". */
    @Test
    void aUrlThatWasShortenedBeforeFailsAndTellsItsLink() throws Exception {
        HttpResponse<String> answer = call("action=shorturl&format=json&url=https://example.org/known");
        JsonNode exists = TestNodes.json(answer);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(exists.path("status").stringValue()).isEqualTo("fail");
        assertThat(exists.path("code").stringValue()).isEqualTo("error:url");
        assertThat(exists.path("message").stringValue())
                .isEqualTo("https://example.org/known already exists in database (short URL: "
                        + node.uri().getAuthority() + "/known)");
        assertThat(exists.path("url").propertyNames())
                .containsExactly("keyword", "url", "title", "date", "ip", "clicks");
        assertThat(exists.path("url").path("keyword").stringValue()).isEqualTo("known");
        assertThat(exists.path("shorturl").stringValue()).isEqualTo(node.uri() + "/known");
        assertThat(call("action=shorturl&format=simple&url=https://example.org/known")
                        .body())
                .isEqualTo(node.uri() + "/known");
    }

    /** yourls_get_stats(): a missing limit counts as 0, which leaves the links out. */
    @Test
    void statsWithoutALimitAreTotalsAlone() throws Exception {
        JsonNode totals = TestNodes.json(call("action=stats&format=json"));
        JsonNode listed = TestNodes.json(call("action=stats&filter=last&limit=1&format=json"));
        JsonNode beyond = TestNodes.json(call("action=stats&filter=last&limit=1&start=10000&format=json"));

        assertThat(totals.propertyNames()).containsExactly("stats", "statusCode", "message");
        assertThat(listed.path("links").propertyNames()).containsExactly("link_1");
        assertThat(listed.path("links").path("link_1").propertyNames())
                .containsExactly("shorturl", "url", "title", "timestamp", "ip", "clicks");
        assertThat(beyond.has("links")).isFalse();
    }

    @Test
    void startSkipsLinks() throws Exception {
        for (int i = 0; i < 4; i++) {
            call("action=shorturl&keyword=start-" + i + "&url=https://example.org/start/" + i);
        }

        JsonNode all = TestNodes.json(call("action=stats&filter=last&limit=4&format=json"));
        JsonNode later = TestNodes.json(call("action=stats&filter=last&limit=2&start=1&format=json"));

        assertThat(later.path("links").path("link_1"))
                .isEqualTo(all.path("links").path("link_2"));
        assertThat(later.path("links").path("link_2"))
                .isEqualTo(all.path("links").path("link_3"));
    }

    /** yourls_is_valid_user() and auth.php. A key stands for the signature token, or for a password. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | Please log in",
                "signature=wrong | Please log in",
                "username=me&password=wrong | Invalid username or password",
                "password=KEY | Invalid username or password",
                "timestamp=1700000000&signature=KEY | Signatures with a timestamp are not supported: send the API key as signature"
            })
    void whoIsNotLoggedInIsForbidden(String login, String message) throws Exception {
        HttpResponse<String> answer = raw(login.replace("KEY", TestNodes.KEY) + "&action=version&format=json");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body())
                .isEqualTo("{\"message\":\"" + message + "\",\"errorCode\":\"403\",\"callback\":\"\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"signature=KEY", "username=anybody&password=KEY"})
    void aKeyLogsIn(String login) throws Exception {
        assertThat(raw(login.replace("KEY", TestNodes.KEY) + "&action=version").statusCode())
                .isEqualTo(200);
    }

    /** yourls-api.php and yourls_validate_jsonp_callback(): the callback stays in the answer; a name that is no name is refused. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "callback=a.$b | 200 | a.$b({\"version\":\"1.10.1\",\"callback\":\"a.$b\"})",
                "jsonp=f | 200 | f({\"version\":\"1.10.1\",\"callback\":\"f\"})",
                "x=1 | 200 | ({\"version\":\"1.10.1\"})",
                "callback=alert(1) | 400 | {\"errorCode\":\"400\",\"error\":\"Invalid callback parameter\"}",
                "callback=au2028b | 400 | {\"errorCode\":\"400\",\"error\":\"Invalid callback parameter\"}",
                "callback= | 400 | {\"errorCode\":\"400\",\"error\":\"Invalid callback parameter\"}"
            })
    void jsonpCallsOnlyNames(String parameter, int status, String body) throws Exception {
        HttpResponse<String> answer = call("action=version&format=jsonp&" + parameter);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("application/javascript");
        assertThat(answer.body()).isEqualTo(body);
    }

    @Test
    void aFormIsTakenAsAQueryIs() throws Exception {
        String form = LOGIN + "action=shorturl&format=json&keyword=formed&url="
                + URLEncoder.encode("https://example.org/form?a=b&c=d", StandardCharsets.UTF_8);
        HttpResponse<String> answer = CLIENT.send(
                HttpRequest.newBuilder(URI.create(node.uri() + "/yourls-api.php"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(TestNodes.json(answer).path("url").path("url").stringValue())
                .isEqualTo("https://example.org/form?a=b&c=d");
    }

    private static HttpResponse<String> call(String query) throws Exception {
        return raw(LOGIN + query);
    }

    private static HttpResponse<String> raw(String query) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(node.uri() + "/yourls-api.php?" + query))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
