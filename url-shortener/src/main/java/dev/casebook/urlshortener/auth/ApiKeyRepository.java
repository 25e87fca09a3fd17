package dev.casebook.urlshortener.auth;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where API keys are kept. Blocking; safe for concurrent use; every method throws
 * {@link dev.casebook.urlshortener.link.LinkStoreUnavailableException} when the store cannot answer now.
 */
public interface ApiKeyRepository {
    /** Adds a key; false when one with this hash is there already. */
    boolean insert(Stored stored);

    /** Reads the key with a hash, whether it is valid or not. */
    Optional<Stored> findByHash(String hash);

    /** All keys ever made, oldest first. */
    List<ApiKey> list();

    /** Revokes a key; false when there is no such key or it is revoked already. */
    boolean revoke(String id, Instant now);

    /**
     * A key with its hash.
     *
     * @param hash SHA-256 of the key's UTF-8 bytes in lower-case hex
     */
    record Stored(ApiKey key, String hash) {}
}
