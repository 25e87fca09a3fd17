package dev.casebook.urlshortener.cache;

import java.time.Duration;

/** Lets time pass on a virtual thread, so that tests may do it instead. */
@FunctionalInterface
interface Pause {
    /** Thread.sleep: a virtual thread costs nothing while it waits. */
    Pause SLEEP = nanos -> Thread.sleep(Duration.ofNanos(nanos));

    void nanos(long nanos) throws InterruptedException;
}
