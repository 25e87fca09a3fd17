package dev.casebook.common.http;

import java.util.concurrent.CompletionStage;

/**
 * Stands before the routes: lets a request through, changed or not, answers it itself, or changes the answer. Called on the event loop and must not block; what has to
 * ask someone (a database, another service) completes its stage later.
 */
@FunctionalInterface
public interface HttpFilter {
    /**
     * Filters one request.
     *
     * @param next goes on with the filters behind this one and then the route; call it at most once
     * @throws Exception see {@link BlockingHandler#handle}
     */
    CompletionStage<Reply> filter(Request request, AsyncHandler next) throws Exception;
}
