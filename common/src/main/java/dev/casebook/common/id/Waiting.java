package dev.casebook.common.id;

import java.util.concurrent.locks.LockSupport;

/** How a caller lets time pass; tests pass simulated time instead. */
interface Waiting {
    /** Elapsed time from an arbitrary origin, never set back. */
    long nanoTime();

    /** Gives up the core for about that long; may return early. */
    void parkNanos(long nanos);

    /** Parks the calling thread, virtual or not. */
    static Waiting parking() {
        return new Waiting() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void parkNanos(long nanos) {
                LockSupport.parkNanos(this, nanos);
            }
        };
    }
}
