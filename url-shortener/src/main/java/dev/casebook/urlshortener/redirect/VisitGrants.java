package dev.casebook.urlshortener.redirect;

/** The durable record of how many visits of a limited link have been handed out. Blocking; safe for concurrent use. */
@FunctionalInterface
public interface VisitGrants {
    /**
     * Hands out visits, durably, as many of those wanted as are left.
     *
     * @param wanted > 0
     * @return how many, 0 when {@code max} are handed out
     * @throws dev.casebook.urlshortener.link.LinkStoreUnavailableException when the store cannot answer; how many were
     *     handed out is unknown, and none is to be used
     */
    int grant(long linkId, int wanted, int max);
}
