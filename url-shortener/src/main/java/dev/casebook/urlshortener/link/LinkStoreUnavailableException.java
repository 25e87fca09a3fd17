package dev.casebook.urlshortener.link;

/** The system of record cannot answer now; the caller may try again after a moment (HTTP 503 with Retry-After). */
public final class LinkStoreUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LinkStoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
