package dev.casebook.urlshortener.api;

import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.analytics.LinkCount;
import dev.casebook.urlshortener.analytics.OrphanKind;
import dev.casebook.urlshortener.analytics.stats.ClickStatistics;
import dev.casebook.urlshortener.analytics.stats.Overview;
import dev.casebook.urlshortener.analytics.stats.RecordedVisit;
import dev.casebook.urlshortener.analytics.stats.VisitQuery;
import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkQuery;
import dev.casebook.urlshortener.link.LinkService;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Visits in Shlink's shapes. Counts come from the rollups; the visits listed are those still kept one by one, so a page may
 * be empty although the total says there were more. Handlers block.
 */
final class VisitsEndpoint {
    /** Links whose visits are listed together for a tag or a domain: the newest ones. */
    private static final int LINKS_MAX = LinkService.PAGE_LINKS_MAX;

    private final ShortUrlsEndpoint shortUrls;
    private final LinkService links;
    private final ClickStatistics statistics;

    VisitsEndpoint(ShortUrlsEndpoint shortUrls, LinkService links, ClickStatistics statistics) {
        this.shortUrls = shortUrls;
        this.links = links;
        this.statistics = statistics;
    }

    record VisitJson(
            String referer,
            String date,
            String userAgent,
            @Nullable Object visitLocation,
            boolean potentialBot,
            @Nullable String visitedUrl,
            @Nullable String type) {}

    Reply overview(Request request) {
        Caller.of(request);
        Overview overview = statistics.overview();
        long clicks = 0;
        long bots = 0;
        for (LinkCount orphans : overview.orphans().values()) {
            clicks += orphans.clicks();
            bots += orphans.bots();
        }
        return Reply.json(
                200,
                Map.of(
                        "visits",
                        Map.of(
                                "nonOrphanVisits",
                                summary(overview.links()),
                                "orphanVisits",
                                ShortUrlJson.VisitsSummary.of(clicks, bots))));
    }

    Reply ofShortUrl(Request request) {
        Link link = shortUrls.linkOf(request);
        return page(request, List.of(link.id()), total(request, List.of(link.id())));
    }

    Reply ofTag(Request request) {
        String tag = request.pathParameter("tag");
        Caller caller = Caller.of(request);
        List<Long> ids = ids(LinkQuery.builder()
                .visibility(caller.visibility())
                .tags(Set.of(tag), LinkQuery.TagsMode.ANY)
                .build());
        if (ids.isEmpty()) {
            throw new ProblemException(ShlinkProblems.tagNotFound(tag));
        }
        return page(request, ids, total(request, ids));
    }

    Reply ofDomain(Request request) {
        String domain = request.pathParameter("domain");
        Caller caller = Caller.of(request);
        List<Long> ids = ids(LinkQuery.builder()
                .visibility(caller.visibility())
                .domain(shortUrls.domain(domain))
                .build());
        if (ids.isEmpty() && !domain.equals("DEFAULT")) {
            throw new ProblemException(ShlinkProblems.domainNotFound(domain));
        }
        return ids.isEmpty() ? empty(request) : page(request, ids, total(request, ids));
    }

    Reply nonOrphan(Request request) {
        Caller caller = Caller.of(request);
        if (!caller.admin()) {
            List<Long> ids =
                    ids(LinkQuery.builder().visibility(caller.visibility()).build());
            return ids.isEmpty() ? empty(request) : page(request, ids, total(request, ids));
        }
        LinkCount all = statistics.overview().links();
        return page(request, List.of(), Parameters.flag(request, "excludeBots") ? all.clicks() : all.total());
    }

    Reply orphan(Request request) {
        Caller.of(request).requireAdmin();
        String type = request.query("type").orElse("");
        List<OrphanKind> kinds = Arrays.stream(OrphanKind.values())
                .filter(kind -> type.isEmpty() || kind.wireName().equals(type))
                .toList();
        if (kinds.isEmpty()) {
            throw Parameters.invalid("type", type, "base_url, invalid_short_url or regular_404");
        }
        List<Long> ids = kinds.stream().map(OrphanKind::linkId).toList();
        return page(request, ids, total(request, ids));
    }

    private Reply page(Request request, List<Long> linkIds, long total) {
        int page = Parameters.integer(request, "page", 1, 1, Integer.MAX_VALUE);
        int asked = Parameters.integer(request, "itemsPerPage", VisitQuery.PAGE_SIZE_MAX, -1, Integer.MAX_VALUE);
        int size = asked < 1 ? VisitQuery.PAGE_SIZE_MAX : Math.min(asked, VisitQuery.PAGE_SIZE_MAX);
        List<VisitJson> visits = (long) page * size > VisitQuery.ROWS_MAX
                ? List.of()
                : statistics
                        .visits(new VisitQuery(
                                linkIds,
                                Parameters.instant(request, "startDate"),
                                Parameters.instant(request, "endDate"),
                                !Parameters.flag(request, "excludeBots"),
                                page,
                                size))
                        .stream()
                        .map(VisitsEndpoint::json)
                        .toList();
        return Reply.json(
                200,
                Map.of(
                        "visits",
                        new ShortUrlJson.Page<>(visits, ShortUrlJson.Pagination.of(page, size, visits.size(), total))));
    }

    private static Reply empty(Request request) {
        int page = Parameters.integer(request, "page", 1, 1, Integer.MAX_VALUE);
        return Reply.json(
                200, Map.of("visits", new ShortUrlJson.Page<>(List.of(), ShortUrlJson.Pagination.of(page, 1, 0, 0))));
    }

    private long total(Request request, Collection<Long> linkIds) {
        boolean withBots = !Parameters.flag(request, "excludeBots");
        Instant from = Parameters.instant(request, "startDate");
        Instant to = Parameters.instant(request, "endDate");
        if (from == null && to == null) {
            return statistics.totals(linkIds).values().stream()
                    .mapToLong(count -> withBots ? count.total() : count.clicks())
                    .sum();
        }
        return statistics.countBetween(linkIds, from, to, withBots);
    }

    private List<Long> ids(LinkQuery query) {
        return links.list(query, 1, LINKS_MAX).links().stream().map(Link::id).toList();
    }

    private static ShortUrlJson.VisitsSummary summary(LinkCount count) {
        return ShortUrlJson.VisitsSummary.of(count.clicks(), count.bots());
    }

    private static VisitJson json(RecordedVisit visit) {
        String type = Arrays.stream(OrphanKind.values())
                .filter(kind -> kind.linkId() == visit.linkId())
                .map(OrphanKind::wireName)
                .findFirst()
                .orElse(null);
        return new VisitJson(
                visit.referer(), ShortUrlJson.iso(visit.at()), visit.userAgent(), null, visit.bot(), null, type);
    }
}
