package dev.casebook.common.sketch;

/** The bytes are not a sketch of the wanted kind, or not all of it, or have been changed since they were written. */
public final class CorruptSketchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CorruptSketchException(String message) {
        super(message);
    }
}
