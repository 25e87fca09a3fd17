package dev.casebook.urlshortener;

import dev.casebook.common.lifecycle.Lifecycle;
import dev.casebook.urlshortener.link.DestinationPolicy;
import dev.casebook.urlshortener.link.DomainRedirectsStore;
import dev.casebook.urlshortener.link.KnownDomainRedirects;
import dev.casebook.urlshortener.link.LinkService;
import dev.casebook.urlshortener.redirect.DomainDirectory;
import dev.casebook.urlshortener.safety.BlockedHosts;
import dev.casebook.urlshortener.safety.Blocklist;
import dev.casebook.urlshortener.safety.BlocklistFile;
import dev.casebook.urlshortener.safety.BlocklistSettings;
import dev.casebook.urlshortener.safety.DestinationRecheck;
import dev.casebook.urlshortener.safety.NodeAddress;
import dev.casebook.urlshortener.safety.OwnDomainLoops;
import dev.casebook.urlshortener.safety.SchemeAllowList;
import dev.casebook.urlshortener.store.Database;
import dev.casebook.urlshortener.store.PostgresBlockedHosts;
import dev.casebook.urlshortener.store.PostgresDomainRedirects;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The part of the composition root that says where links may lead: the policies, and what keeps them up to date. */
final class Destinations {
    /** How long a domain that another node has given redirects, and no link, may go unnoticed. */
    private static final Duration DOMAINS_INTERVAL = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Destinations.class);

    private final KnownDomainRedirects domainRedirects;
    private final Blocklist blocklist;
    private final DestinationPolicy policy;
    private final Duration blocklistInterval;
    private volatile @Nullable NodeAddress listening;

    /**
     * Reads the lists that there are.
     *
     * @throws IllegalArgumentException when the blocklist's file has a line that is no host
     */
    Destinations(BlocklistSettings settings, Database database, Supplier<URI> publicUrl, DomainDirectory linkDomains) {
        domainRedirects = new KnownDomainRedirects(new PostgresDomainRedirects(database));
        domainRedirects.all();
        BlockedHosts own = new PostgresBlockedHosts(database);
        blocklist = new Blocklist(
                settings.file() == null
                        ? own
                        : BlocklistFile.open(settings.file()).and(own));
        blocklistInterval = settings.interval();
        blocklist.refresh();
        // Blocked comes before own: whoever makes a link on a bad host's name must not save the links that lead there.
        policy = new SchemeAllowList(SchemeAllowList.WEB)
                .and(blocklist)
                .and(new OwnDomainLoops(
                        publicUrl,
                        host -> linkDomains.domainOf(host).isPresent() || domainRedirects.has(host),
                        () -> Optional.ofNullable(listening)));
    }

    DestinationPolicy policy() {
        return policy;
    }

    DomainRedirectsStore domainRedirects() {
        return domainRedirects;
    }

    /** From now on the node's own address is no destination. */
    void listening(NodeAddress address) {
        listening = address;
    }

    /** Starts what reads the lists again from time to time; the lifecycle ends it. */
    void keepUpToDate(LinkService links, Lifecycle lifecycle, ScheduledExecutorService scheduler, Executor blocking) {
        // A sweep of millions of links takes minutes, for which the claim of the node's id must not wait.
        ScheduledExecutorService rechecks = lifecycle.add(
                "recheck thread",
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("recheck").factory()));
        lifecycle.add("recheck", new DestinationRecheck(blocklist, links, blocklistInterval, rechecks));
        ScheduledFuture<?> rounds = scheduler.scheduleWithFixedDelay(
                () -> blocking.execute(this::readDomains),
                DOMAINS_INTERVAL.toMillis(),
                DOMAINS_INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
        lifecycle.add("domains with redirects", () -> rounds.cancel(false));
    }

    private void readDomains() {
        try {
            domainRedirects.all();
        } catch (RuntimeException away) {
            LOG.warn("domains that other nodes gave redirects stay unknown for now: {}", away.getMessage());
        }
    }
}
