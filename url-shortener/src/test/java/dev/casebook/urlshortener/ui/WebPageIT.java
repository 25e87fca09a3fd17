package dev.casebook.urlshortener.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.casebook.backing.RedisService;
import dev.casebook.urlshortener.NodeSettings;
import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.WebElement;

/** The web page and the visitor's pages in a real browser. After each test the console must be free of errors. */
class WebPageIT {
    /** A phone's browser widens its window to what overflows, so the elements are asked and not the window. */
    private static final String OVERFLOWING =
            "[...document.querySelectorAll('main .card, main .card input:not([type=file]), main .card select, main .card code')]"
                    + ".filter(e => !e.closest('.table-wrap') && e.getBoundingClientRect().right > 390)"
                    + ".map(e => e.outerHTML.slice(0, 120) + ' ends at ' + e.getBoundingClientRect().right).join('; ')";

    @TempDir
    static Path folder;

    private static Browser browser;
    private static TestNodes nodes;
    private static UrlShortenerNode node;
    private static HttpServer destination;
    private static String target;

    @BeforeAll
    static void start() throws Exception {
        browser = new Browser(folder.resolve("profile"));
        nodes = new TestNodes(folder);
        node = nodes.start();
        destination = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        destination.createContext("/", exchange -> {
            byte[] body = "<!doctype html><link rel=icon href=data:,><h1>arrived</h1>".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        destination.start();
        target = "http://127.0.0.1:" + destination.getAddress().getPort() + "/";
    }

    @AfterAll
    static void stop() {
        if (destination != null) {
            destination.stop(0);
        }
        if (nodes != null) {
            nodes.close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    @AfterEach
    void consoleIsClean() {
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void asksForAKeyAndSaysWhenItIsWrong() {
        open("/");
        browser.evaluate("localStorage.clear()");
        open("/?again");

        browser.find("input[name=key]").sendKeys("no-such-key");
        browser.named("Continue").click();
        browser.awaitText("[role=alert]", "does not know this key");
        assertThat(browser.errors()).singleElement().asString().contains("401");

        browser.find("input[name=key]").clear();
        browser.find("input[name=key]").sendKeys(TestNodes.KEY);
        browser.named("Continue").click();
        browser.find("[data-testid=create]");
    }

    @Test
    void makesFindsEditsAndDeletesALink() {
        openWithKey("");
        browser.find("[name=longUrl]").sendKeys(target + "a/long/address");
        browser.named("Custom slug, limits, password …").click();
        browser.find("[name=customSlug]").sendKeys("metrics");
        browser.awaitTrue("document.querySelector('[name=customSlug]').getAttribute('aria-invalid') === 'true'");
        browser.find("[name=customSlug]").clear();
        browser.find("[name=customSlug]").sendKeys("made-here");
        browser.awaitText("[data-testid=availability]", "free");
        browser.find("[name=title]").sendKeys("مرحبا");
        browser.named("Shorten").click();
        browser.awaitText("[data-testid=created]", "/made-here");

        browser.find("input[type=search]").sendKeys("nothing-has-this");
        browser.awaitText("[data-testid=links]", "No link fits");
        browser.find("input[type=search]").clear();
        browser.find("input[type=search]").sendKeys("made-her");
        browser.named("/made-here").click();
        browser.awaitText("h1", "/made-here");

        browser.named("Edit").click();
        WebElement longUrl = browser.find("details [name=longUrl]");
        longUrl.clear();
        longUrl.sendKeys(target + "elsewhere");
        browser.named("Save").click();
        browser.awaitText(".target", target + "elsewhere");

        browser.named("Delete").click();
        browser.acceptDialog();
        browser.find("[data-testid=create]");
        browser.find("input[type=search]").sendKeys("made-here");
        browser.awaitText("[data-testid=links]", "No link fits");
        assertThat(browser.address()).endsWith("#/");
    }

    @Test
    void showsAClickWhileThePageIsOpen() throws Exception {
        String slug = nodes.create(node, link("\"customSlug\":\"hot\""));
        openWithKey("link//" + slug);
        browser.awaitText(".live", "live");
        assertThat(browser.find("[data-testid=clicks]").getText()).isEqualTo("0");

        nodes.visit(node, slug);

        browser.awaitText("[data-testid=clicks]", "1");
        browser.awaitText(".bars", "Firefox");
        assertThat(browser.evaluate("document.querySelector('img.qr').naturalWidth > 0"))
                .isEqualTo("true");
    }

    @Test
    void showsWhatARedirectAsksAndThatAnEditMakesItAskAgain() throws Exception {
        nodes.create(node, link("\"customSlug\":\"tiers\""));
        String newest = "[data-testid=lookups] tr:first-child";

        openWithKey("link//tiers");
        browser.awaitText(newest, "PostgreSQL");
        assertThat(browser.find(newest).getText()).contains("3 commands", "1 query");

        browser.named("Look it up again").click();
        browser.awaitText(newest, "L1, this process");

        browser.named("Edit").click();
        browser.find("details [name=title]").sendKeys("another");
        browser.named("Save").click();
        browser.awaitTrue("document.querySelectorAll('[data-testid=lookups] tr').length === 3");
        assertThat(browser.find(newest).getText()).doesNotContain("L1");
    }

    @Test
    void warnsOfAHostThatCouldPassForAnother() throws Exception {
        nodes.create(
                node,
                "{\"longUrl\":\"https://\\u0430\\u0440\\u0440\\u04cf\\u0435.com/\",\"customSlug\":\"look-alike\"}");

        openWithKey("link//look-alike");

        browser.awaitText("[data-testid=homograph]", "xn--80ak6aa92e.com");
    }

    @Test
    void previewShowsWhereALinkLeadsAndGoesThere() throws Exception {
        nodes.create(node, link("\"customSlug\":\"look\",\"title\":\"<b>not bold</b>\""));

        open("/look+");

        browser.awaitText(".url", target);
        browser.awaitText("main", "<b>not bold</b>");
        browser.named("Continue").click();
        browser.awaitText("h1", "arrived");
    }

    @Test
    void passwordPageLetsInWhoKnowsIt() throws Exception {
        nodes.create(node, link("\"customSlug\":\"locked\",\"password\":\"open sesame\""));
        open("/locked");
        assertThat(browser.evaluate("document.activeElement.name")).isEqualTo("password");

        browser.find("[name=password]").sendKeys("sesame");
        browser.named("Continue").click();
        browser.awaitText("[role=alert]", "not the password");
        assertThat(browser.errors()).singleElement().asString().contains("403");

        browser.find("[name=password]").sendKeys("open sesame");
        browser.named("Continue").click();
        browser.awaitText("h1", "arrived");
        assertThat(browser.address()).isEqualTo(target);
    }

    @Test
    void saysThatALinkHasExpired() throws Exception {
        nodes.create(node, link("\"customSlug\":\"old\",\"validUntil\":\"2020-01-01T00:00:00Z\""));

        open("/old");

        browser.awaitText("h1", "Expired");
        assertThat(browser.errors()).singleElement().asString().contains("404");
    }

    @Test
    void hurtsAServerAndHealsIt() throws Exception {
        Path own = Files.createDirectories(folder.resolve("chaos"));
        try (RedisService redis = RedisService.open("embedded", own);
                TestNodes hurt = new TestNodes(own, redis)) {
            browser.open(hurt.start(NodeSettings::withChaos).uri() + "/#key=" + TestNodes.KEY);
            browser.find("[data-testid=create]");
            browser.evaluate("(location.hash = '#/system')");

            browser.find("[aria-label='pause redis']").click();
            browser.awaitText("main .tile", "paused until");
            browser.find("[aria-label='Heal redis']").click();

            browser.find("[aria-label='kill redis']");
            browser.open("about:blank"); // or the page would ask a node that is gone
        }
    }

    @Test
    void fitsAPhoneAndFollowsItsColours() throws Exception {
        nodes.create(
                node,
                link("\"customSlug\":\"" + "wide-".repeat(12) + "\",\"title\":\"" + "unbroken".repeat(20) + "\""));
        nodes.send(
                node,
                "POST",
                "/rest/v3/short-urls/" + "wide-".repeat(12) + "/redirect-rules",
                "{\"redirectRules\":[{\"longUrl\":\"https://m.example.com/\",\"conditions\":["
                        + "{\"type\":\"any-value-query-param\",\"matchKey\":\"utm\",\"matchValue\":null},"
                        + "{\"type\":\"query-param\",\"matchKey\":\"utm\",\"matchValue\":\"mail\"}]},"
                        + "{\"longUrl\":\"https://de.example.com/\",\"conditions\":["
                        + "{\"type\":\"language\",\"matchKey\":null,\"matchValue\":\"de\"}]}]}");
        browser.resize(390, 844);
        try {
            for (String view : List.of("", "link//" + "wide-".repeat(12), "system", "keys")) {
                openWithKey(view);
                browser.find("main .card");
                switch (view) {
                    case "" -> browser.named("Custom slug, limits, password …").click();
                    case "keys" -> {
                        browser.find("[name=name]").sendKeys("phone");
                        browser.named("Make key").click();
                        browser.find("main code");
                    }
                    case "system" -> browser.awaitText("h2", "Node");
                    default -> {
                        browser.named("Edit").click();
                        browser.named("Add rule").click();
                        assertThat(browser.evaluate("document.querySelectorAll('.tile.rule').length"))
                                .isEqualTo("3");
                    }
                }
                assertThat(browser.evaluate(OVERFLOWING)).as(view).isEmpty();
                assertThat(
                                browser.evaluate(
                                        "[...document.querySelectorAll('main input:not([type=file]), main select')].every(e => e.labels.length || e.ariaLabel)"))
                        .as("every field of '%s' has a label", view)
                        .isEqualTo("true");
            }
            String colour = "getComputedStyle(document.body).backgroundColor";
            browser.preferColours("light");
            String light = browser.evaluate(colour);
            browser.preferColours("dark");
            assertThat(browser.evaluate(colour)).isNotEqualTo(light);
        } finally {
            browser.resize(1280, 900);
        }
    }

    private static String link(String more) {
        return "{\"longUrl\":\"" + target + "\"," + more + "}";
    }

    private static void open(String path) {
        browser.open(node.uri() + path);
    }

    /** A query that differs makes the browser load the page anew, not only its fragment. */
    private static void openWithKey(String view) {
        open("/?" + view.hashCode() + "#key=" + TestNodes.KEY);
        browser.find("[data-testid=create]");
        if (!view.isEmpty()) {
            browser.evaluate("(location.hash = '#/" + view + "')");
            browser.awaitTrue("!document.querySelector('[data-testid=create]')");
        }
    }
}
