package dev.casebook.urlshortener.cache;

/** L2 cannot be reached now, or refuses. Readers go to the source instead; publishers leave the change to the outbox. */
public final class SharedTierException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SharedTierException(String message, Throwable cause) {
        super(message, cause);
    }

    SharedTierException(String message) {
        super(message);
    }
}
