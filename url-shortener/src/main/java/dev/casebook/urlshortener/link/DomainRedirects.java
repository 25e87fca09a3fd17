package dev.casebook.urlshortener.link;

import org.jspecify.annotations.Nullable;

/**
 * Where a domain leads visitors who met no link, as in Shlink; null for a page that says so.
 *
 * @param baseUrl for the domain without a path
 * @param invalidShortUrl for a code without a link, or whose link leads nowhere now
 * @param regular404 for any other path
 */
public record DomainRedirects(
        @Nullable String baseUrl,
        @Nullable String invalidShortUrl,
        @Nullable String regular404) {
    /** Leads nowhere. */
    public static final DomainRedirects NONE = new DomainRedirects(null, null, null);
}
