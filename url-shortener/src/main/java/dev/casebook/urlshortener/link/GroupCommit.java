package dev.casebook.urlshortener.link;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: creates that arrive while a transaction is under way wait for it and then share the next one. The idea is
 * the log's (DeWitt et al., "Implementation Techniques for Main Memory Database Systems", SIGMOD 1984); here the whole
 * round trip is shared, the statement, the commit and the publication, because all of these cost far more than a row.
 *
 * <p>Nobody waits for company: a create that finds no transaction under way has one to itself, so grouping costs nothing when
 * there is nothing to group, and groups grow only as the store falls behind. Up to {@link #TRANSACTIONS_MAX} run at a time, so that
 * the next group is sent while the last one waits for the disk.
 *
 * <p>What a caller sees is what a transaction of its own would have given:
 * <ul>
 *   <li>It returns only after the commit that holds its link, and after the publication.
 *   <li>Whether its key was free, the unique index has decided for its row alone.
 *   <li>A row that the store refuses fails alone: a statement that failed has written nothing, so each row of the group is
 *       then inserted by itself.
 *   <li>When the store does not answer, all of the group hear so; each link may or may not be committed, as ever.
 * </ul>
 * Only generated keys may come here. A key that a caller has chosen may be one that somebody else's open transaction
 * is inserting, for which the statement, and so the whole group, would have to wait.
 *
 * <p>Thread-safe. Waiting creates are bounded by the threads that call; a group by {@link #LINKS_MAX}.
 */
final class GroupCommit {
    /** Links of one transaction; beyond some hundreds a group gains nothing and answers later. */
    static final int LINKS_MAX = 256;

    /** Transactions under way at a time. */
    static final int TRANSACTIONS_MAX = 2;

    private final Store store;
    private final LinkChangePublisher publisher;
    private final Executor executor;
    private final ConcurrentLinkedQueue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final Semaphore transactions = new Semaphore(TRANSACTIONS_MAX);

    /** One transaction of the store. */
    @FunctionalInterface
    interface Store {
        /**
         * Inserts links whose keys are free, all in one transaction; when it throws, none.
         *
         * @return for each draft in order the link, or empty when its key is taken
         * @throws LinkStoreUnavailableException when the store cannot answer now; then all or none are committed
         */
        List<Optional<Link>> insertAll(List<LinkDraft> drafts);
    }

    private record Waiting(LinkDraft draft, CompletableFuture<Optional<Link>> made) {}

    /**
     * Makes one.
     *
     * @param executor runs a task that blocks, at most {@link #TRANSACTIONS_MAX} at a time
     */
    GroupCommit(Store store, LinkChangePublisher publisher, Executor executor) {
        this.store = store;
        this.publisher = publisher;
        this.executor = executor;
    }

    /**
     * Inserts and publishes a link; blocks until that is done.
     *
     * @return empty when the key is taken
     * @throws LinkStoreUnavailableException when the store cannot answer now; the link may or may not be committed
     */
    Optional<Link> insert(LinkDraft draft) {
        Waiting waiting = new Waiting(draft, new CompletableFuture<>());
        queue.add(waiting);
        begin();
        try {
            return waiting.made().get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LinkStoreUnavailableException("interrupted while a link was being committed", interrupted);
        } catch (ExecutionException failure) {
            // The cause belongs to all of the group: each gets an exception of its own around it.
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            String message = String.valueOf(cause.getMessage());
            throw cause instanceof LinkStoreUnavailableException
                    ? new LinkStoreUnavailableException(message, cause)
                    : new IllegalStateException(message, cause);
        }
    }

    /** Whoever adds to the queue calls this, and whoever ends looks into the queue again: so no create is left behind. */
    private void begin() {
        if (!queue.isEmpty() && transactions.tryAcquire()) {
            try {
                executor.execute(this::commitGroups);
            } catch (RuntimeException refused) {
                transactions.release();
                throw refused;
            }
        }
    }

    private void commitGroups() {
        try {
            for (List<Waiting> group = takeGroup(); !group.isEmpty(); group = takeGroup()) {
                commit(group);
            }
        } finally {
            transactions.release();
        }
        begin();
    }

    private List<Waiting> takeGroup() {
        List<Waiting> group = new ArrayList<>();
        while (group.size() < LINKS_MAX) {
            @Nullable Waiting next = queue.poll();
            if (next == null) {
                break;
            }
            group.add(next);
        }
        return group;
    }

    private void commit(List<Waiting> group) {
        List<Optional<Link>> made;
        try {
            made = store.insertAll(group.stream().map(Waiting::draft).toList());
        } catch (LinkStoreUnavailableException unavailable) {
            group.forEach(waiting -> waiting.made().completeExceptionally(unavailable));
            return;
        } catch (Throwable failure) {
            if (group.size() == 1) {
                group.getFirst().made().completeExceptionally(failure);
            } else {
                group.forEach(waiting -> commit(List.of(waiting)));
            }
            return;
        }
        try {
            publisher.publishAll(made.stream()
                    .flatMap(Optional::stream)
                    .map(link -> new LinkChange(link.key(), link.version(), link))
                    .toList());
        } catch (Throwable failure) {
            group.forEach(waiting -> waiting.made().completeExceptionally(failure));
            return;
        }
        for (int i = 0; i < made.size(); i++) {
            group.get(i).made().complete(made.get(i));
        }
    }
}
