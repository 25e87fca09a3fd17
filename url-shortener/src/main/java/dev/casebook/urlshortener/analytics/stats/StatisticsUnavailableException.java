package dev.casebook.urlshortener.analytics.stats;

/** The database cannot answer now; the caller may try again after a moment (HTTP 503 with Retry-After). */
public final class StatisticsUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StatisticsUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
