package dev.casebook.urlshortener.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What browsers and crawlers ask every host for, whoever typed what. */
class OwnFilesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ICO_HEADER_BYTES = 22;

    @TempDir
    static Path folder;

    private static TestNodes nodes;
    private static UrlShortenerNode node;

    @BeforeAll
    static void start() throws Exception {
        nodes = new TestNodes(folder);
        node = nodes.start();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Test
    void theIconIsAPicture() throws Exception {
        HttpResponse<byte[]> icon;
        try (HttpClient client = HttpClient.newHttpClient()) {
            icon = client.send(
                    HttpRequest.newBuilder(URI.create(node.uri() + "/favicon.ico"))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        }

        byte[] bytes = icon.body();
        BufferedImage picture =
                ImageIO.read(new ByteArrayInputStream(bytes, ICO_HEADER_BYTES, bytes.length - ICO_HEADER_BYTES));
        assertThat(icon.headers().firstValue("content-type")).contains("image/x-icon");
        assertThat(List.of(picture.getWidth(), picture.getHeight())).containsExactly(32, 32);
    }

    @Test
    void askingForThemIsNoVisit() throws Exception {
        for (String own : List.of("favicon.ico", "robots.txt", "", "openapi.json", "assets/style.css")) {
            assertThat(nodes.visit(node, own).statusCode()).as(own).isEqualTo(200);
        }
        assertThat(nodes.visit(node, "no-such-link").statusCode()).isEqualTo(404);

        // An orphan of the same kind goes the same way as they would have gone before it.
        await().atMost(PATIENCE).until(() -> orphans() > 0);
        assertThat(orphans()).isEqualTo(1);
    }

    private static long orphans() throws Exception {
        JsonNode visits = TestNodes.json(nodes.send(node, "GET", "/rest/v3/visits", ""));
        return visits.get("visits").get("orphanVisits").get("total").longValue();
    }
}
