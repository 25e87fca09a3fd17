package dev.casebook.urlshortener.id;

/** The counter behind a strategy cannot be reached now; the caller may try again after a moment. */
public final class ShortCodesUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ShortCodesUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
