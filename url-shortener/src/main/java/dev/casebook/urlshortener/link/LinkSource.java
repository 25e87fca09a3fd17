package dev.casebook.urlshortener.link;

import java.util.Optional;

/** The system of record as the cache's loader sees it. Blocking; called on virtual threads; safe for concurrent use. */
@FunctionalInterface
public interface LinkSource {
    /**
     * Reads a link by key with one query by the unique index.
     *
     * @return the link, or empty when the key does not exist or was deleted
     * @throws LinkStoreUnavailableException when the store cannot answer now
     */
    Optional<Link> find(LinkKey key);
}
