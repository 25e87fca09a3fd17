package dev.casebook.urlshortener.api;

import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.link.Visibility;

/**
 * Who asks, as {@link ApiKeyFilter} has found out.
 *
 * @param keyId id of the API key
 * @param visibility the links the key may see and change
 * @param mayWrite whether it may change anything
 * @param admin whether it may also manage keys, domains and orphan visits
 */
record Caller(String keyId, Visibility visibility, boolean mayWrite, boolean admin) {
    static Caller of(Request request) {
        return request.attached(Caller.class)
                .orElseThrow(() -> new IllegalStateException("route without the API key filter: " + request.path()));
    }

    Caller requireWrite() {
        if (!mayWrite) {
            throw new ProblemException(ShlinkProblems.forbidden("This API key may only read."));
        }
        return this;
    }

    Caller requireAdmin() {
        if (!admin) {
            throw new ProblemException(ShlinkProblems.forbidden("This needs an API key with the scope admin."));
        }
        return this;
    }
}
