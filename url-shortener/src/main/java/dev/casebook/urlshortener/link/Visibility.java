package dev.casebook.urlshortener.link;

import org.jspecify.annotations.Nullable;

/**
 * The part of all links that a caller may see and change. A link outside of it does not exist for that caller.
 *
 * @param createdBy only links made by this API key; null for anyone's
 * @param domain only links on this domain, in the form of {@link LinkKey#domain}; null for every domain
 */
public record Visibility(
        @Nullable String createdBy, @Nullable String domain) {
    /** Sees everything. */
    public static final Visibility ALL = new Visibility(null, null);

    /** Whether a link lies within. */
    public boolean covers(Link link) {
        return (createdBy == null || createdBy.equals(link.createdBy()))
                && coversDomain(link.key().domain());
    }

    /** Whether links on a domain may lie within. */
    public boolean coversDomain(String candidate) {
        return domain == null || domain.equals(candidate);
    }
}
