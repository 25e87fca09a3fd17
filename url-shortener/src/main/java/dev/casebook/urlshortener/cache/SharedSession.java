package dev.casebook.urlshortener.cache;

import dev.casebook.urlshortener.link.LinkKey;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * L2 as a loader sees it, for as long as one pair of connections to one incarnation of Redis lives. Whoever began with a
 * session ends with it or gives up: a lease taken in one session means nothing in the next.
 *
 * <p>Thread-safe. {@link #get} is asynchronous and may be called on an event loop; the others block up to the command
 * timeout and belong on virtual threads.
 */
interface SharedSession {
    /** Reads the entry. Fails with {@link SharedTierException} when the session is gone. */
    CompletionStage<Optional<SharedEntry>> get(LinkKey key);

    /**
     * Takes the key's lease unless there is something to read by now.
     *
     * @param seen the entry that the caller wants to replace, or empty when it saw none
     * @throws SharedTierException when the session is gone, or Redis is there and refuses
     */
    Acquisition acquire(LinkKey key, Optional<SharedEntry> seen, LoadLease lease);

    /**
     * Writes what the lease holder loaded, and gives the lease back, in one step.
     *
     * @throws SharedTierException when the session is gone or Redis refuses; whether the entry was written is unknown
     */
    Fill fill(LinkKey key, LoadLease lease, SharedEntry entry);

    /**
     * Gives the lease back without a result, so that the next one need not wait for it to expire.
     *
     * @throws SharedTierException when the session is gone, or Redis is there and refuses
     */
    void release(LinkKey key, LoadLease lease);

    /** What came of asking for a lease. */
    sealed interface Acquisition {
        /** Someone else has filled the entry meanwhile. */
        record Found(SharedEntry entry) implements Acquisition {}

        /** The lease is the caller's. */
        record Granted() implements Acquisition {}

        /** Another loader has it. */
        record Busy() implements Acquisition {}
    }

    /** What came of a filling. */
    enum Fill {
        STORED,
        /** The lease expired or was revoked by a publication; a value read under it may be the older one. */
        LEASE_LOST,
        /** L2 knows of a newer version: the source that was read lags behind. */
        OLDER
    }
}
