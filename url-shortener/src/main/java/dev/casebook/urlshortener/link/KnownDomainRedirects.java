package dev.casebook.urlshortener.link;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * A store of domains' redirects that also knows from memory which domains have any. It knows what was read or changed through
 * it, so what other nodes add after the next {@link #all}. Domains do not lose their entry, hence nothing is forgotten.
 * Thread-safe.
 */
public final class KnownDomainRedirects implements DomainRedirectsStore {
    private final DomainRedirectsStore store;
    private final Set<String> domains = ConcurrentHashMap.newKeySet();

    /** Knows no domain until the store is read. */
    public KnownDomainRedirects(DomainRedirectsStore store) {
        this.store = store;
    }

    /** Whether a domain, in the form of {@link LinkKey#domain}, is known to have redirects. Does not block. */
    public boolean has(String domain) {
        return domains.contains(domain);
    }

    @Override
    public Map<String, DomainRedirects> all() {
        Map<String, DomainRedirects> all = store.all();
        domains.addAll(all.keySet());
        return all;
    }

    @Override
    public DomainRedirects change(String domain, UnaryOperator<DomainRedirects> edit) {
        DomainRedirects changed = store.change(domain, edit);
        domains.add(domain);
        return changed;
    }
}
