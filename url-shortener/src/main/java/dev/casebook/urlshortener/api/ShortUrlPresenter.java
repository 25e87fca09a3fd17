package dev.casebook.urlshortener.api;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.UrlNormalizer;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Puts links beside their visits for showing them; one query for the visits of a whole page. */
final class ShortUrlPresenter {
    private static final ShortUrlJson.VisitsSummary NO_VISITS = ShortUrlJson.VisitsSummary.of(0, 0);

    private final ShortUrlAddress address;
    private final VisitCounts visits;
    private final UrlNormalizer normalizer;

    /** Visits of links, by link id; links without visits may be left out. */
    @FunctionalInterface
    interface VisitCounts {
        Map<Long, ShortUrlJson.VisitsSummary> of(Collection<Long> linkIds);
    }

    ShortUrlPresenter(ShortUrlAddress address, VisitCounts visits, UrlNormalizer normalizer) {
        this.address = address;
        this.visits = visits;
        this.normalizer = normalizer;
    }

    List<ShortUrlJson> present(List<Link> links) {
        Map<Long, ShortUrlJson.VisitsSummary> counts = links.isEmpty()
                ? Map.of()
                : visits.of(links.stream().map(Link::id).toList());
        return links.stream()
                .map(link -> ShortUrlJson.of(link, address, counts.getOrDefault(link.id(), NO_VISITS), normalizer))
                .toList();
    }

    ShortUrlJson present(Link link) {
        return present(List.of(link)).getFirst();
    }

    /** A link that was made just now: it has no visits, so none are looked up. */
    ShortUrlJson presentNew(Link link) {
        return ShortUrlJson.of(link, address, NO_VISITS, normalizer);
    }

    String address(Link link) {
        return address.of(link.key());
    }
}
