package dev.casebook.urlshortener.api;

import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.cache.Lookup;
import dev.casebook.urlshortener.link.LinkKey;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * {@code GET /api/v1/links/{slug}/lookup}: finds the link as a redirect on this node would, through the same tiers and with the same
 * effect on them, and says what that took. Nobody is led anywhere and no click is counted. Blocks.
 */
final class LookupEndpoint {
    private static final double NANOS_PER_MILLI = 1e6;

    private final ShortUrlsEndpoint shortUrls;
    private final Function<LinkKey, CompletionStage<Lookup>> tiers;
    private final String nodeId;
    private final LongSupplier nanoTime;

    LookupEndpoint(
            ShortUrlsEndpoint shortUrls,
            Function<LinkKey, CompletionStage<Lookup>> tiers,
            String nodeId,
            LongSupplier nanoTime) {
        this.shortUrls = shortUrls;
        this.tiers = tiers;
        this.nodeId = nodeId;
        this.nanoTime = nanoTime;
    }

    /** What a store was asked, and for how long: commands to Redis, queries to PostgreSQL. */
    record Asked(int operations, double millis) {}

    /**
     * What a lookup took.
     *
     * @param tier the one that answered: l1, l2 or db
     * @param stale whether the answer was past its time and is being refreshed
     * @param millis from asking to answer
     * @param leaseMillis waited for another node that was loading the same link
     */
    record LookupJson(
            String nodeId,
            String tier,
            boolean stale,
            double millis,
            Asked redis,
            Asked postgres,
            double leaseMillis) {}

    Reply lookup(Request request) {
        LinkKey key = shortUrls.linkOf(request).key();
        long began = nanoTime.getAsLong();
        Lookup lookup = tiers.apply(key).toCompletableFuture().join();
        long took = nanoTime.getAsLong() - began;
        return Reply.json(
                        200,
                        new LookupJson(
                                nodeId,
                                lookup.tier().label(),
                                lookup.stale(),
                                millis(took),
                                new Asked(lookup.sharedOperations(), millis(lookup.sharedNanos())),
                                new Asked(lookup.sourceQueries(), millis(lookup.sourceNanos())),
                                millis(lookup.leaseNanos())))
                .withHeader("cache-control", "no-store");
    }

    private static double millis(long nanos) {
        return nanos / NANOS_PER_MILLI;
    }
}
