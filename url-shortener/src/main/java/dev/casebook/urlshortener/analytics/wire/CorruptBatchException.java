package dev.casebook.urlshortener.analytics.wire;

/** The bytes are no click batch that this version can read: damaged, cut off, or written by a later version. */
public final class CorruptBatchException extends Exception {
    private static final long serialVersionUID = 1L;

    public CorruptBatchException(String message) {
        super(message);
    }
}
