package dev.casebook.urlshortener.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes, recognises and revokes API keys.
 *
 * <p>A key has 256 random bits, so its SHA-256 can be stored: no slow hash is needed against guessing what cannot be guessed.
 * Keys are looked up by hash; since nobody can choose a hash's bytes, the time that takes tells nothing, and the final
 * comparison is constant-time nevertheless.
 *
 * <p>Answers are remembered for {@link #REMEMBERED}, wrong keys included, so that neither good nor bad traffic asks the store
 * for every request. That is also how long a key revoked on another node still works. Thread-safe; blocks when it asks
 * the store.
 */
public final class ApiKeyService {
    /** How long an answer is reused. */
    public static final Duration REMEMBERED = Duration.ofSeconds(5);

    /** A key that somebody chose is likely to be guessed when it has fewer characters. */
    public static final int KEY_CHARS_SAFE_MIN = 16;

    /** Longer strings are refused before any work is done on them. */
    public static final int KEY_CHARS_MAX = 256;

    /** What a key that is handed in may be. */
    public static final String KEY_RULE = "must be 1.." + KEY_CHARS_MAX + " printable ASCII characters without spaces";

    private static final int REMEMBERED_KEYS_MAX = 10_000;
    private static final int KEY_BYTES = 32;
    private static final int ID_BYTES = 8;
    private static final String INITIAL_NAME = "initial";

    private final ApiKeyRepository repository;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final Cache<String, Optional<ApiKeyRepository.Stored>> answers;

    /**
     * Makes the service.
     *
     * @param random a cryptographically strong source, as {@link java.security.SecureRandom}
     */
    public ApiKeyService(ApiKeyRepository repository, RandomGenerator random, InstantSource clock) {
        this.repository = repository;
        this.random = random;
        this.clock = clock;
        answers = Caffeine.newBuilder()
                .maximumSize(REMEMBERED_KEYS_MAX)
                .expireAfterWrite(REMEMBERED)
                .ticker(ticker(clock))
                .build();
    }

    private static Ticker ticker(InstantSource clock) {
        return () -> clock.millis() * 1_000_000;
    }

    /**
     * A key just made.
     *
     * @param secret what its owner sends; nobody can read it again
     */
    public record NewKey(ApiKey key, String secret) {}

    /** Makes a key. */
    public NewKey create(String name, Set<Restriction> restrictions, @Nullable Instant expiresAt) {
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        ApiKey key = newKey(name, restrictions, expiresAt);
        if (!repository.insert(new ApiKeyRepository.Stored(key, hash(secret)))) {
            throw new IllegalStateException("the random source repeated 256 bits");
        }
        answers.invalidateAll();
        return new NewKey(key, secret);
    }

    /** Whether a text that somebody chose can be a key: it must fit into a header of every client. */
    public static boolean isKey(String text) {
        return !text.isEmpty() && text.length() <= KEY_CHARS_MAX && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    /**
     * Sees to it that there is an administrator's key.
     *
     * @param setting the key wanted, see {@link #isKey}; null to have one made if there is no valid administrator's key yet
     * @return the key made, to be shown once; empty when the setting was taken or a key is there already
     * @throws IllegalArgumentException when the setting cannot be a key, or is a restricted, expired or revoked one
     */
    public Optional<NewKey> ensureInitialKey(@Nullable String setting) {
        Instant now = clock.instant();
        if (setting == null) {
            boolean present = repository.list().stream().anyMatch(key -> key.isAdmin() && key.isValidAt(now));
            return present ? Optional.empty() : Optional.of(create(INITIAL_NAME, Set.of(), null));
        }
        if (!isKey(setting)) {
            throw new IllegalArgumentException("the initial API key " + KEY_RULE);
        }
        // Several nodes may start at once with the same setting: the unique hash lets one insert it.
        repository.insert(new ApiKeyRepository.Stored(newKey(INITIAL_NAME, Set.of(), null), hash(setting)));
        answers.invalidateAll();
        if (authenticate(setting).filter(ApiKey::isAdmin).isEmpty()) {
            throw new IllegalArgumentException("the initial API key is restricted, expired or revoked");
        }
        return Optional.empty();
    }

    /** The key that was presented, if there is such a key and it is valid now. */
    public Optional<ApiKey> authenticate(String presented) {
        if (presented.isEmpty() || presented.length() > KEY_CHARS_MAX) {
            return Optional.empty();
        }
        String hash = hash(presented);
        return valid(answers.get(hash, repository::findByHash), hash);
    }

    /**
     * As {@link #authenticate} as far as it goes without the store, so without blocking: empty also when the store would
     * have to be asked.
     */
    public Optional<ApiKey> authenticateRemembered(String presented) {
        if (presented.isEmpty() || presented.length() > KEY_CHARS_MAX) {
            return Optional.empty();
        }
        String hash = hash(presented);
        Optional<ApiKeyRepository.Stored> remembered = answers.getIfPresent(hash);
        return remembered == null ? Optional.empty() : valid(remembered, hash);
    }

    private Optional<ApiKey> valid(Optional<ApiKeyRepository.Stored> answer, String hash) {
        Instant now = clock.instant();
        return answer.filter(stored -> MessageDigest.isEqual(ascii(stored.hash()), ascii(hash)))
                .map(ApiKeyRepository.Stored::key)
                .filter(key -> key.isValidAt(now));
    }

    /** All keys ever made, oldest first. */
    public List<ApiKey> list() {
        return repository.list();
    }

    /** Revokes a key, here at once and on other nodes within {@link #REMEMBERED}; false when there is nothing to revoke. */
    public boolean revoke(String id) {
        boolean revoked = repository.revoke(id, clock.instant());
        answers.invalidateAll();
        return revoked;
    }

    private ApiKey newKey(String name, Set<Restriction> restrictions, @Nullable Instant expiresAt) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return new ApiKey(HexFormat.of().formatHex(id), name, restrictions, clock.instant(), expiresAt, null);
    }

    private static byte[] ascii(String hex) {
        return hex.getBytes(StandardCharsets.US_ASCII);
    }

    private static String hash(String secret) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
