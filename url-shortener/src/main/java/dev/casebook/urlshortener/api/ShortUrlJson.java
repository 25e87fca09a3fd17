package dev.casebook.urlshortener.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.casebook.urlshortener.link.Checked;
import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkPage;
import dev.casebook.urlshortener.link.NormalizedUrl;
import dev.casebook.urlshortener.link.RedirectRule;
import dev.casebook.urlshortener.link.UrlNormalizer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A link as Shlink's REST v3 shows it, with four members more. Instants carry an offset and whole seconds, as Shlink's do.
 *
 * @param domain null for the default domain
 * @param displayUrl the destination with its host spelled so that it cannot pass for another; for reading, not for following
 */
record ShortUrlJson(
        String shortCode,
        String shortUrl,
        String longUrl,
        String dateCreated,
        VisitsSummary visitsSummary,
        List<String> tags,
        Meta meta,
        @Nullable String domain,
        @Nullable String title,
        boolean crawlable,
        boolean forwardQuery,
        boolean hasRedirectRules,
        boolean hasPassword,
        int redirectStatus,
        boolean blocked,
        String displayUrl) {
    /** Visits by people and by bots. */
    record VisitsSummary(long total, long nonBots, long bots) {
        static VisitsSummary of(long nonBots, long bots) {
            return new VisitsSummary(nonBots + bots, nonBots, bots);
        }
    }

    record Meta(
            @Nullable String validSince,
            @Nullable String validUntil,
            @Nullable Integer maxVisits) {}

    record Pagination(int currentPage, int pagesCount, int itemsPerPage, int itemsInCurrentPage, long totalItems) {
        static Pagination of(LinkPage page) {
            return new Pagination(
                    page.page(),
                    page.pagesCount(),
                    page.itemsPerPage(),
                    page.links().size(),
                    page.totalItems());
        }

        static Pagination of(int page, int itemsPerPage, int itemsInPage, long totalItems) {
            long pages = Math.max(1, (totalItems + itemsPerPage - 1) / itemsPerPage);
            return new Pagination(
                    page, (int) Math.min(Integer.MAX_VALUE, pages), itemsPerPage, itemsInPage, totalItems);
        }
    }

    /** A page of anything under Shlink's names. */
    record Page<T>(List<T> data, Pagination pagination) {}

    record Rule(String longUrl, int priority, List<Condition> conditions) {
        static Rule of(RedirectRule rule) {
            return new Rule(
                    rule.longUrl(),
                    rule.priority(),
                    rule.conditions().stream()
                            .map(condition -> new Condition(
                                    condition.type().wireName(), condition.matchKey(), condition.matchValue()))
                            .toList());
        }
    }

    record Condition(
            String type,
            @JsonProperty @Nullable String matchKey,
            @JsonProperty @Nullable String matchValue) {}

    static ShortUrlJson of(Link link, ShortUrlAddress address, VisitsSummary visits, UrlNormalizer normalizer) {
        return new ShortUrlJson(
                link.key().slug(),
                address.of(link.key()),
                link.longUrl(),
                iso(link.createdAt()),
                visits,
                link.tags().stream().sorted().toList(),
                new Meta(isoOrNull(link.validSince()), isoOrNull(link.validUntil()), link.maxVisits()),
                link.key().domain().isEmpty() ? null : link.key().domain(),
                link.title(),
                link.crawlable(),
                link.forwardQuery(),
                !link.rules().isEmpty(),
                link.passwordHash() != null,
                link.status().code(),
                link.blocked(),
                displayUrl(link.longUrl(), normalizer));
    }

    /** An instant as {@code 2026-11-21T10:15:30+00:00}. */
    static String iso(Instant instant) {
        String zulu = instant.truncatedTo(ChronoUnit.SECONDS).toString();
        return zulu.substring(0, zulu.length() - 1) + "+00:00";
    }

    private static @Nullable String isoOrNull(@Nullable Instant instant) {
        return instant == null ? null : iso(instant);
    }

    private static String displayUrl(String longUrl, UrlNormalizer normalizer) {
        if (normalizer.normalize(longUrl) instanceof Checked.Accepted<NormalizedUrl> accepted) {
            NormalizedUrl url = accepted.value();
            int host = url.host().isEmpty() ? -1 : url.url().indexOf(url.host());
            return host < 0
                    ? longUrl
                    : url.url().substring(0, host)
                            + url.displayHost()
                            + url.url().substring(host + url.host().length());
        }
        return longUrl;
    }
}
