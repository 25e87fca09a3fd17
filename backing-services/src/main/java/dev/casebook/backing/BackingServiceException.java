package dev.casebook.backing;

import org.jspecify.annotations.Nullable;

/**
 * A backing service can't be used. The message is for a person: what was asked, what stood in the way, the server's own last words where
 * there are any, and what to do.
 */
public final class BackingServiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BackingServiceException(String message) {
        super(message);
    }

    public BackingServiceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
