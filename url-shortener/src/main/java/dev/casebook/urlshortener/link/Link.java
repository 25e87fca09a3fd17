package dev.casebook.urlshortener.link;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A short link as stored, everything a redirect or an editor needs to know of it. Immutable.
 *
 * @param id never reused, not shown to visitors; a slug that is deleted and made again gets a new one
 * @param version grows with every committed change of this key, also across delete and re-creation: of two copies the
 *     one with the higher version is the newer
 * @param longUrl the destination, normalised by {@code UrlNormalizer}
 * @param validSince before it the link answers 404; null for at once
 * @param validUntil from it on the link answers 404; null for never
 * @param maxVisits after as many redirects the link answers 404; null for no limit
 * @param passwordHash null when the link asks for no password
 * @param rules ascending by priority
 * @param forwardQuery whether the visitor's query string is appended to the destination
 * @param crawlable whether robots.txt lets crawlers in
 * @param blocked true when a destination policy has condemned the link after creation: it answers 404 with a warning page
 * @param createdBy the id of the API key that made it, null for the web page's own key
 */
public record Link(
        long id,
        LinkKey key,
        long version,
        String longUrl,
        RedirectStatus status,
        Instant createdAt,
        @Nullable Instant validSince,
        @Nullable Instant validUntil,
        @Nullable Integer maxVisits,
        @Nullable String passwordHash,
        List<RedirectRule> rules,
        boolean forwardQuery,
        boolean crawlable,
        boolean blocked,
        @Nullable String title,
        Set<String> tags,
        @Nullable String createdBy) {
    public Link {
        rules = List.copyOf(rules);
        tags = Set.copyOf(tags);
    }

    /** The same link as another change committed it. */
    public Link withVersion(long value) {
        return new Link(
                id,
                key,
                value,
                longUrl,
                status,
                createdAt,
                validSince,
                validUntil,
                maxVisits,
                passwordHash,
                rules,
                forwardQuery,
                crawlable,
                blocked,
                title,
                tags,
                createdBy);
    }

    /** The same link, condemned or acquitted by a destination policy. */
    public Link withBlocked(boolean value) {
        return new Link(
                id,
                key,
                version,
                longUrl,
                status,
                createdAt,
                validSince,
                validUntil,
                maxVisits,
                passwordHash,
                rules,
                forwardQuery,
                crawlable,
                value,
                title,
                tags,
                createdBy);
    }
}
