package dev.casebook.urlshortener.id;

/**
 * Proposes slugs for links that name none. A proposal can be taken already, by a custom slug or by another proposal, which
 * only the store's UNIQUE constraint decides; then the caller asks again. Safe for concurrent use; may block.
 */
public interface ShortCodeGenerator {
    /**
     * The next candidate.
     *
     * @param longUrl the normalised destination
     * @param attempt how many candidates for this link were taken already, from 0
     * @return characters of Base62 only
     * @throws ShortCodesUnavailableException when the state behind the strategy cannot be reached now
     */
    String next(String longUrl, int attempt);

    /** Name of the strategy in settings, metrics and labs. */
    String name();
}
