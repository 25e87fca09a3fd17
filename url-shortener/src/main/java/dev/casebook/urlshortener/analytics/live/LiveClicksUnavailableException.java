package dev.casebook.urlshortener.analytics.live;

/** Live counts cannot be followed now; the caller may try again after a moment (HTTP 503 with Retry-After). */
public final class LiveClicksUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LiveClicksUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
