package dev.casebook.common.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS with a certificate that the JDK's keytool makes for the test; the client verifies it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private HttpServer server;
    private SSLContext trusting;
    private Path certificate;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        Path store = folder.resolve("keys.p12");
        KeyStore keys = generate(store);
        certificate = writePem(
                folder.resolve("cert.pem"),
                "CERTIFICATE",
                keys.getCertificate("a").getEncoded());
        Key key = keys.getKey("a", PASSWORD);
        Path keyFile = writePem(folder.resolve("key.pem"), "PRIVATE KEY", key.getEncoded());
        trusting = trusting(keys.getCertificate("a"));
        server = HttpServer.builder()
                .bind("127.0.0.1", 0)
                .routes(new Routes()
                        .onLoop(HttpMethod.GET, "/tls", request -> Reply.json(200, Map.of("tls", request.isTls()))))
                .fastPath(FastPathTest.Echo::new)
                .tls(certificate, keyFile)
                .start();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static KeyStore generate(Path store) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        return keys;
    }

    private static Path writePem(Path file, String type, byte[] der) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(file, "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
    }

    private static SSLContext trusting(Certificate trusted) throws Exception {
        KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
        trust.load(null, null);
        trust.setCertificateEntry("a", trusted);
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void speaksTheProtocolTheClientNegotiates(HttpClient.Version version) throws Exception {
        assertThat(server.uri()).isEqualTo(URI.create("https://127.0.0.1:" + server.port()));
        try (HttpClient client =
                HttpClient.newBuilder().version(version).sslContext(trusting).build()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(server.uri().resolve("/tls")).build(), HttpResponse.BodyHandlers.ofString());

            assertThat(response.version()).isEqualTo(version);
            assertThat(response.body()).isEqualTo("{\"tls\":true}");
        }
    }

    @Test
    void hasTheFastPathAndClosesWithoutCuttingTheAnswerOff() throws Exception {
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", server.port());
        try (RawConnection connection = new RawConnection(socket)) {
            connection.send("GET /f1 HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(connection.read().field("x-path")).contains("fast");

            connection.send("GET /f2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertThat(connection.read().body()).isEqualTo("/f2");
            assertThat(connection.isClosedByServer()).isTrue();
        }
    }

    @Test
    void namesTheFilesThatCannotBeUsed(@TempDir Path folder) {
        Path missing = folder.resolve("nothing.pem");

        assertThatThrownBy(() -> HttpServer.builder().tls(certificate, missing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing.pem");
    }
}
