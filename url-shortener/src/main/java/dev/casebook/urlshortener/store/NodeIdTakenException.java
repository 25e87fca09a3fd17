package dev.casebook.urlshortener.store;

/** Another running node has the name that this one was given. */
public final class NodeIdTakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NodeIdTakenException(String message) {
        super(message);
    }
}
