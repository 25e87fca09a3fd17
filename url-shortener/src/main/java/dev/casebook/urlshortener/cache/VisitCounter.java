package dev.casebook.urlshortener.cache;

/**
 * Visits that were handed out durably and are not spent yet, shared by all nodes. Losing them forfeits visits and never
 * adds any: they count only within the server's incarnation that they were deposited in. Blocking; thread-safe.
 */
public interface VisitCounter {
    /**
     * Spends one visit, if one is left.
     *
     * @throws SharedTierException when the shared tier does not answer; a visit may have been spent
     */
    boolean spend(long linkId, int max);

    /**
     * Adds visits.
     *
     * @throws SharedTierException when the shared tier does not answer; they are to be taken for lost
     */
    void deposit(long linkId, int max, int visits);
}
