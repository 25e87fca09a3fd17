package dev.casebook.urlshortener.redirect;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.casebook.urlshortener.cache.SharedTierException;
import dev.casebook.urlshortener.cache.VisitCounter;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets at most {@code maxVisits} visits through, whatever fails.
 *
 * <p>PostgreSQL hands visits out in blocks and remembers how many; Redis holds the block's unspent rest, from which all
 * nodes spend by one atomic decrement. A block is a hundredth of the limit, so limits up to 199 are handed out one at a
 * time and Redis is not asked: they are exact in both directions. Of a larger limit, what Redis loses is forfeited: at
 * most one block per restart of Redis, or of an edit of the limit. Never is a visit let through that was not handed out,
 * so a limit is never exceeded, also when Redis is emptied, restored from an old file, or away.
 *
 * <p>Redis away: visits are handed out singly. When PostgreSQL then has none left, some may still lie in Redis, so the
 * answer is not "used up" but "ask again" (503). PostgreSQL away: what lies in Redis is spent, then 503.
 *
 * <p>Blocking; thread-safe.
 */
final class VisitLimiter {
    private static final Logger LOG = LoggerFactory.getLogger(VisitLimiter.class);

    /** Limits at or above twice this are handed out in blocks. */
    private static final int BLOCKS = 100;

    private static final int GRANTS_CONCURRENT_MAX = 8;
    private static final Duration GRANT_WAIT_MAX = Duration.ofSeconds(1);
    private static final int EXHAUSTED_MAX = 10_000;
    /** How long an exhausted link stays so after its limit was raised back to an earlier value; other values are new keys. */
    private static final Duration EXHAUSTED_TTL = Duration.ofSeconds(10);

    private final VisitCounter counter;
    private final VisitGrants grants;
    private final Semaphore grantPermits = new Semaphore(GRANTS_CONCURRENT_MAX, true);
    private final Cache<Limit, Boolean> exhausted = Caffeine.newBuilder()
            .maximumSize(EXHAUSTED_MAX)
            .expireAfterWrite(EXHAUSTED_TTL)
            .executor(Runnable::run)
            .build();

    private record Limit(long linkId, int max) {}

    VisitLimiter(VisitCounter counter, VisitGrants grants) {
        this.counter = counter;
        this.grants = grants;
    }

    /**
     * Takes one visit.
     *
     * @return false when the limit is used up
     * @throws LinkStoreUnavailableException when that cannot be told now
     */
    boolean tryVisit(long linkId, int max) {
        Limit limit = new Limit(linkId, max);
        if (max <= 0 || exhausted.getIfPresent(limit) != null) {
            return false;
        }
        boolean visited = max < 2 * BLOCKS ? grant(linkId, 1, max) : tryFromBlock(linkId, max);
        if (!visited) {
            exhausted.put(limit, true);
        }
        return visited;
    }

    private boolean tryFromBlock(long linkId, int max) {
        int block = max / BLOCKS;
        try {
            if (counter.spend(linkId, max)) {
                return true;
            }
        } catch (SharedTierException away) {
            if (grant(linkId, 1, max)) {
                return true;
            }
            throw new LinkStoreUnavailableException("the last visits of this link are out of reach", away);
        }
        if (!grant(linkId, block, max)) {
            return grant(linkId, 1, max); // the rest that is no whole block
        }
        try {
            counter.deposit(linkId, max, block - 1);
        } catch (SharedTierException away) {
            LOG.warn("{} of {} visits of link {} are forfeited", block - 1, max, linkId, away);
        }
        return true;
    }

    private boolean grant(long linkId, int visits, int max) {
        try {
            if (!grantPermits.tryAcquire(GRANT_WAIT_MAX.toNanos(), TimeUnit.NANOSECONDS)) {
                String why = "more than " + GRANTS_CONCURRENT_MAX + " visits are being counted";
                throw new LinkStoreUnavailableException(why, new RejectedExecutionException(why));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkStoreUnavailableException("interrupted while counting a visit", e);
        }
        try {
            return grants.grant(linkId, visits, max);
        } finally {
            grantPermits.release();
        }
    }
}
