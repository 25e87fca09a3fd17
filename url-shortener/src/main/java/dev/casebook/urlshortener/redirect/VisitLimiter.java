package dev.casebook.urlshortener.redirect;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets exactly {@code maxVisits} visits through: never one more, and nobody is refused while one is left.
 *
 * <p>PostgreSQL alone hands visits out, and nothing is kept in stock anywhere, so there is no stock to lose, to find again
 * twice, or to be empty while it is being refilled. What a row update per visit would cost is saved by group commit
 * (DeWitt et al., "Implementation techniques for main memory database systems", 1984): visitors of one link gather on each
 * node while its grant before is under way, and the first of them then asks for all. A node thus has one grant of a link in
 * flight, and a link's row is updated once per round trip and node, however many come. Within a turn those who came first
 * get through.
 *
 * <p>What can be lost: a node that dies, or a connection that breaks, between the commit of a grant and its answer loses
 * that grant. It is at most one turn of each link that was being visited, and each visit in it belongs to a visitor who was
 * cut off or told to ask again (503). Redis has no part in it.
 *
 * <p>Blocking; thread-safe. A turn's count and whether it gathers change only within {@code compute} of its key; which turn
 * it follows is its first visitor's alone.
 */
final class VisitLimiter {
    /** Visitors of one link waiting for one answer; those beyond are told to ask again. */
    private static final int TURN_VISITORS_MAX = 10_000;

    private static final int GRANTS_CONCURRENT_MAX = 8;
    private static final long GRANT_WAIT_MILLIS_MAX = 1_000;
    private static final int EXHAUSTED_MAX = 10_000;

    private final VisitGrants grants;
    private final Semaphore grantPermits = new Semaphore(GRANTS_CONCURRENT_MAX, true);
    private final ConcurrentHashMap<Limit, Turn> turns = new ConcurrentHashMap<>();
    /** Limits of which PostgreSQL has said that they are spent. It takes none back, so this stays true. */
    private final Cache<Limit, Boolean> exhausted = Caffeine.newBuilder()
            .maximumSize(EXHAUSTED_MAX)
            .executor(Runnable::run)
            .build();

    private record Limit(long linkId, int max) {}

    private static final class Turn {
        /** The grant that is under way while this turn gathers. */
        private @Nullable Turn before;

        private boolean gathering = true;
        private int visitors;
        private final CompletableFuture<Integer> granted = new CompletableFuture<>();

        private Turn(@Nullable Turn before) {
            this.before = before;
        }
    }

    private record Place(Turn turn, int number) {}

    VisitLimiter(VisitGrants grants) {
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
        Place place = join(limit);
        if (place.number() >= TURN_VISITORS_MAX) {
            throw busy("more than " + TURN_VISITORS_MAX + " visitors wait for link " + linkId);
        }
        if (place.number() == 0) {
            lead(limit, place.turn());
        }
        boolean visited = place.number() < granted(place.turn());
        if (!visited) {
            exhausted.put(limit, true);
        }
        return visited;
    }

    private Place join(Limit limit) {
        int[] number = new int[1];
        Turn turn = turns.compute(limit, (key, latest) -> {
            Turn open = latest != null && latest.gathering ? latest : new Turn(latest);
            number[0] = open.visitors;
            open.visitors = Math.min(open.visitors + 1, TURN_VISITORS_MAX);
            return open;
        });
        return new Place(turn, number[0]);
    }

    private void lead(Limit limit, Turn turn) {
        try {
            Turn before = turn.before;
            if (before != null) {
                before.granted.handle((granted, failure) -> true).join();
                turn.before = null;
            }
            takePermit();
            try {
                turn.granted.complete(grants.grant(limit.linkId(), close(limit, turn), limit.max()));
            } finally {
                grantPermits.release();
            }
        } catch (RuntimeException | Error failure) {
            turn.granted.completeExceptionally(failure);
        } finally {
            close(limit, turn); // nobody may join a turn that has failed
            turns.remove(limit, turn);
        }
    }

    private int close(Limit limit, Turn turn) {
        int[] visitors = new int[1];
        turns.computeIfPresent(limit, (key, latest) -> {
            if (latest == turn) {
                latest.gathering = false;
                visitors[0] = latest.visitors;
            }
            return latest;
        });
        return visitors[0];
    }

    private static int granted(Turn turn) {
        try {
            return turn.granted.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof LinkStoreUnavailableException away) {
                throw new LinkStoreUnavailableException("visits cannot be counted now", away);
            }
            throw failure;
        }
    }

    private void takePermit() {
        try {
            if (!grantPermits.tryAcquire(GRANT_WAIT_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
                throw busy("more than " + GRANTS_CONCURRENT_MAX + " links' visits are being counted");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkStoreUnavailableException("interrupted while counting a visit", e);
        }
    }

    private static LinkStoreUnavailableException busy(String why) {
        return new LinkStoreUnavailableException(why, new RejectedExecutionException(why));
    }
}
