package dev.casebook.urlshortener.link;

import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The redirects of all domains, in the system of record. Blocking; safe for concurrent use. Every method throws {@link
 * LinkStoreUnavailableException} when the store cannot answer now.
 */
public interface DomainRedirectsStore {
    /** Domains with redirects, by name in the form of {@link LinkKey#domain}. */
    Map<String, DomainRedirects> all();

    /**
     * Changes a domain's redirects under a lock.
     *
     * @param edit a pure function of what stands, {@link DomainRedirects#NONE} for a domain without
     * @return what stands now
     */
    DomainRedirects change(String domain, UnaryOperator<DomainRedirects> edit);
}
