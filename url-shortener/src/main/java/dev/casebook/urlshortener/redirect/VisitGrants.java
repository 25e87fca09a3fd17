package dev.casebook.urlshortener.redirect;

/** The durable record of how many visits of a limited link have been handed out. Blocking; safe for concurrent use. */
@FunctionalInterface
public interface VisitGrants {
    /**
     * Hands out visits, durably, all or none.
     *
     * @return false when fewer than {@code visits} are left below {@code max}
     * @throws dev.casebook.urlshortener.link.LinkStoreUnavailableException when the store cannot answer; whether they were
     *     handed out is unknown, and they are not to be used
     */
    boolean grant(long linkId, int visits, int max);
}
