package dev.casebook.urlshortener.link;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A checked link that is not stored yet: what {@link Link} has except the id and version that the store gives. Immutable.
 */
public record LinkDraft(
        LinkKey key,
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
        @Nullable String title,
        SortedSet<String> tags,
        @Nullable String createdBy) {
    public LinkDraft {
        rules = List.copyOf(rules);
        tags = Collections.unmodifiableSortedSet(new TreeSet<>(tags));
    }

    /** The same link under another key: the next candidate when a generated one was taken. */
    public LinkDraft withKey(LinkKey value) {
        return new LinkDraft(
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
                title,
                tags,
                createdBy);
    }

    /** The same link with a title. */
    public LinkDraft withTitle(@Nullable String value) {
        return new LinkDraft(
                key,
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
                tags,
                createdBy);
    }

    /** The link that the store made of this draft. */
    public Link stored(long id, long version) {
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
                false,
                title,
                tags,
                createdBy);
    }

    /**
     * Whether a stored link would serve a {@code findIfExists} request for this draft: it answers every visitor the same.
     * Title, crawlability and maker may differ; a link with a password or a blocked one never serves.
     *
     * @param slugToo whether the slug was asked for and must be equal as well
     */
    public boolean isServedBy(Link link, boolean slugToo) {
        return passwordHash == null
                && link.passwordHash() == null
                && !link.blocked()
                && longUrl.equals(link.longUrl())
                && key.domain().equals(link.key().domain())
                && (!slugToo || key.equals(link.key()))
                && status == link.status()
                && Objects.equals(validSince, link.validSince())
                && Objects.equals(validUntil, link.validUntil())
                && Objects.equals(maxVisits, link.maxVisits())
                && rules.equals(link.rules())
                && forwardQuery == link.forwardQuery()
                && tags.equals(link.tags());
    }
}
