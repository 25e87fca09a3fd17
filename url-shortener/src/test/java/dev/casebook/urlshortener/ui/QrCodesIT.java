package dev.casebook.urlshortener.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import dev.casebook.urlshortener.SystemTool;
import dev.casebook.urlshortener.TestNodes;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** QR codes read back by two readers that know nothing of ours: zbar and ZXing. */
class QrCodesIT {
    private static final List<String> SLUGS = List.of("a", "long-" + "slug-".repeat(20), "größe-网址");
    private static final List<String> SHAPES =
            List.of("size=300", "size=1000&margin=0", "size=200&margin=40", "size=500&margin=1");

    private static final List<String> LEVELS = List.of("l", "m", "q", "h");

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

    /** Every shape with one level each; ZXing, which costs no process, reads all levels. */
    @Test
    void zbarReadsPngsOfEveryShape() throws Exception {
        String zbarimg = SystemTool.ZBARIMG.require().toString();
        for (int i = 0; i < SLUGS.size() * SHAPES.size(); i++) {
            String slug = SLUGS.get(i % SLUGS.size());
            String query = "format=png&" + SHAPES.get(i % SHAPES.size()) + "&errorCorrection="
                    + LEVELS.get((i / SHAPES.size() + i) % LEVELS.size());
            Path file = folder.resolve("code.png");
            Files.write(file, get(slug, query).body());

            assertThat(zbar(zbarimg, file)).as("%s %s", slug, query).isEqualTo(address(slug));
        }
    }

    @Test
    void zxingReadsEveryPngAndItHasTheSizeAskedFor() throws Exception {
        for (String slug : SLUGS) {
            for (String level : LEVELS) {
                BufferedImage image = ImageIO.read(
                        new ByteArrayInputStream(get(slug, "format=png&size=420&margin=10&errorCorrection=" + level)
                                .body()));

                assertThat(image.getWidth()).isEqualTo(440);
                assertThat(zxing(image)).as("%s %s", slug, level).isEqualTo(address(slug));
            }
        }
    }

    @Test
    void bothReadTheSvgAsChromiumDrawsIt() throws Exception {
        String zbarimg = SystemTool.ZBARIMG.require().toString();
        try (Browser browser = new Browser(folder.resolve("profile"))) {
            for (String slug : SLUGS) {
                for (String shape : List.of("size=400", "size=300&margin=50")) {
                    browser.open(qr(slug, "format=svg&errorCorrection=m&" + shape));
                    byte[] drawn = browser.screenshot();
                    Path file = folder.resolve("svg.png");
                    Files.write(file, drawn);

                    assertThat(zbar(zbarimg, file)).as("%s %s", slug, shape).isEqualTo(address(slug));
                    assertThat(zxing(ImageIO.read(new ByteArrayInputStream(drawn))))
                            .isEqualTo(address(slug));
                }
            }
        }
    }

    @Test
    void showsTheLinkOfTheDomainWhoseHostIsAsked() throws Exception {
        nodes.create(
                node, "{\"longUrl\":\"https://example.com/\",\"customSlug\":\"own\",\"domain\":\"brand.example\"}");

        assertThat(onHost("brand.example", "/own/qr-code?format=png")).isEqualTo("http://brand.example/own");
        assertThat(onHost("BRAND.example:8080", "/own/qr-code?format=png")).isEqualTo("http://brand.example/own");
        assertThat(onHost("unknown.example", "/own/qr-code?format=png")).isEqualTo(address("own"));
        assertThat(onHost("brand.example", "/own/qr-code?format=png&domain=DEFAULT"))
                .isEqualTo(address("own"));
        assertThat(zxing(ImageIO.read(new ByteArrayInputStream(
                        get("own", "format=png&domain=brand.example").body()))))
                .isEqualTo("http://brand.example/own");
        assertThat(get("own", "domain=not-ours.example").statusCode()).isEqualTo(404);
    }

    @Test
    void saysWhichParameterIsWrong() throws Exception {
        for (String query : List.of(
                "size=49", "size=1001", "size=big", "margin=-1", "margin=101", "format=gif", "errorCorrection=x")) {
            HttpResponse<byte[]> response = get("a", query);

            assertThat(response.statusCode()).as(query).isEqualTo(400);
            assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
            assertThat(new String(response.body(), StandardCharsets.UTF_8))
                    .contains(query.substring(0, query.indexOf('=')) + " must be");
        }
    }

    private static String encoded(String slug) {
        return URLEncoder.encode(slug, StandardCharsets.UTF_8);
    }

    private static String address(String slug) {
        return node.publicUrl() + "/" + encoded(slug);
    }

    private static String qr(String slug, String query) {
        return node.uri() + "/" + encoded(slug) + "/qr-code?" + query;
    }

    private static HttpResponse<byte[]> get(String slug, String query) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(qr(slug, query))).build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    /** Over a plain socket: the JDK's client asks for no host but the one it connects to. */
    private static String onHost(String host, String target) throws Exception {
        try (Socket socket = new Socket(node.uri().getHost(), node.uri().getPort())) {
            socket.getOutputStream()
                    .write(("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(answer).startsWith("HTTP/1.1 200 ");
            byte[] picture = answer.substring(answer.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1);
            return zxing(ImageIO.read(new ByteArrayInputStream(picture)));
        }
    }

    private static String zbar(String zbarimg, Path file) throws Exception {
        Process process = new ProcessBuilder(
                        zbarimg, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        return text;
    }

    private static String zxing(BufferedImage image) throws Exception {
        int width = image.getWidth();
        int height = image.getHeight();
        int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
        return new QRCodeReader()
                .decode(new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(width, height, pixels))))
                .getText();
    }
}
