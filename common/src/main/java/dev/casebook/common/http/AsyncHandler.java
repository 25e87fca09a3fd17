package dev.casebook.common.http;

import java.util.concurrent.CompletionStage;

/** Starts to answer a request on the connection's event loop and completes the answer on any thread. */
@FunctionalInterface
public interface AsyncHandler {
    /**
     * Starts to answer.
     *
     * @throws Exception see {@link BlockingHandler#handle}; the same holds for an exception the stage completes with
     */
    CompletionStage<Reply> handle(Request request) throws Exception;
}
