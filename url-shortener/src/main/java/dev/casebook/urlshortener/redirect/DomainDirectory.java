package dev.casebook.urlshortener.redirect;

import dev.casebook.urlshortener.cache.KeyObserver;
import dev.casebook.urlshortener.link.LinkKey;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hosts, besides the default one, that links have been made on. A host that is not in it needs no lookup of its own:
 * its visitors get the default domain's links (as in Shlink, where a domain without the slug falls back to the default).
 * Most installations have no entry here, and the fast path then does not look at the host at all.
 *
 * <p>It only grows: read from the store at the start and whenever changes may have been missed, added to by every
 * published change. A host too many costs one lookup more, so nothing is ever taken out. At most {@link #DOMAINS_MAX}.
 *
 * <p>Thread-safe; reads are of an immutable snapshot.
 */
public final class DomainDirectory implements KeyObserver {
    /** Links on hosts beyond it are not found by their own host until a restart; logged. */
    private static final int DOMAINS_MAX = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(DomainDirectory.class);

    private final Supplier<? extends Collection<String>> store;
    private final Executor background;
    private volatile Snapshot snapshot = new Snapshot(Map.of(), List.of());

    private record Snapshot(Map<String, byte[]> byName, List<byte[]> names) {}

    /**
     * Starts empty; {@link #refresh} fills it.
     *
     * @param store all domains with links, in the form of {@link LinkKey#domain}; may block
     * @param background runs {@code store} when changes may have been missed
     */
    public DomainDirectory(Supplier<? extends Collection<String>> store, Executor background) {
        this.store = store;
        this.background = background;
    }

    /** Reads the store. */
    public void refresh() {
        store.get().forEach(this::add);
    }

    @Override
    public void changed(LinkKey key) {
        add(key.domain());
    }

    @Override
    public void mayHaveMissedChanges() {
        background.execute(() -> {
            try {
                refresh();
            } catch (RuntimeException away) {
                LOG.warn("domains made while changes were missed stay unknown for now", away);
            }
        });
    }

    /** True when there are no domains besides the default one. */
    boolean isEmpty() {
        return snapshot.names.isEmpty();
    }

    /** The domain of a host that links were made on, else empty: the default domain's links are meant. */
    public Optional<String> domainOf(String host) {
        Snapshot current = snapshot;
        if (current.names.isEmpty()) {
            return Optional.empty();
        }
        String name = withoutPort(host).toLowerCase(Locale.ROOT);
        return current.byName.containsKey(name) ? Optional.of(name) : Optional.empty();
    }

    /** As {@link #domainOf} for the bytes of a Host field; null for the default domain. Allocates nothing. */
    byte @Nullable [] domainOf(byte[] bytes, int from, int length) {
        int nameLength = length;
        for (int i = length - 1; i > 0 && bytes[from + i] != ']'; i--) {
            if (bytes[from + i] == ':') {
                nameLength = i;
            }
        }
        List<byte[]> names = snapshot.names;
        for (int i = 0; i < names.size(); i++) {
            if (equalsIgnoringCase(names.get(i), bytes, from, nameLength)) {
                return names.get(i);
            }
        }
        return null;
    }

    private void add(String domain) {
        if (domain.isEmpty() || snapshot.byName.containsKey(domain)) {
            return;
        }
        synchronized (this) {
            Map<String, byte[]> byName = new TreeMap<>(snapshot.byName);
            if (byName.size() >= DOMAINS_MAX) {
                LOG.warn("more than {} domains: {} is served as the default domain", DOMAINS_MAX, domain);
                return;
            }
            byName.put(domain, domain.getBytes(StandardCharsets.UTF_8));
            snapshot = new Snapshot(byName, List.copyOf(byName.values()));
        }
    }

    private static boolean equalsIgnoringCase(byte[] name, byte[] bytes, int from, int length) {
        if (name.length != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            byte c = bytes[from + i];
            if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != name[i]) {
                return false;
            }
        }
        return true;
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > 0 && host.lastIndexOf(']') < colon ? host.substring(0, colon) : host;
    }
}
