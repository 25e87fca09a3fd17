package dev.casebook.urlshortener.redirect;

import java.net.InetAddress;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How many unknown codes the clients of one network may ask for. A keyed permutation hides which codes exist, but not how
 * many: among 62^7 codes and a billion links one guess in 3,500 hits, so guessing is made slow. Counted per
 * {@link ClientNetwork}.
 *
 * <p><b>When it is used up</b> the network's other clients still have links to follow, and nobody can tell their requests from
 * guesses. Three answers are possible:
 *
 * <ul>
 *   <li>429 for everything: a single scanner closes the service for all who share its address.
 *   <li>Look up as ever, and turn only misses from 404 into 429: then 429 says "does not exist" and a redirect "exists", at
 *       any rate. That is no budget at all, whatever the bulkhead makes it cost.
 *   <li>Look into the caches, never into the store, and answer 429 for all that is not there: this one.
 * </ul>
 *
 * <p>So 429 says nothing about a code, and a guess finds only what somebody else visited lately and L2 still holds. That is
 * bounded too: a network over its budget may look {@code cachedEvery} often. With the defaults, 50 a second against one miss a second, it finds links
 * no faster than within its budget as long as L2 holds less than 2 % of all links; and each look costs one GET. Links in L1 are redirected to by the
 * fast path, which asks no budget; they are few, and the busiest. What it costs others: behind a scanner's address a link that nobody has
 * visited within L2's time (ten minutes, and a day more without a change) is not to be had until the scanner rests.
 *
 * <p>Thread-safe, bounded memory.
 */
final class MissBudget {
    private final TokenBuckets misses;
    private final TokenBuckets cached;

    MissBudget(RedirectSettings settings, LongSupplier nanoTime) {
        this.misses = new TokenBuckets(settings.missesBurst(), settings.missEvery(), settings.clientsMax(), nanoTime);
        this.cached = new TokenBuckets(settings.cachedBurst(), settings.cachedEvery(), settings.clientsMax(), nanoTime);
    }

    /** Zero when the client may ask for anything; else how long it must rest until it may. */
    Duration rest(InetAddress client) {
        return Duration.ofNanos(misses.nanosToNext(ClientNetwork.of(client)));
    }

    /**
     * Charges the client for an unknown code. False when nothing was left, as requests that came together with it were charged first:
     * then the code's absence must not be told.
     */
    boolean charge(InetAddress client) {
        return misses.take(ClientNetwork.of(client));
    }

    /** Whether a client that must rest may be answered from the caches; takes one of its looks. */
    boolean mayLookIntoCaches(InetAddress client) {
        return cached.take(ClientNetwork.of(client));
    }
}
