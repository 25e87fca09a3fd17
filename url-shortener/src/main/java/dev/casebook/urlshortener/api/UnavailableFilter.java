package dev.casebook.urlshortener.api;

import dev.casebook.common.http.AsyncHandler;
import dev.casebook.common.http.HttpFilter;
import dev.casebook.common.http.Problem;
import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.analytics.live.LiveClicksUnavailableException;
import dev.casebook.urlshortener.analytics.stats.StatisticsUnavailableException;
import dev.casebook.urlshortener.id.ShortCodesUnavailableException;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says 503 with {@code Retry-After} when a store that the answer needs does not answer. Thread-safe. */
final class UnavailableFilter implements HttpFilter {
    static final int RETRY_AFTER_SECONDS = 2;
    private static final Logger LOG = LoggerFactory.getLogger(UnavailableFilter.class);

    @Override
    public CompletionStage<Reply> filter(Request request, AsyncHandler next) throws Exception {
        return next.handle(request)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(translate(request, failure)));
    }

    private static Throwable translate(Request request, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return switch (cause) {
            case LinkStoreUnavailableException store ->
                unavailable(request, store, "store-unavailable", "The database does not answer. Nothing was lost.");
            case StatisticsUnavailableException statistics ->
                unavailable(request, statistics, "statistics-unavailable", "Statistics cannot be read now.");
            case LiveClicksUnavailableException live ->
                unavailable(request, live, "live-unavailable", "Live counts cannot be followed now.");
            case ShortCodesUnavailableException codes ->
                unavailable(
                        request, codes, "codes-unavailable", "No code can be made now: " + codes.getMessage() + ".");
            default -> failure;
        };
    }

    private static ProblemException unavailable(Request request, RuntimeException failure, String type, String detail) {
        LOG.warn("{} is answered 503", request, failure);
        return new ProblemException(
                Problem.of(503, type, "Temporarily unavailable", detail + " Try again."), RETRY_AFTER_SECONDS);
    }
}
