package dev.casebook.urlshortener.api;

import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.analytics.OrphanKind;
import dev.casebook.urlshortener.analytics.stats.ClickStatistics;
import dev.casebook.urlshortener.analytics.stats.RecordedVisit;
import dev.casebook.urlshortener.analytics.stats.VisitErasure;
import dev.casebook.urlshortener.analytics.stats.VisitQuery;
import dev.casebook.urlshortener.analytics.stats.VisitScope;
import dev.casebook.urlshortener.link.LinkQuery;
import dev.casebook.urlshortener.link.LinkService;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Visits in Shlink's shapes. Counts come from the rollups; the visits listed are those still kept one by one, so a page may
 * be empty although the total says there were more. Handlers block.
 */
final class VisitsEndpoint {
    private final ShortUrlsEndpoint shortUrls;
    private final LinkService links;
    private final ClickStatistics statistics;
    private final VisitErasure erasure;
    private final Supplier<? extends Collection<String>> domains;
    private final Supplier<URI> publicUrl;

    /** @param domains all that are known, in the form of {@code LinkKey.domain} */
    VisitsEndpoint(
            ShortUrlsEndpoint shortUrls,
            LinkService links,
            ClickStatistics statistics,
            VisitErasure erasure,
            Supplier<? extends Collection<String>> domains,
            Supplier<URI> publicUrl) {
        this.shortUrls = shortUrls;
        this.links = links;
        this.statistics = statistics;
        this.erasure = erasure;
        this.domains = domains;
        this.publicUrl = publicUrl;
    }

    record VisitJson(
            String referer,
            String date,
            String userAgent,
            @Nullable Object visitLocation,
            boolean potentialBot,
            @Nullable String visitedUrl,
            @Nullable String redirectUrl,
            @Nullable String type) {}

    /** For keys with restrictions: the visits of the links they see, and no others. */
    Reply overview(Request request) {
        Caller caller = Caller.of(request);
        VisitScope links =
                caller.admin() ? new VisitScope.AllLinks() : new VisitScope.LiveLinks(caller.visibility(), null, null);
        VisitScope orphans = new VisitScope.Ids(
                caller.admin()
                        ? Arrays.stream(OrphanKind.values())
                                .map(OrphanKind::linkId)
                                .toList()
                        : List.of());
        return Reply.json(
                200, Map.of("visits", Map.of("nonOrphanVisits", summary(links), "orphanVisits", summary(orphans))));
    }

    Reply ofShortUrl(Request request) {
        return page(request, ids(shortUrls.linkOf(request).id()));
    }

    Reply deleteOfShortUrl(Request request) {
        Caller.of(request).requireWrite();
        return deleted(List.of(shortUrls.linkOf(request).id()));
    }

    Reply ofTag(Request request) {
        String tag = request.pathParameter("tag");
        Caller caller = Caller.of(request);
        LinkQuery tagged = LinkQuery.builder()
                .visibility(caller.visibility())
                .tags(Set.of(tag), LinkQuery.TagsMode.ANY)
                .build();
        if (links.list(tagged, 1, 1).totalItems() == 0) {
            throw new ProblemException(ShlinkProblems.tagNotFound(tag));
        }
        return page(request, new VisitScope.LiveLinks(caller.visibility(), tag, domain(request)));
    }

    Reply ofDomain(Request request) {
        String asked = request.pathParameter("domain");
        Caller caller = Caller.of(request);
        String domain = shortUrls.domain(asked);
        boolean known = domain.isEmpty()
                || (caller.visibility().coversDomain(domain) && domains.get().contains(domain));
        if (!known) {
            throw new ProblemException(ShlinkProblems.domainNotFound(asked));
        }
        return page(request, new VisitScope.LiveLinks(caller.visibility(), null, domain));
    }

    Reply nonOrphan(Request request) {
        Caller caller = Caller.of(request);
        String domain = domain(request);
        return page(
                request,
                caller.admin() && domain == null
                        ? new VisitScope.AllLinks()
                        : new VisitScope.LiveLinks(caller.visibility(), null, domain));
    }

    /** None for keys with restrictions, as in Shlink: such visits belong to nobody's links. */
    Reply orphan(Request request) {
        if (request.query("domain").isPresent()) {
            throw new ProblemException(ShlinkProblems.invalid(
                    List.of("domain"), "Visits that met no link are not kept by domain: leave out \"domain\""));
        }
        String type = request.query("type").orElse("");
        List<Long> kinds = Arrays.stream(OrphanKind.values())
                .filter(kind -> type.isEmpty() || kind.wireName().equals(type))
                .map(OrphanKind::linkId)
                .toList();
        if (kinds.isEmpty()) {
            throw Parameters.invalid("type", type, "base_url, invalid_short_url or regular_404");
        }
        return page(request, new VisitScope.Ids(Caller.of(request).admin() ? kinds : List.of()));
    }

    Reply deleteOrphans(Request request) {
        return deleted(
                Caller.of(request).admin()
                        ? Arrays.stream(OrphanKind.values())
                                .map(OrphanKind::linkId)
                                .toList()
                        : List.of());
    }

    private Reply deleted(List<Long> ids) {
        return Reply.json(200, Map.of("deletedVisits", erasure.erase(ids)));
    }

    private Reply page(Request request, VisitScope scope) {
        int page = Parameters.integer(request, "page", 1, 1, Integer.MAX_VALUE);
        int asked = Parameters.integer(request, "itemsPerPage", VisitQuery.PAGE_SIZE_MAX, -1, Integer.MAX_VALUE);
        int size = asked < 1 ? VisitQuery.PAGE_SIZE_MAX : Math.min(asked, VisitQuery.PAGE_SIZE_MAX);
        Instant from = Parameters.instant(request, "startDate");
        Instant to = Parameters.instant(request, "endDate");
        boolean withBots = !Parameters.flag(request, "excludeBots");
        List<VisitJson> visits = (long) page * size > VisitQuery.ROWS_MAX
                ? List.of()
                : statistics.visits(new VisitQuery(scope, from, to, withBots, page, size)).stream()
                        .map(this::json)
                        .toList();
        long total = statistics.count(scope, from, to, withBots);
        return Reply.json(
                200,
                Map.of(
                        "visits",
                        new ShortUrlJson.Page<>(visits, ShortUrlJson.Pagination.of(page, size, visits.size(), total))));
    }

    private static VisitScope ids(long linkId) {
        return new VisitScope.Ids(List.of(linkId));
    }

    private @Nullable String domain(Request request) {
        return request.query("domain").map(shortUrls::domain).orElse(null);
    }

    private ShortUrlJson.VisitsSummary summary(VisitScope scope) {
        long people = statistics.count(scope, null, null, false);
        return ShortUrlJson.VisitsSummary.of(people, statistics.count(scope, null, null, true) - people);
    }

    /** Which path a visit without a link asked for is not kept: it may say more about the visitor than anyone needs. */
    private VisitJson json(RecordedVisit visit) {
        OrphanKind kind = Arrays.stream(OrphanKind.values())
                .filter(each -> each.linkId() == visit.linkId())
                .findFirst()
                .orElse(null);
        return new VisitJson(
                visit.referer(),
                ShortUrlJson.iso(visit.at()),
                visit.userAgent(),
                null,
                visit.bot(),
                kind == null ? null : publicUrl.get().toString(),
                null,
                kind == null ? null : kind.wireName());
    }
}
