package dev.casebook.urlshortener.ui;

import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.SystemTool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.logging.Level;
import org.awaitility.core.ConditionFactory;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Debian's Chromium without a window, with a profile of its own. Closing ends it. */
final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final ChromeDriver driver;

    /** @param profile an empty folder for what the browser keeps */
    Browser(Path profile) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(SystemTool.CHROMIUM.require().toString());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--lang=en-US",
                "--window-size=1280,900",
                "--user-data-dir=" + profile);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(SystemTool.CHROMEDRIVER.require().toFile())
                .build();
        driver = new ChromeDriver(service, options);
    }

    void open(String url) {
        driver.get(url);
    }

    String address() {
        return String.valueOf(driver.getCurrentUrl());
    }

    /** The first element that the CSS selector finds, once it is shown. */
    WebElement find(String css) {
        return shown(css, element -> true);
    }

    /** The button, link or summary with this text, once it is shown. */
    WebElement named(String text) {
        return shown("button, a, summary", element -> element.getText().equals(text));
    }

    /** Waits until the page shows the text. */
    void awaitText(String css, String text) {
        shown(css, element -> element.getText().contains(text));
    }

    private WebElement shown(String css, Predicate<WebElement> fits) {
        return patiently(css)
                .until(
                        () -> driver.findElements(By.cssSelector(css)).stream()
                                .filter(element -> element.isDisplayed() && fits.test(element))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** Waits until the expression is true in the page. */
    void awaitTrue(String expression) {
        patiently(expression).until(() -> evaluate(expression).equals("true"));
    }

    /** An element may be replaced between being found and being read. */
    private static ConditionFactory patiently(String what) {
        return await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsMatching(StaleElementReferenceException.class::isInstance);
    }

    /** Types into an element that need not be shown, such as the path of a file to upload. */
    void type(String css, String text) {
        driver.findElement(By.cssSelector(css)).sendKeys(text);
    }

    void acceptDialog() {
        driver.switchTo().alert().accept();
    }

    String evaluate(String expression) {
        return String.valueOf(driver.executeScript("return String(" + expression + ")"));
    }

    void resize(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    /** @param scheme light or dark, as the visitor's system prefers */
    void preferColours(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** What is shown now, as PNG. */
    byte[] screenshot() {
        return driver.getScreenshotAs(OutputType.BYTES);
    }

    /** Errors on the console since it was asked last: exceptions, violations of the Content-Security-Policy, failed requests. */
    List<String> errors() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(entry -> entry.getLevel() + " " + entry.getMessage())
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
