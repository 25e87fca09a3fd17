package dev.casebook.urlshortener.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** No way of the API makes a link that leads back to the installation, on whichever node its domain came up. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnAddressLoopsIT {
    private static final String LINKS = "/rest/v3/short-urls";
    private static final String LOOP = "https://brand.example/x";

    private TestNodes nodes;
    private UrlShortenerNode first;
    private UrlShortenerNode second;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        nodes = new TestNodes(folder);
        first = nodes.start();
        second = nodes.start();
        nodes.create(first, "{\"longUrl\":\"" + LOOP + "\",\"customSlug\":\"before\"}");
        nodes.create(first, "{\"longUrl\":\"https://example.com/\",\"domain\":\"Brand.example\"}");
        nodes.create(first, "{\"longUrl\":\"https://example.com/\",\"customSlug\":\"fine\"}");
        await("the other node knows the domain")
                .atMost(Duration.ofSeconds(10))
                .until(() -> status(second, LOOP) == 422);
    }

    @AfterAll
    void stop() {
        nodes.close();
    }

    @Test
    void createsAndEditsAndRulesRefuseACustomDomain() throws Exception {
        String rule =
                "{\"longUrl\":\"" + LOOP + "\",\"conditions\":[{\"type\":\"device\",\"matchValue\":\"android\"}]}";
        for (UrlShortenerNode node : List.of(first, second)) {
            assertLoops(nodes.send(node, "POST", LINKS, "{\"longUrl\":\"" + LOOP + "\"}"));
            assertLoops(nodes.send(node, "PATCH", LINKS + "/fine", "{\"longUrl\":\"" + LOOP + "\"}"));
            assertLoops(nodes.send(node, "POST", LINKS + "/fine/redirect-rules", "{\"redirectRules\":[" + rule + "]}"));
        }
        assertThat(nodes.visit(first, "fine").headers().firstValue("location")).contains("https://example.com/");
    }

    @Test
    void bulkAndCsvRefuseTheRowAlone() throws Exception {
        HttpResponse<String> bulk = nodes.send(
                second,
                "POST",
                "/api/v1/links:bulk",
                "[{\"longUrl\":\"" + LOOP + "\"},{\"longUrl\":\"https://example.com/bulk\"}]");
        HttpResponse<String> csv =
                nodes.send(second, "POST", "/api/v1/links.csv", "longUrl\n" + LOOP + "\nhttps://example.com/csv\n");

        for (HttpResponse<String> rows : List.of(bulk, csv)) {
            assertThat(TestNodes.json(rows).get("created").intValue()).isEqualTo(1);
            assertThat(TestNodes.json(rows).get("failed").intValue()).isEqualTo(1);
            assertThat(rows.body()).contains("must not lead back to this service: brand.example");
        }
    }

    @Test
    void redirectsOfDomainsRefuseOwnDomainsAndMakeTheirDomainOwn() throws Exception {
        assertThat(redirect("other.example", LOOP)).isEqualTo(400);
        assertThat(redirect("other.example", "https://other.example/home"))
                .as("itself, while it is not known")
                .isEqualTo(400);
        assertThat(status(first, "https://other.example/x")).isEqualTo(200);

        assertThat(redirect("other.example", "https://example.com/home")).isEqualTo(200);

        assertThat(status(first, "https://other.example/x")).isEqualTo(422);
    }

    @Test
    void theFirstLinkOfADomainDoesNotLeadToIt() throws Exception {
        assertThat(nodes.send(
                                first,
                                "POST",
                                LINKS,
                                "{\"longUrl\":\"https://new.example/x\",\"domain\":\"new.example\"}")
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void theNodeIsRefusedByEachOfItsNamesAndNotAtOtherPorts() throws Exception {
        int port = first.uri().getPort();
        for (String host : List.of("localhost", "127.0.0.1", "127.0.0.2", "[::1]", "0.0.0.0")) {
            assertThat(status(first, "http://" + host + ":" + port + "/hello"))
                    .as(host)
                    .isEqualTo(422);
        }
        assertThat(status(first, "http://localhost:" + (port == 1 ? 2 : port - 1) + "/hello"))
                .isEqualTo(200);
    }

    @Test
    void aLinkThatWasThereBeforeTheDomainGoesOn() throws Exception {
        assertThat(nodes.send(first, "PATCH", LINKS + "/before", "{\"title\":\"renamed\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(nodes.visit(second, "before").headers().firstValue("location"))
                .contains(LOOP);
    }

    private int status(UrlShortenerNode node, String longUrl) throws Exception {
        return nodes.send(node, "POST", LINKS, "{\"longUrl\":\"" + longUrl + "\"}")
                .statusCode();
    }

    private int redirect(String domain, String url) throws Exception {
        return nodes.send(
                        first,
                        "PATCH",
                        "/rest/v3/domains/redirects",
                        "{\"domain\":\"" + domain + "\",\"regular404Redirect\":\"" + url + "\"}")
                .statusCode();
    }

    private static void assertLoops(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("must not lead back to this service: brand.example");
    }
}
