package dev.casebook.urlshortener.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.urlshortener.link.Visibility;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeyServiceTest {
    private Instant now = Instant.parse("2026-11-21T10:00:00Z");
    private final Keys keys = new Keys();
    private final ApiKeyService service = new ApiKeyService(keys, new Random(20261121), () -> now);

    @Test
    void storesOnlyTheHashOfAKey() {
        ApiKeyService.NewKey made = service.create("mine", Set.of(), null);

        assertThat(made.secret()).hasSize(43);
        assertThat(keys.stored).hasSize(1);
        assertThat(keys.stored.getFirst().hash()).matches("[0-9a-f]{64}");
        assertThat(keys.stored.toString()).doesNotContain(made.secret());
    }

    @Test
    void asksTheStoreOnceWhileTheAnswerIsRememberedForGoodAndForWrongKeys() {
        String secret = service.create("mine", Set.of(), null).secret();

        for (int i = 0; i < 10; i++) {
            assertThat(service.authenticate(secret)).isPresent();
            assertThat(service.authenticate(secret + "x")).isEmpty();
        }
        assertThat(keys.lookups).isEqualTo(2);

        now = now.plus(ApiKeyService.REMEMBERED).plusMillis(1);
        service.authenticate(secret);
        assertThat(keys.lookups).isEqualTo(3);
    }

    @Test
    void refusesExpiredAndRevokedKeysAtOnce() {
        ApiKeyService.NewKey expiring = service.create("expiring", Set.of(), now.plusSeconds(1));
        ApiKeyService.NewKey revoked = service.create("revoked", Set.of(), null);
        assertThat(service.authenticate(expiring.secret())).isPresent();
        assertThat(service.authenticate(revoked.secret())).isPresent();

        now = now.plusSeconds(1);
        service.revoke(revoked.key().id());

        assertThat(service.authenticate(expiring.secret())).isEmpty();
        assertThat(service.authenticate(revoked.secret())).isEmpty();
    }

    @Test
    void refusesAbsurdKeysWithoutAskingTheStore() {
        assertThat(service.authenticate("")).isEmpty();
        assertThat(service.authenticate("x".repeat(257))).isEmpty();
        assertThat(keys.lookups).isZero();
    }

    @Test
    void makesAnInitialKeyOnlyWhenThereIsNoAdministrator() {
        service.create("restricted", Set.of(new Restriction.ReadOnly()), null);

        ApiKeyService.NewKey initial = service.ensureInitialKey(null).orElseThrow();

        assertThat(initial.key().isAdmin()).isTrue();
        assertThat(service.ensureInitialKey(null)).isEmpty();
        service.revoke(initial.key().id());
        assertThat(service.ensureInitialKey(null)).isPresent();
    }

    @Test
    void takesTheInitialKeyFromASettingHoweverOften() {
        assertThat(service.ensureInitialKey("a-secret-of-some-length")).isEmpty();
        assertThat(service.ensureInitialKey("a-secret-of-some-length")).isEmpty();

        assertThat(service.list()).hasSize(1);
        assertThat(service.authenticate("a-secret-of-some-length").orElseThrow().isAdmin())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"k", "short", "!~\"'\\", "sixteen-letters-"})
    void takesAnyPrintableKeyFromASetting(String key) {
        service.ensureInitialKey(key);

        assertThat(service.authenticate(key).orElseThrow().isAdmin()).isTrue();
        assertThat(service.authenticate(key + "x")).isEmpty();
    }

    @Test
    void refusesASettingThatNoHeaderCarries() {
        for (String key : List.of("", " ", "two words", "tab\t", "line\n", "\u00fc", "del\u007f", "x".repeat(257))) {
            assertThatThrownBy(() -> service.ensureInitialKey(key))
                    .as(key)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1..256 printable");
        }
        assertThat(keys.stored).isEmpty();
        assertThat(service.ensureInitialKey("x".repeat(256))).isEmpty();
    }

    @Test
    void aRevokedKeyDoesNotComeBackByTheSetting() {
        service.ensureInitialKey("a-secret-of-some-length");
        service.revoke(service.list().getFirst().id());

        assertThatThrownBy(() -> service.ensureInitialKey("a-secret-of-some-length"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("revoked");
    }

    @Test
    void restrictionsAddUp() {
        ApiKey key = service.create(
                        "bot",
                        Set.of(
                                new Restriction.OwnLinksOnly(),
                                new Restriction.OnlyDomain("s.example"),
                                new Restriction.ReadOnly()),
                        null)
                .key();

        assertThat(key.visibility()).isEqualTo(new Visibility(key.id(), "s.example"));
        assertThat(key.mayWrite()).isFalse();
        assertThat(key.isAdmin()).isFalse();
        assertThat(service.create("admin", Set.of(), null).key().visibility()).isEqualTo(Visibility.ALL);
        assertThatThrownBy(() -> service.create(
                        "two", Set.of(new Restriction.OnlyDomain("a"), new Restriction.OnlyDomain("b")), null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void restrictionsSurviveBeingWritten() {
        for (Restriction restriction : List.of(
                new Restriction.OwnLinksOnly(),
                new Restriction.ReadOnly(),
                new Restriction.OnlyDomain(""),
                new Restriction.OnlyDomain("a:b"))) {
            assertThat(Restriction.ofText(restriction.toText())).isEqualTo(restriction);
        }
        assertThatThrownBy(() -> Restriction.ofText("something-new")).isInstanceOf(IllegalArgumentException.class);
    }

    private static final class Keys implements ApiKeyRepository {
        final List<Stored> stored = new ArrayList<>();
        int lookups;

        @Override
        public boolean insert(Stored key) {
            boolean isNew = stored.stream().noneMatch(other -> other.hash().equals(key.hash()));
            if (isNew) {
                stored.add(key);
            }
            return isNew;
        }

        @Override
        public Optional<Stored> findByHash(String hash) {
            lookups++;
            return stored.stream().filter(key -> key.hash().equals(hash)).findFirst();
        }

        @Override
        public List<ApiKey> list() {
            return stored.stream().map(Stored::key).toList();
        }

        @Override
        public boolean revoke(String id, Instant now) {
            for (int i = 0; i < stored.size(); i++) {
                ApiKey key = stored.get(i).key();
                if (key.id().equals(id) && key.revokedAt() == null) {
                    ApiKey revoked =
                            new ApiKey(id, key.name(), key.restrictions(), key.createdAt(), key.expiresAt(), now);
                    stored.set(i, new Stored(revoked, stored.get(i).hash()));
                    return true;
                }
            }
            return false;
        }
    }
}
