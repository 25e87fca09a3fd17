package dev.casebook.urlshortener.id;

/** Where a node gets counters from, a block at a time. Blocking; safe for concurrent use. */
@FunctionalInterface
public interface BlockLeases {
    /** Counters per block. */
    int BLOCK_SIZE = 1_000;

    /**
     * Leases a block that nobody was or will be given: the counters from the result on, {@link #BLOCK_SIZE} of them.
     *
     * @return the first counter, at least 0
     * @throws RuntimeException when no block can be had now
     */
    long leaseBlock();
}
