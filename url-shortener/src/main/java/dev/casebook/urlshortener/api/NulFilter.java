package dev.casebook.urlshortener.api;

import dev.casebook.common.http.AsyncHandler;
import dev.casebook.common.http.HttpFilter;
import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import java.util.concurrent.CompletionStage;

/**
 * Says 400 to a path or query with a NUL in it. No text that the store holds has one, and PostgreSQL fails when it is asked
 * for one; that must not look as if the store were at fault. Thread-safe.
 */
final class NulFilter implements HttpFilter {
    /** The only way to send one: in a target a NUL as such is malformed HTTP, and in UTF-8 it has no other form. */
    private static final String NUL = "%00";

    @Override
    public CompletionStage<Reply> filter(Request request, AsyncHandler next) throws Exception {
        if (request.path().contains(NUL) || request.rawQuery().contains(NUL)) {
            throw ProblemException.of(
                    400, "nul-in-address", "NUL in the address", "No text here has a NUL (%00) in it.");
        }
        return next.handle(request);
    }
}
