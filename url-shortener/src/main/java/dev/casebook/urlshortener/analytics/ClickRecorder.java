package dev.casebook.urlshortener.analytics;

/** Takes clicks off the redirect path. Called on event loops: never blocks, never throws, safe for concurrent use. */
public interface ClickRecorder {
    /**
     * Queues a click. The click is copied; the caller may reuse it at once.
     *
     * @return false when the queue is full: the click is dropped and counted as dropped
     */
    boolean record(Click click);
}
