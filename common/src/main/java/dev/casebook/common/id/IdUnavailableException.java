package dev.casebook.common.id;

import java.time.Duration;

/** No id can be issued now without risking a duplicate. A service answers 503 with {@link #retryAfter} as Retry-After. */
public final class IdUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why no id was issued. */
    public enum Reason {
        /** The clock is further behind the last id than the policy tolerates. */
        CLOCK_ROLLED_BACK,
        /** The clock did not advance while a caller waited for the next tick. */
        CLOCK_STALLED,
        /** The clock is outside the span of time that the layout can express. */
        CLOCK_OUT_OF_RANGE,
        /** The worker id is not, or no longer certainly, ours. */
        WORKER_ID_NOT_HELD,
        /** The generator was stopped for good. */
        STOPPED
    }

    private final Reason reason;
    private final Duration retryAfter;

    IdUnavailableException(Reason reason, Duration retryAfter, String message) {
        super(message);
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    /** Why no id was issued. */
    public Reason reason() {
        return reason;
    }

    /** When to try again at the earliest; an estimate. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
