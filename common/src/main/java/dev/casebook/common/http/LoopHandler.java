package dev.casebook.common.http;

/** Answers a request on the connection's event loop: must not block, not even on a lock that others hold for long. */
@FunctionalInterface
public interface LoopHandler {
    /**
     * Answers.
     *
     * @throws Exception see {@link BlockingHandler#handle}
     */
    Reply handle(Request request) throws Exception;
}
