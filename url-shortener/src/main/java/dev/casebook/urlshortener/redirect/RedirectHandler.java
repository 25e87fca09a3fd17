package dev.casebook.urlshortener.redirect;

import dev.casebook.common.http.AsyncHandler;
import dev.casebook.common.http.Problem;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.common.http.Routes;
import dev.casebook.urlshortener.analytics.ClickRecorder;
import dev.casebook.urlshortener.analytics.OrphanKind;
import dev.casebook.urlshortener.cache.Lookup;
import dev.casebook.urlshortener.cache.TieredLinkCache;
import dev.casebook.urlshortener.link.DomainRedirectsStore;
import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Everything a visitor may get for a code, when the fast path has declined: look up, resolve, ask, respond, track.
 *
 * <pre>
 *   find (own host's domain, then the default one; nothing if no link can have the slug); in the caches only when the
 *       budget of misses is spent
 *     budget spent, not in a cache .... 429
 *     store cannot answer ............. 503
 *     nothing ......................... 404 and the miss is charged, or 429 when there is no budget left for it
 *     not at this time ................ 404
 *     password ........................ form; right answer goes on with 303
 *     visit limit ..................... one visit is taken, or 404
 *   destination by rules, query forwarded, click recorded, redirect
 * </pre>
 *
 * <p>A lookup completes on the loop (L1, and Redis when the loop asks it itself) or elsewhere; what blocks (visit limits, passwords, robots.txt) runs on virtual
 * threads. HEAD gets what GET would get and is no click, but does take a visit of a limited link, for it reveals where the
 * link leads. Thread-safe.
 */
public final class RedirectHandler {
    private static final byte[] PIXEL =
            Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    private static final String NO_STORE = "private, no-store";
    private static final Lookup NOTHING = new Lookup(null, Lookup.Tier.NEAR, false, 0, 0, 0, 0, 0);

    private final TieredLinkCache cache;
    private final DomainDirectory domains;
    private final RuleEvaluator rules;
    private final VisitLimiter limiter;
    private final PasswordGate gate;
    private final MissBudget misses;
    private final ClickCapture clicks;
    private final OrphanVisits orphans;
    private final CrawlableSlugs crawlable;
    private final Function<String, Optional<String>> slugForm;
    private final RedirectSettings settings;
    private final Executor blocking;
    private final InstantSource clock;

    /**
     * What the composition root hands in.
     *
     * @param slugForm the form in which a slug, as typed, is stored; empty if no link can have it
     */
    public record Collaborators(
            TieredLinkCache cache,
            DomainDirectory domains,
            ClickRecorder clicks,
            VisitGrants grants,
            PasswordCheck passwords,
            GeoLocator locator,
            CrawlableSlugs crawlable,
            Function<String, Optional<String>> slugForm,
            DomainRedirectsStore domainRedirects) {}

    /**
     * Puts the visitor's side together.
     *
     * @param blocking runs each task on a virtual thread
     */
    public RedirectHandler(
            Collaborators with,
            RedirectSettings settings,
            Executor blocking,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.cache = with.cache();
        this.domains = with.domains();
        this.rules = new RuleEvaluator(with.locator());
        this.limiter = new VisitLimiter(with.grants());
        this.gate = new PasswordGate(with.passwords(), settings, nanoTime);
        this.misses = new MissBudget(settings, nanoTime);
        this.clicks = new ClickCapture(with.clicks());
        this.orphans =
                new OrphanVisits(clicks, new DomainRedirectsView(with.domainRedirects(), blocking, nanoTime), clock);
        this.crawlable = with.crawlable();
        this.slugForm = with.slugForm();
        this.settings = settings;
        this.blocking = blocking;
        this.clock = clock;
    }

    /** Adds the visitor's routes. */
    public void addTo(Routes routes) {
        routes.onLoopAsync(HttpMethod.GET, "/{code}", this::redirect);
        routes.blocking(HttpMethod.POST, "/{code}", this::unlock);
        routes.onLoopAsync(HttpMethod.GET, "/{code}+", this::preview);
        routes.onLoopAsync(HttpMethod.GET, "/{code}/track", this::track);
        routes.blocking(HttpMethod.GET, "/robots.txt", this::robots);
        routes.filter(this::baseUrl);
        routes.fallback(this::nothing);
    }

    /** A domain's bare address belongs to whoever has a redirect for it, else to the service's own page. */
    private CompletionStage<Reply> baseUrl(Request request, AsyncHandler page) throws Exception {
        if (!request.path().equals("/") || !isVisit(request)) {
            return page.handle(request);
        }
        if (domains.domainOf(request.host()).isPresent()) {
            return orphans.answer(
                    request, OrphanKind.BASE_URL, () -> RedirectPages.refused(request, Resolution.Refusal.NOT_FOUND));
        }
        return orphans.destination(request, OrphanKind.BASE_URL).thenCompose(to -> {
            if (to != null) {
                orphans.record(request, OrphanKind.BASE_URL);
                return done(OrphanVisits.lead(to));
            }
            try {
                return page.handle(request);
            } catch (Exception e) {
                return CompletableFuture.failedFuture(e);
            }
        });
    }

    private Reply nothing(Request request) {
        boolean api = request.path().startsWith("/rest/") || request.path().startsWith("/api/");
        Reply page = api
                ? Reply.problem(
                        Problem.of(404, "not-found", "Not found", "There is nothing at " + request.path() + "."))
                : RedirectPages.refused(request, Resolution.Refusal.NOT_FOUND);
        return api || !isVisit(request)
                ? page
                : orphans.answer(request, OrphanKind.REGULAR_404, () -> page)
                        .toCompletableFuture()
                        .join();
    }

    private static boolean isVisit(Request request) {
        return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    }

    private CompletionStage<Reply> redirect(Request request) {
        return answer(request, lookup -> switch (resolve(lookup)) {
            case Resolution.Refused refused -> noLink(request, refused.why());
            case Resolution.Locked locked -> done(RedirectPages.password(request, false));
            case Resolution.Open open ->
                open.link().maxVisits() == null
                        ? done(lead(request, open.link()))
                        : CompletableFuture.supplyAsync(() -> leadLimited(request, open.link()), blocking);
        });
    }

    private CompletionStage<Reply> preview(Request request) {
        return answer(
                request,
                lookup -> done(
                        switch (resolve(lookup)) {
                            case Resolution.Refused refused -> refuse(request, refused.why());
                            case Resolution.Locked locked -> RedirectPages.preview(locked.link(), null);
                            // Showing where a limited link leads would be a visit that nobody counted.
                            case Resolution.Open open ->
                                RedirectPages.preview(
                                        open.link(),
                                        open.link().maxVisits() == null
                                                ? open.link().longUrl()
                                                : null);
                        }));
    }

    /** The picture comes in any case: a broken one in someone's mail helps nobody. */
    private CompletionStage<Reply> track(Request request) {
        Reply pixel = Reply.bytes("image/gif", PIXEL).withHeader("cache-control", "no-store");
        return answer(request, lookup -> {
            switch (resolve(lookup)) {
                case Resolution.Refused refused -> chargeIfUnknown(request, refused.why());
                case Resolution.Locked locked -> record(request, locked.link());
                case Resolution.Open open -> record(request, open.link());
            }
            return done(pixel);
        });
    }

    /** The lookup may come on a thread that reads Redis, where neither a password nor a visit limit may be waited for. */
    private Reply unlock(Request request) {
        CompletionStage<Reply> reply =
                answer(request, lookup -> CompletableFuture.supplyAsync(() -> unlock(request, lookup), blocking));
        return reply.toCompletableFuture().join();
    }

    private Reply unlock(Request request, Lookup lookup) {
        return switch (resolve(lookup)) {
            case Resolution.Refused refused -> refuse(request, refused.why());
            case Resolution.Open open -> seeOther(request, open.link());
            case Resolution.Locked locked -> tryPassword(request, locked.link());
        };
    }

    private Reply tryPassword(Request request, Link link) {
        String password = request.form().getOrDefault("password", List.of("")).getFirst();
        return switch (gate.tryOpen(link, password, request.clientAddress())) {
            case PasswordGate.Outcome.Wrong wrong -> RedirectPages.password(request, true);
            case PasswordGate.Outcome.Throttled throttled ->
                RedirectPages.tooMany(request, throttled.rest(), "Too many passwords were tried. Please wait.");
            case PasswordGate.Outcome.Opened opened -> seeOther(request, link);
        };
    }

    /** Always 303: with 307 or 308 the browser would post the password to the destination. */
    private Reply seeOther(Request request, Link link) {
        Reply reply = link.maxVisits() == null ? lead(request, link) : leadLimited(request, link);
        return reply.header("location").isPresent() ? reply.withStatus(303) : reply;
    }

    private Reply robots(Request request) {
        String allowed = crawlable.list(settings.crawlableMax()).stream()
                .map(slug -> "Allow: /" + LocationHeader.of(slug) + "$\n")
                .collect(Collectors.joining());
        return Reply.text(200, "User-agent: *\n" + allowed + "Disallow: /\n")
                .withHeader("cache-control", "public, max-age=60");
    }

    private CompletionStage<Reply> answer(Request request, Function<Lookup, CompletionStage<Reply>> respond) {
        Duration rest = misses.rest(request.clientAddress());
        Function<Lookup, CompletionStage<Reply>> timed =
                lookup -> respond.apply(lookup).thenApply(reply -> timed(reply, lookup));
        CompletionStage<Reply> reply = rest.isPositive()
                ? findCached(request)
                        .thenCompose(
                                found -> found.isPresent() ? timed.apply(found.get()) : done(overBudget(request, rest)))
                : find(request).thenCompose(timed);
        return reply.exceptionally(failure -> unavailable(request, failure));
    }

    /** Not with 429, which must look the same for a code that a cache knows not to exist and for one that nobody looked up. */
    private static Reply timed(Reply reply, Lookup lookup) {
        return reply.status() == HttpResponseStatus.TOO_MANY_REQUESTS.code()
                ? reply
                : reply.withHeader("server-timing", ServerTiming.of(lookup));
    }

    private CompletionStage<Lookup> find(Request request) {
        String slug = slugForm.apply(request.pathParameter("code")).orElse(null);
        if (slug == null) {
            return CompletableFuture.completedFuture(NOTHING);
        }
        Optional<String> domain = domains.domainOf(request.host());
        if (domain.isEmpty()) {
            return cache.find(LinkKey.ofSlug(slug));
        }
        return cache.find(new LinkKey(domain.get(), slug))
                .thenCompose(own ->
                        own.link() != null ? CompletableFuture.completedFuture(own) : cache.find(LinkKey.ofSlug(slug)));
    }

    /** For clients whose budget is spent; nothing when the caches do not know or the client may not even ask them. */
    private CompletionStage<Optional<Lookup>> findCached(Request request) {
        if (!misses.mayLookIntoCaches(request.clientAddress())) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        String slug = slugForm.apply(request.pathParameter("code")).orElse(null);
        if (slug == null) {
            return CompletableFuture.completedFuture(Optional.of(NOTHING));
        }
        Optional<String> domain = domains.domainOf(request.host());
        if (domain.isEmpty()) {
            return cache.findCached(LinkKey.ofSlug(slug));
        }
        return cache.findCached(new LinkKey(domain.get(), slug))
                // Unless the domain is known not to have it, the default one's link may be the wrong one.
                .thenCompose(own -> own.isPresent() && own.get().link() == null
                        ? cache.findCached(LinkKey.ofSlug(slug))
                        : CompletableFuture.completedFuture(own));
    }

    private Reply overBudget(Request request) {
        return overBudget(request, misses.rest(request.clientAddress()));
    }

    private static Reply overBudget(Request request, Duration rest) {
        return RedirectPages.tooMany(request, rest, "Too many unknown links were asked for from your network.");
    }

    private Resolution resolve(Lookup lookup) {
        return Resolution.of(lookup.link(), clock.instant());
    }

    private Reply refuse(Request request, Resolution.Refusal why) {
        return chargeIfUnknown(request, why) ? RedirectPages.refused(request, why) : overBudget(request);
    }

    /** As {@link #refuse} for a visitor who came to be redirected. */
    private CompletionStage<Reply> noLink(Request request, Resolution.Refusal why) {
        return chargeIfUnknown(request, why)
                ? orphans.answer(request, OrphanKind.INVALID_SHORT_URL, () -> RedirectPages.refused(request, why))
                : done(overBudget(request));
    }

    /** False when the code is unknown and the client has no budget left to be told so. */
    private boolean chargeIfUnknown(Request request, Resolution.Refusal why) {
        return why != Resolution.Refusal.NOT_FOUND || misses.charge(request.clientAddress());
    }

    private Reply leadLimited(Request request, Link link) {
        Integer max = link.maxVisits();
        return max == null || limiter.tryVisit(link.id(), max)
                ? lead(request, link)
                : noLink(request, Resolution.Refusal.EXHAUSTED)
                        .toCompletableFuture()
                        .join();
    }

    private Reply lead(Request request, Link link) {
        Instant now = clock.instant();
        String destination = link.rules().isEmpty() ? link.longUrl() : rules.destination(link, visitor(request), now);
        String forwarded = link.forwardQuery() ? QueryForwarding.append(destination, request.rawQuery()) : destination;
        record(request, link);
        boolean sameForAll = link.rules().isEmpty() && link.maxVisits() == null && link.passwordHash() == null;
        return Reply.redirect(link.status().code(), LocationHeader.of(forwarded))
                .withHeader(
                        "cache-control",
                        sameForAll
                                ? PreparedRedirects.cacheControl(link.status(), settings.permanentMaxAge())
                                : NO_STORE);
    }

    private static Visitor visitor(Request request) {
        InetAddress address = request.clientAddress();
        return new Visitor(
                address,
                request.header("user-agent").orElse(""),
                request.header("accept-language").orElse(""),
                request.queryAll());
    }

    private void record(Request request, Link link) {
        if (!request.method().equals(HttpMethod.HEAD)) {
            clicks.record(request, link.id(), clock.millis());
        }
    }

    private Reply unavailable(Request request, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof LinkStoreUnavailableException) {
            return RedirectPages.unavailable(request, settings.retryAfter());
        }
        throw cause instanceof RuntimeException runtime ? runtime : new CompletionException(cause);
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
