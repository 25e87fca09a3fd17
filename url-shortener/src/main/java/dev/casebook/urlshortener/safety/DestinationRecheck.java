package dev.casebook.urlshortener.safety;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkQuery;
import dev.casebook.urlshortener.link.LinkService;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the blocklist to links that exist already. A destination that was harmless when the link was made can turn bad
 * later, or be made to (bait and switch); so the list is read again every interval, and when it has changed every link
 * is judged anew: condemned ones are blocked, acquitted ones unblocked, each as a change that reaches all caches.
 *
 * <p>Every node does so by its own list and finds nothing left to change where another was first; so all nodes need the
 * same list. A sweep reads all links a page at a time by descending id and holds no lock between pages. Links made during it
 * are judged by the new list when they are made. Sweeps run one at a time, on the scheduler's thread.
 */
public final class DestinationRecheck implements AutoCloseable {
    /** Links read at once. */
    static final int PAGE_LINKS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(DestinationRecheck.class);

    private final Blocklist blocklist;
    private final LinkService links;
    private final ScheduledFuture<?> rounds;

    // Touched by one round at a time.
    private boolean sweepDue = true;
    private volatile boolean closed;

    /**
     * Starts rechecking; the first round sweeps, since the list may have changed while no node ran.
     *
     * @param interval between readings of the list, so about how long a new entry takes to work
     * @param scheduler stays the caller's; its thread blocks for the time of a sweep
     */
    public DestinationRecheck(
            Blocklist blocklist, LinkService links, Duration interval, ScheduledExecutorService scheduler) {
        this.blocklist = blocklist;
        this.links = links;
        rounds = scheduler.scheduleWithFixedDelay(
                this::round, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Reads the list and, if it has changed since the last complete sweep, sweeps. */
    synchronized void round() {
        try {
            sweepDue |= blocklist.refresh();
            if (sweepDue) {
                int changed = sweep();
                sweepDue = closed;
                LOG.info("judged all links by the new blocklist, {} changed", changed);
            }
        } catch (RuntimeException failure) { // thrown on, it would end the rounds without a word
            LOG.warn("could not recheck destinations, will try again: {}", failure.getMessage());
        }
    }

    /** Judges every link; gives how many were blocked or unblocked. */
    private int sweep() {
        int changed = 0;
        long beforeId = Long.MAX_VALUE;
        List<Link> page;
        do {
            page = links.listBefore(LinkQuery.ALL, beforeId, PAGE_LINKS);
            for (Link link : page) {
                beforeId = link.id();
                if (links.isCondemned(link) != link.blocked()) {
                    links.recheck(link.key());
                    changed++;
                }
            }
        } while (page.size() == PAGE_LINKS && !closed);
        return changed;
    }

    @Override
    public void close() {
        closed = true;
        rounds.cancel(false);
    }
}
