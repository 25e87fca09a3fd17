package dev.casebook.benchmarks.urlshortener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.benchmarks.Workspace;
import dev.casebook.benchmarks.console.LiveLine;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A panel that asks for a metric nobody exposes is empty for ever, and looks like a quiet service. */
class DashboardsIT {
    /** In queries a selector always follows: every panel is of the module and the instances chosen. */
    private static final Pattern SELECTED = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\{");

    @Test
    void everyMetricOfTheDashboardsIsExposedByANode() throws Exception {
        Set<String> asked = new TreeSet<>(metricsOf("service"));
        asked.addAll(metricsOf("url-shortener"));
        assertThat(asked).hasSizeGreaterThan(10);

        try (LiveLine line = LiveLine.onStandardError();
                LabContext context = new LabContext(true, 1, 1, Map.of(), line)) {
            Installation installation = Installation.start(context);
            UrlShortenerNode node = installation.node(settings -> settings);
            String slug = installation.create(node, "https://example.com/watched");
            installation.visit(node, slug);

            Awaitility.await()
                    .untilAsserted(() -> assertThat(exposed(node.uri())).containsAll(asked));
        }
    }

    private static Set<String> metricsOf(String dashboard) throws IOException {
        Path file = Workspace.locate().root().resolve("observability/grafana/dashboards/" + dashboard + ".json");
        Set<String> names = new TreeSet<>();
        for (String line : Files.readAllLines(file)) {
            if (line.contains("\"expr\":")) {
                Matcher selected = SELECTED.matcher(line);
                while (selected.find()) {
                    names.add(selected.group(1));
                }
            }
        }
        return names;
    }

    private static Set<String> exposed(URI node) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            String text = client.send(
                            HttpRequest.newBuilder(node.resolve("/metrics")).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            Set<String> names = new TreeSet<>();
            text.lines().filter(line -> !line.startsWith("#")).forEach(line -> names.add(line.split("[{ ]", 2)[0]));
            return names;
        }
    }
}
