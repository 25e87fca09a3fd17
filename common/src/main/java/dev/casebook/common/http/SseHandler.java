package dev.casebook.common.http;

/** Serves a stream of Server-Sent Events. */
@FunctionalInterface
public interface SseHandler {
    /**
     * Begins a stream, on a virtual thread. The stream stays open after this returns, until it is closed by either side. An exception thrown before the first event is
     * answered like that of any handler; one thrown later closes the stream.
     */
    void open(Request request, SseStream stream) throws Exception;
}
