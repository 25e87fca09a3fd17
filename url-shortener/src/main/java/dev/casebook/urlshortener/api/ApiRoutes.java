package dev.casebook.urlshortener.api;

import dev.casebook.backing.ChaosRoutes;
import dev.casebook.backing.ChaosSwitches;
import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.common.http.Routes;
import dev.casebook.urlshortener.analytics.LinkCount;
import dev.casebook.urlshortener.analytics.live.LiveClicks;
import dev.casebook.urlshortener.analytics.stats.ClickStatistics;
import dev.casebook.urlshortener.analytics.stats.VisitErasure;
import dev.casebook.urlshortener.auth.ApiKeyService;
import dev.casebook.urlshortener.cache.Lookup;
import dev.casebook.urlshortener.link.DomainRedirectsStore;
import dev.casebook.urlshortener.link.Domains;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkService;
import dev.casebook.urlshortener.link.UrlNormalizer;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All routes of the API, by protocol. */
public final class ApiRoutes {
    private static final String VERSION = "5.1.0";

    private final UnavailableFilter unavailable = new UnavailableFilter();
    private final NulFilter nul = new NulFilter();
    private final ApiKeyFilter filter;
    private final ShortUrlsEndpoint shortUrls;
    private final LinksEndpoint links;
    private final TagsEndpoint tags;
    private final VisitsEndpoint visits;
    private final StatisticsEndpoint statistics;
    private final KeysEndpoint keys;
    private final LookupEndpoint lookup;
    private final SystemEndpoint system;
    private final DomainsEndpoint domains;
    private final YourlsEndpoint yourls;
    private final QrEndpoint qr;
    private final @Nullable ChaosSwitches chaos;
    private final Supplier<Boolean> ready;

    /**
     * What the composition root hands in.
     *
     * @param publicUrl scheme and authority of the default domain, without a trailing slash
     * @param usedDomains domains besides the default one that have links
     * @param domainOf the domain that a host's visitors are served; empty for the default one
     * @param tiers finds a link as a redirect does
     * @param backing whether each backing service answers, by name
     * @param chaos null unless administrators may hurt the backing services
     * @param ready whether this node can serve
     * @param blocking runs each task on a virtual thread
     */
    public record Collaborators(
            LinkService links,
            ApiKeyService keys,
            ClickStatistics statistics,
            VisitErasure erasure,
            LiveClicks live,
            Domains domains,
            DomainRedirectsStore domainRedirects,
            Supplier<? extends Collection<String>> usedDomains,
            Function<String, Optional<String>> domainOf,
            Function<LinkKey, CompletionStage<Lookup>> tiers,
            Supplier<URI> publicUrl,
            String nodeId,
            MeterRegistry meters,
            Map<String, BooleanSupplier> backing,
            @Nullable ChaosSwitches chaos,
            Supplier<Boolean> ready,
            Executor blocking,
            InstantSource clock) {}

    public ApiRoutes(Collaborators with) {
        ShortUrlAddress address = new ShortUrlAddress(with.publicUrl());
        ShortUrlPresenter presenter = new ShortUrlPresenter(
                address, ids -> summaries(with.statistics().totals(ids)), new UrlNormalizer());
        filter = new ApiKeyFilter(with.keys(), with.blocking());
        shortUrls = new ShortUrlsEndpoint(with.links(), presenter, with.keys());
        links = new LinksEndpoint(with.links(), presenter);
        domains = new DomainsEndpoint(with.links(), with.domains(), with.usedDomains(), with.domainRedirects());
        visits = new VisitsEndpoint(
                shortUrls, with.links(), with.statistics(), with.erasure(), domains::known, with.publicUrl());
        tags = new TagsEndpoint(
                with.links(), caller -> summaries(with.statistics().totalsByTag(caller.visibility())));
        statistics = new StatisticsEndpoint(shortUrls, with.statistics(), with.live(), with.blocking(), with.clock());
        keys = new KeysEndpoint(with.keys(), with.domains());
        lookup = new LookupEndpoint(shortUrls, with.tiers(), with.nodeId(), System::nanoTime);
        system = new SystemEndpoint(with.nodeId(), with.meters(), with.backing());
        yourls = new YourlsEndpoint(
                with.links(),
                presenter,
                filter::authenticate,
                () -> with.statistics().overview().links().total());
        qr = new QrEndpoint(address, with.domains(), with.domainOf());
        chaos = with.chaos();
        ready = with.ready();
    }

    /** Adds the routes; those under {@code /rest/v3} (but for health) and {@code /api/v1} ask for an API key. */
    public void addTo(Routes routes) {
        addShlink(routes);
        addOurs(routes);
        routes.blocking(HttpMethod.GET, "/yourls-api.php", yourls::answer)
                .blocking(HttpMethod.POST, "/yourls-api.php", yourls::answer)
                .blocking(HttpMethod.GET, "/{code}/qr-code", qr::draw);
    }

    private void addShlink(Routes routes) {
        String shortUrl = "/rest/v3/short-urls/{shortCode}";
        routes.filter("/rest/v3", nul).filter("/rest/v3", unavailable);
        for (String guarded : List.of("short-urls", "visits", "tags", "domains", "mercure-info")) {
            routes.filter("/rest/v3/" + guarded, filter);
        }
        routes.blocking(HttpMethod.GET, "/rest/v3/short-urls", shortUrls::list)
                .blocking(HttpMethod.POST, "/rest/v3/short-urls", shortUrls::create)
                .blocking(HttpMethod.GET, shortUrl, shortUrls::get)
                .blocking(HttpMethod.PATCH, shortUrl, shortUrls::edit)
                .blocking(HttpMethod.DELETE, shortUrl, shortUrls::delete)
                .blocking(HttpMethod.GET, shortUrl + "/redirect-rules", shortUrls::redirectRules)
                .blocking(HttpMethod.POST, shortUrl + "/redirect-rules", shortUrls::setRedirectRules)
                .blocking(HttpMethod.GET, shortUrl + "/visits", visits::ofShortUrl)
                .blocking(HttpMethod.DELETE, shortUrl + "/visits", visits::deleteOfShortUrl)
                .blocking(HttpMethod.GET, "/rest/v3/visits", visits::overview)
                .blocking(HttpMethod.GET, "/rest/v3/visits/orphan", visits::orphan)
                .blocking(HttpMethod.DELETE, "/rest/v3/visits/orphan", visits::deleteOrphans)
                .blocking(HttpMethod.GET, "/rest/v3/visits/non-orphan", visits::nonOrphan)
                .blocking(HttpMethod.GET, "/rest/v3/tags", tags::list)
                .blocking(HttpMethod.PUT, "/rest/v3/tags", tags::rename)
                .blocking(HttpMethod.DELETE, "/rest/v3/tags", tags::delete)
                .blocking(HttpMethod.GET, "/rest/v3/tags/stats", tags::stats)
                .blocking(HttpMethod.GET, "/rest/v3/tags/{tag}/visits", visits::ofTag)
                .blocking(HttpMethod.GET, "/rest/v3/domains", domains::list)
                .blocking(HttpMethod.PATCH, "/rest/v3/domains/redirects", domains::setRedirects)
                .blocking(HttpMethod.GET, "/rest/v3/domains/{domain}/visits", visits::ofDomain)
                .blocking(HttpMethod.GET, "/rest/v3/mercure-info", request -> {
                    throw new ProblemException(ShlinkProblems.mercureNotConfigured());
                })
                .onLoop(HttpMethod.GET, "/rest/v3/health", this::health)
                .onLoop(HttpMethod.GET, "/rest/health", this::health);
    }

    private void addOurs(Routes routes) {
        routes.filter("/api/v1", nul)
                .filter("/api/v1", unavailable)
                .filter("/api/v1", filter)
                .blocking(HttpMethod.GET, "/api/v1/slugs/{slug}", links::availability)
                .blocking(HttpMethod.POST, "/api/v1/links:bulk", links::bulk)
                .blocking(HttpMethod.GET, "/api/v1/links.csv", links::exportCsv)
                .blocking(HttpMethod.POST, "/api/v1/links.csv", links::importCsv)
                .blocking(HttpMethod.GET, "/api/v1/links/{shortCode}/statistics", statistics::statistics)
                .sse("/api/v1/links/{shortCode}/live", statistics::live)
                .blocking(HttpMethod.GET, "/api/v1/links/{shortCode}/lookup", lookup::lookup)
                .blocking(HttpMethod.GET, "/api/v1/keys", keys::list)
                .blocking(HttpMethod.POST, "/api/v1/keys", keys::create)
                .blocking(HttpMethod.DELETE, "/api/v1/keys/{id}", keys::revoke)
                .blocking(HttpMethod.GET, "/api/v1/system", system::show);
        ChaosRoutes.add(
                routes, "/api/v1/chaos", chaos, request -> Caller.of(request).requireAdmin());
    }

    private Reply health(Request request) {
        boolean pass = ready.get();
        return Reply.json(
                pass ? 200 : 503,
                Map.of("status", pass ? "pass" : "fail", "version", VERSION, "links", Map.of("about", "/")));
    }

    private static <K> Map<K, ShortUrlJson.VisitsSummary> summaries(Map<K, LinkCount> counts) {
        Map<K, ShortUrlJson.VisitsSummary> summaries = new HashMap<>();
        counts.forEach((key, count) -> summaries.put(key, ShortUrlJson.VisitsSummary.of(count.clicks(), count.bots())));
        return summaries;
    }
}
