package dev.casebook.urlshortener.redirect;

import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.analytics.OrphanKind;
import dev.casebook.urlshortener.link.DomainRedirects;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Visits that met no link: each is counted by its kind, and led to where the domain's owner wants it (Shlink's "not found
 * redirects"), or answered by a page. In a redirect's URL {@code {DOMAIN}} and {@code {ORIGINAL_PATH}} stand for what the visitor
 * asked for. HEAD is answered alike and not counted. Thread-safe; does not block.
 */
final class OrphanVisits {
    private static final String DOMAIN = "{DOMAIN}";
    private static final String ORIGINAL_PATH = "{ORIGINAL_PATH}";

    private final ClickCapture clicks;
    private final DomainRedirectsView redirects;
    private final InstantSource clock;

    OrphanVisits(ClickCapture clicks, DomainRedirectsView redirects, InstantSource clock) {
        this.clicks = clicks;
        this.redirects = redirects;
        this.clock = clock;
    }

    /** Counts the visit and leads it on, or gives {@code otherwise} when the domain leads nowhere. */
    CompletionStage<Reply> answer(Request request, OrphanKind kind, Supplier<Reply> otherwise) {
        record(request, kind);
        return destination(request, kind).thenApply(to -> to == null ? otherwise.get() : lead(to));
    }

    void record(Request request, OrphanKind kind) {
        if (!request.method().equals(HttpMethod.HEAD)) {
            clicks.record(request, kind.linkId(), clock.millis());
        }
    }

    /** Where visits of a kind are led on the request's domain; completes with null when nowhere. */
    CompletionStage<@Nullable String> destination(Request request, OrphanKind kind) {
        return redirects.of(request.host()).thenApply(own -> {
            String template = template(own, kind);
            return template == null ? null : fill(template, request);
        });
    }

    static Reply lead(String destination) {
        return Reply.redirect(302, LocationHeader.of(destination)).withHeader("cache-control", "private, max-age=0");
    }

    private static @Nullable String template(DomainRedirects redirects, OrphanKind kind) {
        return switch (kind) {
            case BASE_URL -> redirects.baseUrl();
            case INVALID_SHORT_URL -> redirects.invalidShortUrl();
            case REGULAR_404 -> redirects.regular404();
        };
    }

    /** The visitor's text never reaches the scheme or authority: a placeholder counts from the path on. */
    private static String fill(String template, Request request) {
        int authority = template.indexOf("://");
        int path = authority < 0 ? -1 : template.indexOf('/', authority + 3);
        if (path < 0 || template.indexOf('{', path) < 0) {
            return template;
        }
        int mark = template.indexOf('?', path);
        int query = mark < 0 ? template.length() : mark;
        return template.substring(0, path)
                + template.substring(path, query)
                        .replace(DOMAIN, encode(request.host()))
                        .replace(ORIGINAL_PATH, request.path())
                        .replace("//", "/")
                + template.substring(query)
                        .replace(DOMAIN, encode(request.host()))
                        .replace(ORIGINAL_PATH, encode(request.path()));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
