package dev.casebook.urlshortener.analytics.rollup;

import dev.casebook.urlshortener.analytics.CountryLocator;
import dev.casebook.urlshortener.analytics.LinkCount;
import dev.casebook.urlshortener.analytics.wire.ClickBatchReader;
import dev.casebook.urlshortener.analytics.wire.CorruptBatchException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/**
 * Sums up the batches of one poll in memory, so that a hot link's ten thousand clicks become one row to update per bucket
 * and value. Not thread-safe; thrown away after one transaction.
 */
final class RollupDelta {
    private final UserAgents userAgents;
    private final CountryLocator countries;
    private final int visitsPerLinkMax;

    /** In the order in which rows are locked, the same in every transaction: links ascending, then orphans. */
    private final TreeMap<Long, LinkDelta> links = new TreeMap<>(Long::compareUnsigned);

    private final List<Visit> visits = new ArrayList<>();
    private long clicks;
    private long visitsSkipped;

    /**
     * An empty sum.
     *
     * @param visitsPerLinkMax how many single visits to keep per link; all are counted
     */
    RollupDelta(UserAgents userAgents, CountryLocator countries, int visitsPerLinkMax) {
        this.userAgents = userAgents;
        this.countries = countries;
        this.visitsPerLinkMax = visitsPerLinkMax;
    }

    /**
     * Adds all clicks of a batch.
     *
     * @throws CorruptBatchException when it cannot be read to its end; the sum is then unusable
     */
    void add(ClickBatchReader batch) throws CorruptBatchException {
        while (batch.next()) {
            clicks++;
            Agent agent = userAgents.read(batch.text(batch.userAgent()));
            String referer = batch.text(batch.referer());
            Visit visit = new Visit(
                    batch.linkId(),
                    batch.epochMillis(),
                    referer,
                    batch.text(batch.userAgent()),
                    Headers.network(batch.prefix()),
                    countries.countryOf(batch.prefix()),
                    agent,
                    Headers.language(batch.text(batch.acceptLanguage())),
                    agent.bot() || batch.prefetch());
            LinkDelta link = links.computeIfAbsent(batch.linkId(), LinkDelta::new);
            link.add(visit, Headers.refererHost(referer), batch.visitorHash());
            if (link.total.clicks + link.total.bots <= visitsPerLinkMax) {
                visits.add(visit);
            } else {
                visitsSkipped++;
            }
        }
    }

    Collection<LinkDelta> links() {
        return links.values();
    }

    /** All links together, orphans left out. */
    LinkDelta allLinks() {
        LinkDelta all = new LinkDelta(LinkCount.ALL_LINKS);
        for (LinkDelta link : links.values()) {
            if (link.linkId > LinkCount.ALL_LINKS) {
                all.addCounts(link);
            }
        }
        return all;
    }

    List<Visit> visits() {
        return visits;
    }

    long clicks() {
        return clicks;
    }

    /** Visits that were counted and not kept. */
    long visitsSkipped() {
        return visitsSkipped;
    }
}
