package dev.casebook.common.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpMethod;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every route can count on, seen through the JDK's client over both protocols. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HttpServerTest {
    private HttpServer server;
    private final HttpClient http1 =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpClient http2 =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();

    record Point(int x, int y) {}

    @BeforeAll
    void start() throws BindException {
        Routes routes = new Routes()
                .blocking(HttpMethod.GET, "/hello/{name}", request -> {
                    assertThat(Thread.currentThread().isVirtual()).isTrue();
                    return Reply.text(200, "hello " + request.pathParameter("name"));
                })
                .onLoop(
                        HttpMethod.GET,
                        "/loop",
                        request ->
                                Reply.text(200, Thread.currentThread().getName().substring(0, 9)))
                .onLoopAsync(
                        HttpMethod.GET,
                        "/async",
                        request -> CompletableFuture.supplyAsync(() -> Reply.text(200, "later")))
                .blocking(HttpMethod.POST, "/points", request -> Reply.json(201, request.bodyAs(Point.class)))
                .blocking(HttpMethod.GET, "/conflict", request -> {
                    throw new ProblemException(Problem.of(409, "slug-taken", "Slug taken", "'a' is taken.")
                            .with("slug", "a"));
                })
                .blocking(HttpMethod.GET, "/broken", request -> {
                    throw new IllegalStateException("secret: hunter2");
                })
                .blocking(HttpMethod.GET, "/query", request -> Reply.json(200, request.queryAll()));
        server = HttpServer.builder().bind("127.0.0.1", 0).routes(routes).start();
    }

    @AfterAll
    void stop() {
        server.close();
        http1.close();
        http2.close();
    }

    private HttpClient client(HttpClient.Version version) {
        return version == HttpClient.Version.HTTP_2 ? http2 : http1;
    }

    private HttpResponse<String> get(HttpClient.Version version, String target) throws Exception {
        return send(version, HttpRequest.newBuilder(server.uri().resolve(target)));
    }

    private HttpResponse<String> send(HttpClient.Version version, HttpRequest.Builder request) throws Exception {
        return client(version).send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void runsABlockingHandlerOnAVirtualThreadWithItsDecodedPathParameter(HttpClient.Version version) throws Exception {
        HttpResponse<String> response = get(version, "/hello/J%C3%BCrgen+");

        assertThat(response.version()).isEqualTo(version);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("hello Jürgen+");
        assertThat(response.headers().firstValue("x-content-type-options")).contains("nosniff");
        assertThat(response.headers().firstValue("date")).isPresent();
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void runsALoopHandlerOnTheEventLoop(HttpClient.Version version) throws Exception {
        assertThat(get(version, "/loop").body()).isEqualTo("http-loop");
        assertThat(get(version, "/async").body()).isEqualTo("later");
    }

    @Test
    void servesOnTheCallersLoopsAndLeavesThemToTheCaller() throws Exception {
        Routes routes = new Routes()
                .onLoop(
                        HttpMethod.GET,
                        "/thread",
                        request -> Reply.text(200, Thread.currentThread().getName()));
        try (EventLoops loops = EventLoops.start(1)) {
            EventLoop loop = loops.all().getFirst();
            String thread = loop.submit(() -> Thread.currentThread().getName()).get();

            try (HttpServer guest = HttpServer.builder()
                    .bind("127.0.0.1", 0)
                    .eventLoops(loops)
                    .routes(routes)
                    .start()) {
                HttpRequest request =
                        HttpRequest.newBuilder(guest.uri().resolve("/thread")).build();
                assertThat(http1.send(request, HttpResponse.BodyHandlers.ofString())
                                .body())
                        .isEqualTo(thread);
            }

            assertThat(loop.submit(() -> Thread.currentThread().getName()).get())
                    .as("after the server is closed")
                    .isEqualTo(thread);
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void readsAndWritesJson(HttpClient.Version version) throws Exception {
        HttpResponse<String> response = send(
                version,
                HttpRequest.newBuilder(server.uri().resolve("/points"))
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"x\":1,\"y\":-2,\"unknown\":true}")));

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(Json.MAPPER.readValue(response.body(), Point.class)).isEqualTo(new Point(1, -2));
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void answersAProblemAsProblemJson(HttpClient.Version version) throws Exception {
        HttpResponse<String> response = get(version, "/conflict");

        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(Json.MAPPER.readTree(response.body())).isEqualTo(Json.MAPPER.readTree("""
                {"type": "urn:casebook:problem:slug-taken", "title": "Slug taken", "status": 409,
                 "detail": "'a' is taken.", "slug": "a"}"""));
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void tellsNothingOfAnUnexpectedFailureButItsId(HttpClient.Version version) throws Exception {
        HttpResponse<String> response = get(version, "/broken");

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).doesNotContain("hunter2", "IllegalState", "at dev.");
        assertThat(Json.MAPPER.readTree(response.body()).get("id").asString()).matches("[0-9a-f]{1,16}");
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void answersHeadLikeGetWithoutABody(HttpClient.Version version) throws Exception {
        HttpResponse<String> response = send(
                version,
                HttpRequest.newBuilder(server.uri().resolve("/hello/x")).HEAD());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValue("content-length")).contains("7");
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void distinguishesNoSuchPathFromNoSuchMethod(HttpClient.Version version) throws Exception {
        assertThat(get(version, "/nowhere").statusCode()).isEqualTo(404);

        HttpResponse<String> wrongMethod = send(
                version, HttpRequest.newBuilder(server.uri().resolve("/points")).DELETE());
        assertThat(wrongMethod.statusCode()).isEqualTo(405);
        assertThat(wrongMethod.headers().firstValue("allow")).contains("POST, OPTIONS");

        HttpResponse<String> options = send(
                version,
                HttpRequest.newBuilder(server.uri().resolve("/points"))
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
        assertThat(options.statusCode()).isEqualTo(204);
        assertThat(options.headers().firstValue("allow")).contains("POST, OPTIONS");
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void refusesJsonThatIsNone(HttpClient.Version version) throws Exception {
        assertThat(post(version, "application/json", "{\"x\":").statusCode()).isEqualTo(400);
        assertThat(post(version, "application/json", "{\"x\":\"one\"}").statusCode())
                .isEqualTo(422);
        assertThat(post(version, "application/json", "null").statusCode()).isEqualTo(422);
        assertThat(post(version, "text/plain", "{\"x\":1,\"y\":1}").statusCode())
                .isEqualTo(415);
        assertThat(post(version, "application/json", "{\"x\":\"one\"}").body()).doesNotContain("dev.casebook");
    }

    private HttpResponse<String> post(HttpClient.Version version, String contentType, String body) throws Exception {
        return send(
                version,
                HttpRequest.newBuilder(server.uri().resolve("/points"))
                        .header("content-type", contentType)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body.getBytes(StandardCharsets.UTF_8))));
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void keepsTheOrderAndTheRepetitionsOfQueryParameters(HttpClient.Version version) throws Exception {
        HttpResponse<String> response = get(version, "/query?b=2&a=%20x+y&b=1&c");

        assertThat(Json.MAPPER.readTree(response.body()))
                .isEqualTo(Json.MAPPER.readTree("{\"b\":[\"2\",\"1\"],\"a\":[\" x y\"],\"c\":[\"\"]}"));
    }

    @Test
    void namesPortAndOptionWhenThePortIsTaken() {
        assertThatThrownBy(() ->
                        HttpServer.builder().bind("127.0.0.1", server.port()).start())
                .isInstanceOf(BindException.class)
                .hasMessageContaining(String.valueOf(server.port()))
                .hasMessageContaining("--http-port");
        assertThat(server.uri()).isEqualTo(URI.create("http://127.0.0.1:" + server.port()));
    }
}
