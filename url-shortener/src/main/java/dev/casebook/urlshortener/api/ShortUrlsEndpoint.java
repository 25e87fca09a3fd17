package dev.casebook.urlshortener.api;

import dev.casebook.common.http.Problem;
import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.auth.ApiKey;
import dev.casebook.urlshortener.auth.ApiKeyService;
import dev.casebook.urlshortener.link.Checked;
import dev.casebook.urlshortener.link.CreateResult;
import dev.casebook.urlshortener.link.EditResult;
import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkPage;
import dev.casebook.urlshortener.link.LinkPatch;
import dev.casebook.urlshortener.link.LinkQuery;
import dev.casebook.urlshortener.link.LinkService;
import dev.casebook.urlshortener.link.RedirectRule;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code /rest/v3/short-urls}: links and their redirect rules, in Shlink's shapes. Handlers block. */
final class ShortUrlsEndpoint {
    private static final int ITEMS_PER_PAGE_DEFAULT = 10;
    /** An id that no key has: ids are hexadecimal. */
    private static final String NO_KEY = "none";

    private final LinkService links;
    private final ShortUrlPresenter presenter;
    private final ApiKeyService keys;

    ShortUrlsEndpoint(LinkService links, ShortUrlPresenter presenter, ApiKeyService keys) {
        this.links = links;
        this.presenter = presenter;
        this.keys = keys;
    }

    Reply list(Request request) {
        Caller caller = Caller.of(request);
        int page = Parameters.integer(request, "page", 1, 1, Integer.MAX_VALUE);
        // Shlink's clients ask for -1 to get everything; the largest page is as much as one answer holds.
        int asked = Parameters.integer(request, "itemsPerPage", ITEMS_PER_PAGE_DEFAULT, -1, Integer.MAX_VALUE);
        int itemsPerPage = asked < 1 ? LinkService.PAGE_LINKS_MAX : Math.min(asked, LinkService.PAGE_LINKS_MAX);
        LinkPage found = links.list(query(request, caller), page, itemsPerPage);
        return Reply.json(
                200,
                Map.of(
                        "shortUrls",
                        new ShortUrlJson.Page<>(presenter.present(found.links()), ShortUrlJson.Pagination.of(found))));
    }

    Reply create(Request request) {
        Caller caller = Caller.of(request).requireWrite();
        String idempotencyKey = request.header("Idempotency-Key").orElse(null);
        CreateResult result = links.create(
                caller.visibility(), ShortUrlBodies.create(JsonBody.of(request), caller.keyId(), idempotencyKey));
        return switch (result) {
            case CreateResult.Created created -> Reply.json(200, presenter.presentNew(created.link()));
            case CreateResult.Existing existing -> Reply.json(200, presenter.present(existing.link()));
            case CreateResult.Replayed replayed ->
                Reply.json(200, presenter.present(replayed.link())).withHeader("idempotency-replayed", "true");
            default -> Reply.problem(refusal(result));
        };
    }

    Reply get(Request request) {
        LinkKey key = key(request);
        return Reply.json(200, presenter.present(existing(Caller.of(request), key)));
    }

    Reply edit(Request request) {
        Caller caller = Caller.of(request).requireWrite();
        return Reply.json(
                200, presenter.present(edit(caller, key(request), ShortUrlBodies.patch(JsonBody.of(request)))));
    }

    Reply delete(Request request) {
        Caller caller = Caller.of(request).requireWrite();
        LinkKey key = key(request);
        if (!links.delete(caller.visibility(), key)) {
            throw new ProblemException(ShlinkProblems.shortUrlNotFound(key));
        }
        return Reply.empty(204);
    }

    Reply redirectRules(Request request) {
        return rules(existing(Caller.of(request), key(request)));
    }

    Reply setRedirectRules(Request request) {
        Caller caller = Caller.of(request).requireWrite();
        List<RedirectRule> rules = ShortUrlBodies.redirectRules(JsonBody.of(request));
        return rules(edit(caller, key(request), LinkPatch.builder().rules(rules).build()));
    }

    /** The link a request's path and {@code domain} parameter name; shared with the endpoints of its visits. */
    Link linkOf(Request request) {
        return existing(Caller.of(request), key(request));
    }

    /** Why a create made nothing, as a problem; what made something is no refusal. */
    static Problem refusal(CreateResult result) {
        return switch (result) {
            case CreateResult.Rejected rejected -> ShlinkProblems.rejected(rejected.rejection());
            case CreateResult.SlugTaken taken -> ShlinkProblems.slugTaken(taken.key());
            case CreateResult.IdempotencyKeyReused reused ->
                Problem.of(
                        422,
                        "idempotency-key-reused",
                        "Idempotency key reused",
                        "Idempotency-Key \"" + reused.idempotencyKey()
                                + "\" came before with another request. Use a new key for a new request.");
            case CreateResult.CreatedThenDeleted deleted ->
                Problem.of(
                        409,
                        "created-then-deleted",
                        "Created, then deleted",
                        "This request made " + deleted.key()
                                + ", which has been deleted since. Use a new Idempotency-Key to make it anew.");
            case CreateResult.NoFreeCode full ->
                Problem.of(
                        503,
                        "no-free-code",
                        "No free code",
                        full.attempts()
                                + " generated codes in a row were taken. Ask for a longer shortCodeLength or a private link.");
            case CreateResult.Created created -> throw new IllegalArgumentException("no refusal: " + created);
            case CreateResult.Existing existing -> throw new IllegalArgumentException("no refusal: " + existing);
            case CreateResult.Replayed replayed -> throw new IllegalArgumentException("no refusal: " + replayed);
        };
    }

    private Link edit(Caller caller, LinkKey key, LinkPatch patch) {
        return switch (links.edit(caller.visibility(), key, patch)) {
            case EditResult.Edited edited -> edited.link();
            case EditResult.NotFound missing ->
                throw new ProblemException(ShlinkProblems.shortUrlNotFound(missing.key()));
            case EditResult.Rejected rejected ->
                throw new ProblemException(ShlinkProblems.rejected(rejected.rejection()));
        };
    }

    private Link existing(Caller caller, LinkKey key) {
        return links.find(caller.visibility(), key)
                .orElseThrow(() -> new ProblemException(ShlinkProblems.shortUrlNotFound(key)));
    }

    private LinkKey key(Request request) {
        String slug = request.pathParameter("shortCode");
        return switch (links.keyOf(Parameters.domain(request), slug)) {
            case Checked.Accepted<LinkKey> accepted -> accepted.value();
            // What cannot be a slug names no link.
            case Checked.Refused<LinkKey> refused ->
                throw new ProblemException(ShlinkProblems.shortUrlNotFound(LinkKey.ofSlug(slug)));
        };
    }

    private LinkQuery query(Request request, Caller caller) {
        LinkQuery.Builder query = LinkQuery.builder()
                .visibility(caller.visibility())
                .searchTerm(request.query("searchTerm")
                        .filter(term -> !term.isBlank())
                        .orElse(null))
                .tags(texts(request, "tags"), mode(request, "tagsMode"))
                .excludedTags(texts(request, "excludeTags"), mode(request, "excludeTagsMode"))
                .startDate(Parameters.instant(request, "startDate"))
                .endDate(Parameters.instant(request, "endDate"))
                .excludeMaxVisitsReached(Parameters.flag(request, "excludeMaxVisitsReached"))
                .excludePastValidUntil(Parameters.flag(request, "excludePastValidUntil"));
        request.query("domain").ifPresent(domain -> query.domain(domain(domain)));
        // Others than administrators do not learn whose key made what: the filter is passed over, as in Shlink.
        request.query("apiKeyName").filter(name -> caller.admin()).ifPresent(name -> query.createdBy(keyId(name)));
        order(request, query);
        return query.build();
    }

    /** {@code DEFAULT} means the default domain; an authority we cannot read has no links. */
    String domain(String asked) {
        if (asked.equals("DEFAULT")) {
            return "";
        }
        return switch (links.keyOf(asked, "any")) {
            case Checked.Accepted<LinkKey> accepted -> accepted.value().domain();
            case Checked.Refused<LinkKey> refused -> throw new ProblemException(ShlinkProblems.domainNotFound(asked));
        };
    }

    private String keyId(String name) {
        return keys.list().stream()
                .filter(key -> key.name().equals(name))
                .map(ApiKey::id)
                .findFirst()
                .orElse(NO_KEY);
    }

    private static Set<String> texts(Request request, String name) {
        Map<String, List<String>> all = request.queryAll();
        Set<String> texts = new LinkedHashSet<>(all.getOrDefault(name + "[]", List.of()));
        texts.addAll(all.getOrDefault(name, List.of()));
        return texts;
    }

    private static LinkQuery.TagsMode mode(Request request, String name) {
        return request.query(name).filter("all"::equals).isPresent() ? LinkQuery.TagsMode.ALL : LinkQuery.TagsMode.ANY;
    }

    private static void order(Request request, LinkQuery.Builder query) {
        String asked = request.query("orderBy").orElse("dateCreated-DESC");
        int dash = asked.indexOf('-');
        String field = dash < 0 ? asked : asked.substring(0, dash);
        LinkQuery.Order order = switch (field) {
            case "dateCreated" -> LinkQuery.Order.DATE_CREATED;
            case "shortCode" -> LinkQuery.Order.SHORT_CODE;
            case "longUrl" -> LinkQuery.Order.LONG_URL;
            case "title" -> LinkQuery.Order.TITLE;
            case "visits" -> LinkQuery.Order.VISITS;
            case "nonBotVisits" -> LinkQuery.Order.NON_BOT_VISITS;
            default ->
                throw Parameters.invalid(
                        "orderBy",
                        asked,
                        "dateCreated, shortCode, longUrl, title, visits or nonBotVisits, then -ASC or -DESC");
        };
        query.orderBy(order, asked.endsWith("-DESC"));
    }

    private static Reply rules(Link link) {
        return Reply.json(
                200,
                Map.of(
                        "defaultLongUrl",
                        link.longUrl(),
                        "redirectRules",
                        link.rules().stream().map(ShortUrlJson.Rule::of).toList()));
    }
}
