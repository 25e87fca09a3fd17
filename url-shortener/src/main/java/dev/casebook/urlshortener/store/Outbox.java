package dev.casebook.urlshortener.store;

import dev.casebook.urlshortener.link.LinkChange;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Changes that are committed but perhaps not published. Every method throws {@link LinkStoreUnavailableException} when the
 * store cannot answer now; repeating any of them is harmless.
 */
interface Outbox {
    /**
     * Leases entries that are due to this caller: nobody else gets them before the lease ends.
     *
     * @return oldest first, each with its key's newest state
     */
    List<Entry> lease(int entriesMax, Duration lease);

    /**
     * Entries whether due or not, leased or not, for publishing everything there is.
     *
     * @param afterVersion only later ones; 0 to start
     * @return oldest first, each with its key's newest state
     */
    List<Entry> pending(long afterVersion, int entriesMax);

    /** Forgets entries that were published. */
    void delete(Collection<Long> entries);

    /** Makes leased entries due again after a while. */
    void postpone(Collection<Long> entries, Duration delay);

    /**
     * One committed change.
     *
     * @param version of the change, which names the entry
     * @param attempts how often it was leased, this time included
     * @param newest the key as it is now, which may be newer than the change: to publish it is as good
     */
    record Entry(long version, int attempts, LinkChange newest) {}
}
