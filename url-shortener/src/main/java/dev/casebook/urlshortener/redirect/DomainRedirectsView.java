package dev.casebook.urlshortener.redirect;

import dev.casebook.urlshortener.link.DomainRedirects;
import dev.casebook.urlshortener.link.DomainRedirectsStore;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The redirects of all domains as this node knows them: a small table that changes seldom and is asked for by visits that met
 * no link, of which an attacker can make many. So it is read whole, by one reader at a time, at most once a second and only
 * when somebody asks; a change is in force on every node after that second. A store that does not answer costs a visit at most
 * {@value #WAIT_MILLIS} ms; what was known before then goes on to hold. Thread-safe.
 */
final class DomainRedirectsView {
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(1_000);
    private static final long WAIT_MILLIS = 250;
    private static final Logger LOG = LoggerFactory.getLogger(DomainRedirectsView.class);

    private final DomainRedirectsStore store;
    private final Executor blocking;
    private final LongSupplier nanoTime;
    /** The latest; guarded by this. */
    private Reading reading;

    private volatile Map<String, DomainRedirects> known = Map.of();

    private record Reading(long startedNanos, CompletableFuture<Map<String, DomainRedirects>> result) {}

    DomainRedirectsView(DomainRedirectsStore store, Executor blocking, LongSupplier nanoTime) {
        this.store = store;
        this.blocking = blocking;
        this.nanoTime = nanoTime;
        this.reading = new Reading(nanoTime.getAsLong() - FRESH_NANOS, CompletableFuture.completedFuture(Map.of()));
    }

    /** The redirects of the domain that a host names; those of the default domain when it names no other. */
    CompletionStage<DomainRedirects> of(String host) {
        return current().thenApply(all -> {
            DomainRedirects own = all.get(withoutPort(host).toLowerCase(Locale.ROOT));
            return own == null ? all.getOrDefault("", DomainRedirects.NONE) : own;
        });
    }

    private CompletableFuture<Map<String, DomainRedirects>> current() {
        CompletableFuture<Map<String, DomainRedirects>> result = latest().result();
        return result.isDone() ? result : result.copy().completeOnTimeout(known, WAIT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private synchronized Reading latest() {
        long now = nanoTime.getAsLong();
        if (now - reading.startedNanos() >= FRESH_NANOS) {
            Reading next = new Reading(now, new CompletableFuture<>());
            reading = next;
            blocking.execute(() -> read(next));
        }
        return reading;
    }

    private void read(Reading turn) {
        try {
            known = store.all();
        } catch (RuntimeException away) {
            LOG.warn("redirects of domains stay as they were known: {}", away.getMessage());
        } finally {
            turn.result().complete(known);
        }
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > 0 && host.lastIndexOf(']') < colon ? host.substring(0, colon) : host;
    }
}
