package dev.casebook.urlshortener.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.backing.PostgresService;
import dev.casebook.backing.testing.SharedBacking;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** PostgreSQL killed, and stopped in the middle of whatever it does, while the service is in use. */
class PostgresOutageFaultIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private final Api api = new Api();
    private PostgresService postgres;
    private Installation installation;

    @BeforeEach
    void open() {
        postgres = PostgresService.open("embedded", folder.resolve("servers"));
        installation = new Installation(
                folder.resolve("nodes"), postgres.jdbcUrl(), SharedBacking.redis(), SharedBacking.kafka());
    }

    @AfterEach
    void close() {
        postgres.process().resume();
        installation.close();
        postgres.close();
        api.close();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void cachedLinksGoOnTheRestAnswersThatItIsUnavailableAndAllOfItRecoversByItself(Fault fault) throws Exception {
        UrlShortenerNode node = installation.node("one");
        URI warm = node.uri();
        URI cold = installation.node("two").uri();
        String cached = api.slug(warm, "https://example.com/cached");
        String uncached = api.slug(warm, "https://example.com/uncached");
        assertThat(api.destination(warm, cached)).isEqualTo("https://example.com/cached");
        long before;
        try (Traffic traffic = new Traffic(api, () -> List.of(warm), List.of(cached)).start(4, 0)) {
            await().atMost(PATIENCE).until(() -> traffic.redirects() > 50);

            fault.begin(postgres.process());

            assertThat(api.destination(cold, cached)).as("from Redis").isEqualTo("https://example.com/cached");
            unavailable(api.visit(warm, "unknown"));
            unavailable(api.create(warm, "https://example.com/new", "new"));
            unavailable(api.get(warm, "/api/v1/links/" + cached + "/statistics"));
            await().atMost(PATIENCE).until(() -> api.get(warm, "/health/ready").statusCode() == 503);
            long during = traffic.redirects();
            await().atMost(PATIENCE).until(() -> traffic.redirects() > during + 50);

            fault.end(postgres.process());

            await().atMost(PATIENCE).until(() -> api.get(warm, "/health/ready").statusCode() == 200);
            await().atMost(PATIENCE)
                    .until(() ->
                            api.create(warm, "https://example.com/new", "new").statusCode() == 200);
            assertThat(api.destination(cold, uncached)).isEqualTo("https://example.com/uncached");
            assertThat(api.visit(cold, "unknown").statusCode()).isEqualTo(404);
            traffic.stop();
            assertThat(traffic.failures()).isEmpty();
            assertThat(traffic.unanswered()).isZero();
            before = traffic.redirects();
        }
        await().atMost(PATIENCE)
                .until(() ->
                        api.get(warm, "/api/v1/links/" + cached + "/statistics").statusCode() == 200);
        installation.awaitAggregation();
        long id = installation.number("SELECT id FROM links WHERE slug = '" + cached + "'");
        // Two visits were made beside the traffic: one before the fault, one while it lasted.
        assertThat(installation.counted()).containsEntry(id, before + 2);
        assertThat(installation.number("SELECT count(*) FROM links WHERE long_url = 'https://example.com/new'"))
                .as("creates that were refused and repeated under their key")
                .isEqualTo(1);
    }

    private static void unavailable(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
    }
}
