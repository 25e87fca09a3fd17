package dev.casebook.urlshortener.api;

import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.analytics.stats.StatisticsUnavailableException;
import dev.casebook.urlshortener.id.ShortCodesUnavailableException;
import dev.casebook.urlshortener.link.Checked;
import dev.casebook.urlshortener.link.CreateLink;
import dev.casebook.urlshortener.link.CreateResult;
import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkQuery;
import dev.casebook.urlshortener.link.LinkService;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import dev.casebook.urlshortener.link.Rejection;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * YOURLS' {@code /yourls-api.php} (GET and POST): actions shorturl, expand, url-stats, stats, db-stats and version, in xml (its
 * default), json, jsonp or simple. After the source of YOURLS 1.10: {@code yourls-api.php}, {@code includes/functions-api.php},
 * {@code functions-shorturls.php} and {@code auth.php}; its quirks are kept, since clients were written against them. An API key stands where
 * YOURLS has its signature token, or a password under any user name. URLs are unique, as is YOURLS' default: a URL
 * shortened before is answered with {@code error:url}, status 400 and the link that there is.
 *
 * <p>What differs. A signature hashed with a timestamp is refused, as checking it needs the key in plain text and we keep only its
 * hash. With a keyword a URL may be shortened again (YOURLS with {@code YOURLS_UNIQUE_URLS} off), as may one whose link has limits of its own. URLs on
 * this service are loops whether their keyword exists or not. {@code filter=rand} lists the newest. The IP that made a link is told only to whoever makes
 * it. A store that does not answer is 503 with Retry-After. Handlers block.
 */
final class YourlsEndpoint {
    /** The YOURLS release whose answers these are. */
    private static final String VERSION = "1.10.1";

    private static final String DB_VERSION = "507";

    private static final int MESSAGE_URL_CHARS_MAX = 60;
    private static final String ELISION = "[...]";
    /** YOURLS has no bound; a page beyond it would have the database count a million rows. */
    private static final int STATS_START_MAX = 1_000_000;

    private static final String NEED_XML_OR_JSON = "Need either XML or JSON format for stats";
    private static final Logger LOG = LoggerFactory.getLogger(YourlsEndpoint.class);
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    private final LinkService links;
    private final ShortUrlPresenter presenter;
    private final Function<String, Optional<Caller>> authenticate;
    private final LongSupplier clicksInAll;

    /**
     * @param authenticate the caller that an API key stands for
     * @param clicksInAll clicks of all links, bots included
     */
    YourlsEndpoint(
            LinkService links,
            ShortUrlPresenter presenter,
            Function<String, Optional<Caller>> authenticate,
            LongSupplier clicksInAll) {
        this.links = links;
        this.presenter = presenter;
        this.authenticate = authenticate;
        this.clicksInAll = clicksInAll;
    }

    Reply answer(Request request) {
        Fields fields = new Fields(request);
        YourlsAnswer answer;
        try {
            answer = decide(request, fields);
        } catch (LinkStoreUnavailableException
                | StatisticsUnavailableException
                | ShortCodesUnavailableException unavailable) {
            LOG.warn("{} is answered 503", request, unavailable);
            answer = error(503, "Service temporarily unavailable");
        }
        Reply reply = answer.write(fields.text("format", "xml"));
        return answer.status() == 503
                ? reply.withHeader("retry-after", Integer.toString(UnavailableFilter.RETRY_AFTER_SECONDS))
                : reply;
    }

    private YourlsAnswer decide(Request request, Fields fields) {
        Optional<Caller> caller = login(fields);
        if (caller.isEmpty()) {
            return refuseLogin(fields).with("callback", fields.text("callback", ""));
        }
        YourlsAnswer answer = switch (fields.text("action", "")) {
            case "shorturl" -> shortUrl(request, fields, caller.get());
            case "expand" -> expand(fields, caller.get());
            case "url-stats" -> urlStats(fields, caller.get());
            case "stats" -> stats(fields, caller.get());
            case "db-stats" -> dbStats(caller.get());
            case "version" -> version(fields);
            default -> error(400, "Unknown or missing \"action\" parameter");
        };
        String callback = fields.has("callback") ? "callback" : "jsonp";
        return fields.has(callback) ? answer.with("callback", fields.text(callback, "")) : answer;
    }

    /** A signature has precedence over a password, which counts only with a user name. */
    private Optional<Caller> login(Fields fields) {
        String signature = fields.text("signature", "");
        if (!signature.isEmpty() && !fields.has("timestamp")) {
            return authenticate.apply(signature);
        }
        String password = fields.text("password", "");
        return signature.isEmpty()
                        && !password.isEmpty()
                        && !fields.text("username", "").isEmpty()
                ? authenticate.apply(password)
                : Optional.empty();
    }

    private static YourlsAnswer refuseLogin(Fields fields) {
        if (fields.has("timestamp") && fields.has("signature")) {
            return error(403, "Signatures with a timestamp are not supported: send the API key as signature");
        }
        return error(
                403,
                fields.has("username") || fields.has("password") ? "Invalid username or password" : "Please log in");
    }

    private static YourlsAnswer version(Fields fields) {
        YourlsAnswer version = new YourlsAnswer(200, members("version", VERSION), VERSION);
        return fields.text("db", "").equals("1") ? version.with("db_version", DB_VERSION) : version;
    }

    private YourlsAnswer shortUrl(Request request, Fields fields, Caller caller) {
        if (!caller.mayWrite()) {
            return error(403, "This API key may only read");
        }
        String url = fields.text("url", "");
        if (url.isEmpty()) {
            return failure(400, "error:nourl", "Missing or malformed URL");
        }
        String keyword = fields.text("keyword", "");
        String title = fields.text("title", "");
        CreateResult result = links.create(
                caller.visibility(),
                CreateLink.to(url)
                        .customSlug(keyword.isEmpty() ? null : keyword)
                        .title(title.isEmpty() ? null : title)
                        .findIfExists(true)
                        .createdBy(caller.keyId())
                        .build());
        return switch (result) {
            case CreateResult.Created created -> made(request, created.link());
            case CreateResult.Existing existing -> exists(existing.link());
            case CreateResult.SlugTaken taken -> keywordTaken(taken.key().slug());
            case CreateResult.Rejected rejected -> rejected(rejected.rejection(), keyword);
            case CreateResult.NoFreeCode full ->
                failure(
                        503,
                        "error:concurrency",
                        ShortUrlsEndpoint.refusal(full).detail());
            default ->
                failure(500, "error:db", ShortUrlsEndpoint.refusal(result).detail());
        };
    }

    private static YourlsAnswer rejected(Rejection rejection, String keyword) {
        return switch (rejection.reason()) {
            case DESTINATION_LOOPS -> failure(400, "error:noloop", "URL is a short URL");
            case SLUG_RESERVED -> keywordTaken(keyword);
            case SLUG_MALFORMED, SLUG_TOO_LONG -> failure(400, "error:keyword", rejection.detail());
            case URL_MALFORMED -> failure(400, "error:nourl", "Missing or malformed URL");
            default -> failure(400, "error:nourl", rejection.detail());
        };
    }

    private static YourlsAnswer keywordTaken(String keyword) {
        return failure(400, "error:keyword", "Short URL " + keyword + " already exists in database or is reserved");
    }

    private YourlsAnswer made(Request request, Link link) {
        Map<String, Object> url = members(
                "keyword", link.key().slug(),
                "url", link.longUrl(),
                "title", titleOf(link),
                "date", date(link.createdAt()),
                "ip", request.clientAddress().getHostAddress());
        String message = trimmed(link.longUrl()) + " added to database";
        return outcome(200, "", message, presenter.address(link))
                .with("url", url)
                .with("title", titleOf(link))
                .with("shorturl", presenter.address(link));
    }

    private YourlsAnswer exists(Link link) {
        ShortUrlJson shown = presenter.present(link);
        Map<String, Object> url = members(
                "keyword", link.key().slug(),
                "url", link.longUrl(),
                "title", titleOf(link),
                "date", date(link.createdAt()),
                "ip", "",
                "clicks", shown.visitsSummary().total());
        String message = trimmed(link.longUrl()) + " already exists in database (short URL: "
                + presenter.address(link).replaceFirst("^https?://", "") + ")";
        return outcome(400, "error:url", message, presenter.address(link))
                .with("url", url)
                .with("title", titleOf(link))
                .with("shorturl", presenter.address(link));
    }

    private YourlsAnswer expand(Fields fields, Caller caller) {
        String keyword = keyword(fields);
        Optional<Link> link = find(caller, keyword);
        if (link.isEmpty()) {
            Map<String, Object> members =
                    members("keyword", keyword, "message", "Error: short URL not found", "errorCode", "404");
            return new YourlsAnswer(404, members, "not found");
        }
        String longUrl = link.get().longUrl();
        return new YourlsAnswer(
                200,
                members(
                        "keyword",
                        link.get().key().slug(),
                        "shorturl",
                        presenter.address(link.get()),
                        "longurl",
                        longUrl,
                        "title",
                        titleOf(link.get()),
                        "message",
                        "success",
                        "statusCode",
                        "200"),
                longUrl);
    }

    private YourlsAnswer urlStats(Fields fields, Caller caller) {
        Optional<Link> link = find(caller, keyword(fields));
        if (link.isEmpty()) {
            return new YourlsAnswer(
                    404, members("statusCode", "404", "message", "Error: short URL not found"), NEED_XML_OR_JSON);
        }
        return new YourlsAnswer(
                200,
                members("statusCode", "200", "message", "success", "link", entry(presenter.present(link.get()))),
                NEED_XML_OR_JSON);
    }

    /** Without a limit only the totals, as in YOURLS, where the missing one counts as 0. */
    private YourlsAnswer stats(Fields fields, Caller caller) {
        LinkQuery.Builder query = LinkQuery.builder().visibility(caller.visibility());
        switch (fields.text("filter", "top")) {
            case "bottom" -> query.orderBy(LinkQuery.Order.VISITS, false);
            case "last", "rand", "random" -> query.orderBy(LinkQuery.Order.DATE_CREATED, true);
            default -> query.orderBy(LinkQuery.Order.VISITS, true);
        }
        int limit = fields.number("limit", LinkService.PAGE_LINKS_MAX);
        Map<String, Object> members = new LinkedHashMap<>();
        if (limit > 0) {
            Map<String, Object> entries = new LinkedHashMap<>();
            for (ShortUrlJson link :
                    presenter.present(slice(query.build(), fields.number("start", STATS_START_MAX), limit))) {
                entries.put("link_" + (entries.size() + 1), entry(link));
            }
            if (!entries.isEmpty()) {
                members.put("links", entries);
            }
        }
        members.putAll(members("stats", totals(caller), "statusCode", "200", "message", "success"));
        return new YourlsAnswer(200, members, NEED_XML_OR_JSON);
    }

    /** Links {@code start} to {@code start + limit - 1}, which lie on two pages at most. */
    private List<Link> slice(LinkQuery query, int start, int limit) {
        int page = start / limit + 1;
        int skipped = start % limit;
        List<Link> found = new ArrayList<>(links.list(query, page, limit).links());
        if (skipped > 0 && found.size() == limit) {
            found.addAll(links.list(query, page + 1, limit).links());
        }
        return found.subList(Math.min(skipped, found.size()), Math.min(skipped + limit, found.size()));
    }

    private YourlsAnswer dbStats(Caller caller) {
        return new YourlsAnswer(
                200, members("db-stats", totals(caller), "statusCode", "200", "message", "success"), NEED_XML_OR_JSON);
    }

    private Map<String, Object> totals(Caller caller) {
        long total = links.list(
                        LinkQuery.builder().visibility(caller.visibility()).build(), 1, 1)
                .totalItems();
        return members("total_links", total, "total_clicks", clicksInAll.getAsLong());
    }

    private Optional<Link> find(Caller caller, String keyword) {
        return switch (links.keyOf(null, keyword)) {
            case Checked.Accepted<LinkKey> accepted -> links.find(caller.visibility(), accepted.value());
            case Checked.Refused<LinkKey> refused -> Optional.empty();
        };
    }

    /** Clients send the keyword or the whole short URL. */
    private static String keyword(Fields fields) {
        String shortUrl = fields.text("shorturl", "");
        if (!shortUrl.contains("://")) {
            return shortUrl;
        }
        try {
            String path = URI.create(shortUrl).getPath();
            return path == null || path.isEmpty() ? "" : path.substring(1);
        } catch (IllegalArgumentException e) {
            return shortUrl;
        }
    }

    private static Map<String, Object> entry(ShortUrlJson link) {
        return members(
                "shorturl", link.shortUrl(),
                "url", link.longUrl(),
                "title", link.title() == null ? link.longUrl() : link.title(),
                "timestamp", link.dateCreated().substring(0, 19).replace('T', ' '),
                "ip", "",
                "clicks", link.visitsSummary().total());
    }

    private static String titleOf(Link link) {
        return link.title() == null ? link.longUrl() : link.title();
    }

    private static String date(Instant instant) {
        return DATE.format(instant);
    }

    /** YOURLS trims the URL in its messages. */
    private static String trimmed(String url) {
        return url.length() <= MESSAGE_URL_CHARS_MAX
                ? url
                : url.substring(0, MESSAGE_URL_CHARS_MAX - ELISION.length()) + ELISION;
    }

    private static YourlsAnswer failure(int status, String code, String message) {
        return outcome(status, code, message, "");
    }

    /** What YOURLS says of every attempt to shorten; {@code simple} is the short URL, or empty. */
    private static YourlsAnswer outcome(int status, String code, String message, String simple) {
        boolean success = status == 200;
        return new YourlsAnswer(
                status,
                members(
                        "status",
                        success ? "success" : "fail",
                        "code",
                        code,
                        "message",
                        message,
                        "errorCode",
                        success ? "" : Integer.toString(status),
                        "statusCode",
                        Integer.toString(status)),
                simple);
    }

    private static YourlsAnswer error(int status, String message) {
        return new YourlsAnswer(status, members("message", message, "errorCode", Integer.toString(status)), message);
    }

    private static Map<String, Object> members(Object... namesAndValues) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return members;
    }

    /** The request's parameters, whether in the query or in a form. */
    private record Fields(Map<String, List<String>> query, Map<String, List<String>> form) {
        Fields(Request request) {
            this(request.queryAll(), request.form());
        }

        boolean has(String name) {
            return form.containsKey(name) || query.containsKey(name);
        }

        String text(String name, String fallback) {
            String value = first(form.get(name));
            if (value == null) {
                value = first(query.get(name));
            }
            return value == null ? fallback : value.strip();
        }

        /** 0 to {@code most}; 0 when it is absent or no number. */
        int number(String name, int most) {
            String value = text(name, "");
            return value.matches("\\d{1,9}") ? Math.min(Integer.parseInt(value), most) : 0;
        }

        private static @Nullable String first(@Nullable List<String> values) {
            return values == null ? null : values.getFirst();
        }
    }
}
