package dev.casebook.urlshortener.api;

import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.link.Checked;
import dev.casebook.urlshortener.link.CreateLink;
import dev.casebook.urlshortener.link.CreateResult;
import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkQuery;
import dev.casebook.urlshortener.link.LinkService;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * YOURLS' {@code /yourls-api.php} (GET and POST): actions shorturl, expand, url-stats, stats, db-stats and version, in json, jsonp, xml or
 * simple. An API key stands where YOURLS has its signature token, or its password.
 *
 * <p>Not taken: the signature hashed with a timestamp, as that needs the key in plain text here, and we keep only its
 * hash. As YOURLS without unique URLs, two requests for one URL make two links. Handlers block.
 */
final class YourlsEndpoint {
    /** The YOURLS release whose answers these are. */
    private static final String VERSION = "1.10.1";

    private static final int STATS_LIMIT_DEFAULT = 10;
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
        return decide(request, fields).write(fields.text("format", "json"), fields.text("callback", ""));
    }

    private YourlsAnswer decide(Request request, Fields fields) {
        String key = fields.text("signature", fields.text("password", ""));
        if (!fields.text("timestamp", "").isEmpty()) {
            return error(403, "Signatures with a timestamp are not supported: send the API key as signature");
        }
        Optional<Caller> caller = key.isEmpty() ? Optional.empty() : authenticate.apply(key);
        if (caller.isEmpty()) {
            return error(403, key.isEmpty() ? "Please log in" : "Invalid signature");
        }
        return switch (fields.text("action", "")) {
            case "shorturl" -> shortUrl(request, fields, caller.get());
            case "expand" -> expand(fields, caller.get());
            case "url-stats" -> urlStats(fields, caller.get());
            case "stats" -> stats(fields, caller.get());
            case "db-stats" -> dbStats(caller.get());
            case "version" -> new YourlsAnswer(200, members("version", VERSION), VERSION);
            default -> error(400, "Unknown or missing \"action\" parameter");
        };
    }

    private YourlsAnswer shortUrl(Request request, Fields fields, Caller caller) {
        if (!caller.mayWrite()) {
            return error(403, "This API key may only read");
        }
        String url = fields.text("url", "");
        if (url.isEmpty()) {
            return failure("error:nourl", "Missing or malformed URL");
        }
        String keyword = fields.text("keyword", "");
        String title = fields.text("title", "");
        CreateResult result = links.create(
                caller.visibility(),
                CreateLink.to(url)
                        .customSlug(keyword.isEmpty() ? null : keyword)
                        .title(title.isEmpty() ? null : title)
                        .createdBy(caller.keyId())
                        .build());
        return switch (result) {
            case CreateResult.Created created -> made(request, created.link());
            case CreateResult.SlugTaken taken ->
                failure(
                        "error:keyword",
                        "Short URL " + taken.key().slug() + " already exists in database or is reserved");
            case CreateResult.Rejected rejected ->
                failure(
                        rejected.rejection().field().equals("customSlug") ? "error:keyword" : "error:url",
                        rejected.rejection().detail());
            default -> failure("error:db", ShortUrlsEndpoint.refusal(result).detail());
        };
    }

    private YourlsAnswer made(Request request, Link link) {
        String title = titleOf(link);
        Map<String, Object> url = members(
                "keyword", link.key().slug(),
                "url", link.longUrl(),
                "title", title,
                "date", date(link.createdAt()),
                "ip", request.clientAddress().getHostAddress());
        String shortUrl = presenter.address(link);
        return new YourlsAnswer(
                200,
                members(
                        "url",
                        url,
                        "status",
                        "success",
                        "message",
                        link.longUrl() + " added to database",
                        "title",
                        title,
                        "shorturl",
                        shortUrl,
                        "statusCode",
                        200),
                shortUrl);
    }

    private YourlsAnswer expand(Fields fields, Caller caller) {
        String keyword = keyword(fields);
        Optional<Link> link = find(caller, keyword);
        if (link.isEmpty()) {
            Map<String, Object> members = members(
                    "keyword",
                    keyword,
                    "simple",
                    "not found",
                    "message",
                    "Error: short URL not found",
                    "errorCode",
                    404);
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
                        "simple",
                        longUrl,
                        "message",
                        "success",
                        "statusCode",
                        200),
                longUrl);
    }

    private YourlsAnswer urlStats(Fields fields, Caller caller) {
        Optional<Link> link = find(caller, keyword(fields));
        if (link.isEmpty()) {
            return error(404, "Error: short URL not found");
        }
        Map<String, Object> entry = entry(presenter.present(link.get()));
        return new YourlsAnswer(
                200,
                members("statusCode", 200, "message", "success", "link", entry),
                String.valueOf(entry.get("clicks")));
    }

    private YourlsAnswer stats(Fields fields, Caller caller) {
        LinkQuery.Builder query = LinkQuery.builder().visibility(caller.visibility());
        switch (fields.text("filter", "top")) {
            case "top" -> query.orderBy(LinkQuery.Order.VISITS, true);
            case "bottom" -> query.orderBy(LinkQuery.Order.VISITS, false);
            case "last" -> query.orderBy(LinkQuery.Order.DATE_CREATED, true);
            default -> {
                return error(400, "\"filter\" must be top, bottom or last");
            }
        }
        int limit = fields.number("limit", STATS_LIMIT_DEFAULT, LinkService.PAGE_LINKS_MAX);
        List<ShortUrlJson> found =
                presenter.present(links.list(query.build(), 1, limit).links());
        Map<String, Object> entries = new LinkedHashMap<>();
        for (ShortUrlJson link : found) {
            entries.put("link_" + (entries.size() + 1), entry(link));
        }
        return new YourlsAnswer(
                200,
                members("links", entries, "stats", totals(caller), "statusCode", 200, "message", "success"),
                "Need either XML or JSON format for stats");
    }

    private YourlsAnswer dbStats(Caller caller) {
        return new YourlsAnswer(
                200,
                members("db-stats", totals(caller), "statusCode", 200, "message", "success"),
                "Need either XML or JSON format for stats");
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

    private static YourlsAnswer failure(String code, String message) {
        return new YourlsAnswer(
                400,
                members("status", "fail", "code", code, "message", message, "errorCode", 400, "statusCode", 400),
                message);
    }

    private static YourlsAnswer error(int status, String message) {
        return new YourlsAnswer(status, members("message", message, "errorCode", status), message);
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

        String text(String name, String fallback) {
            String value = first(form.get(name));
            if (value == null) {
                value = first(query.get(name));
            }
            return value == null ? fallback : value.strip();
        }

        int number(String name, int fallback, int most) {
            String value = text(name, "");
            return value.matches("\\d{1,9}") ? Math.clamp(Integer.parseInt(value), 1, most) : fallback;
        }

        private static @Nullable String first(@Nullable List<String> values) {
            return values == null ? null : values.getFirst();
        }
    }
}
