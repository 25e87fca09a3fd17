package dev.casebook.urlshortener.api;

import dev.casebook.common.http.AsyncHandler;
import dev.casebook.common.http.HttpFilter;
import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.auth.ApiKey;
import dev.casebook.urlshortener.auth.ApiKeyService;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Lets requests with a valid {@code X-Api-Key} through and leaves a {@link Caller} for the endpoints; others get 401. */
final class ApiKeyFilter implements HttpFilter {
    static final String HEADER = "X-Api-Key";

    private final ApiKeyService keys;
    private final Executor blocking;

    /** @param blocking runs each task on a virtual thread, as a key not seen lately is read from the database */
    ApiKeyFilter(ApiKeyService keys, Executor blocking) {
        this.keys = keys;
        this.blocking = blocking;
    }

    @Override
    public CompletionStage<Reply> filter(Request request, AsyncHandler next) throws Exception {
        String presented = request.header(HEADER).orElse("");
        if (presented.isEmpty()) {
            throw new ProblemException(ShlinkProblems.missingAuthentication(List.of(HEADER)));
        }
        Optional<Caller> known = keys.authenticateRemembered(presented).map(ApiKeyFilter::caller);
        if (known.isPresent()) {
            request.attach(Caller.class, known.get());
            return next.handle(request);
        }
        return CompletableFuture.supplyAsync(() -> authenticate(presented), blocking)
                .thenCompose(caller -> {
                    request.attach(
                            Caller.class,
                            caller.orElseThrow(() -> new ProblemException(ShlinkProblems.invalidApiKey())));
                    try {
                        return next.handle(request);
                    } catch (Exception e) {
                        return CompletableFuture.failedFuture(e);
                    }
                });
    }

    /** The caller that a key stands for; blocks when the key was not seen lately. */
    Optional<Caller> authenticate(String presented) {
        return keys.authenticate(presented).map(ApiKeyFilter::caller);
    }

    private static Caller caller(ApiKey key) {
        return new Caller(key.id(), key.visibility(), key.mayWrite(), key.isAdmin());
    }
}
