package dev.casebook.urlshortener.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.auth.ApiKey;
import dev.casebook.urlshortener.auth.ApiKeyService;
import dev.casebook.urlshortener.auth.Restriction;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresApiKeysIT {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    private Database database;

    @BeforeEach
    void open() {
        database = TestDatabase.open();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private ApiKeyService service() {
        return new ApiKeyService(new PostgresApiKeys(database), new SecureRandom(), InstantSource.fixed(NOW));
    }

    @Test
    void anotherNodeRecognisesAKeyWithAllItsRestrictions() {
        Set<Restriction> restrictions = Set.of(
                new Restriction.OwnLinksOnly(), new Restriction.OnlyDomain("s.example"), new Restriction.ReadOnly());
        ApiKeyService.NewKey made = service().create("bot", restrictions, NOW.plusSeconds(60));

        assertThat(service().authenticate(made.secret())).contains(made.key());
        assertThat(service().list()).containsExactly(made.key());
        assertThat(made.key().restrictions()).isEqualTo(restrictions);
    }

    @Test
    void aRevokedKeyIsRefusedByAnotherNodeAndStaysListed() {
        ApiKeyService.NewKey made = service().create("gone", Set.of(), null);

        assertThat(service().revoke(made.key().id())).isTrue();
        assertThat(service().revoke(made.key().id())).isFalse();

        assertThat(service().authenticate(made.secret())).isEmpty();
        assertThat(service().list()).extracting(ApiKey::revokedAt).containsExactly(NOW);
    }

    @Test
    void nodesThatStartAtOnceWithOneInitialKeyStoreItOnce() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> starts = IntStream.range(0, 8)
                    .<Future<?>>mapToObj(
                            i -> executor.submit(() -> assertThat(service().ensureInitialKey("a-secret-of-some-length"))
                                    .isEmpty()))
                    .toList();
            for (Future<?> start : starts) {
                start.get();
            }
        }

        assertThat(service().list()).hasSize(1);
        assertThat(service()
                        .authenticate("a-secret-of-some-length")
                        .orElseThrow()
                        .isAdmin())
                .isTrue();
    }
}
