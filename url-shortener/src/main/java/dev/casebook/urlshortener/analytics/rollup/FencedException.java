package dev.casebook.urlshortener.analytics.rollup;

/** Another consumer has moved the offset: this one has lost the partition without knowing it. Nothing was written. */
final class FencedException extends Exception {
    private static final long serialVersionUID = 1L;

    FencedException(String message) {
        super(message);
    }
}
