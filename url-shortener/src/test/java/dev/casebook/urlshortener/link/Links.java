package dev.casebook.urlshortener.link;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Links and drafts for tests. */
public final class Links {
    /** When drafts were made; microseconds, as stored. */
    public static final Instant CREATED = Instant.parse("2026-11-21T09:00:00.123456Z");

    private Links() {}

    /** A draft with nothing but a key and a destination. */
    public static LinkDraft draft(String slug, String longUrl) {
        return draft("", slug, longUrl, Set.of(), null);
    }

    public static LinkDraft draft(
            String domain, String slug, String longUrl, Set<String> tags, @Nullable String createdBy) {
        return new LinkDraft(
                new LinkKey(domain, slug),
                longUrl,
                RedirectStatus.FOUND,
                CREATED,
                null,
                null,
                null,
                null,
                List.of(),
                false,
                false,
                null,
                new TreeSet<>(tags),
                createdBy);
    }

    /** A draft in which every part is set. */
    public static LinkDraft fullDraft(String slug) {
        return new LinkDraft(
                new LinkKey("s.example", slug),
                "https://example.com/a?b=c#d",
                RedirectStatus.PERMANENT_REDIRECT,
                CREATED,
                CREATED.plusSeconds(1),
                CREATED.plusSeconds(2),
                3,
                "pbkdf2-sha256$1$a$b",
                List.of(
                        new RedirectRule(
                                1,
                                "https://m.example.com/",
                                List.of(
                                        new RedirectRule.Condition(RedirectRule.Type.DEVICE, null, "android"),
                                        new RedirectRule.Condition(RedirectRule.Type.QUERY_PARAM, "a\"b", "c\\d"))),
                        new RedirectRule(
                                2,
                                "https://de.example.com/",
                                List.of(new RedirectRule.Condition(RedirectRule.Type.LANGUAGE, null, "de")))),
                true,
                true,
                "A title, with \"quotes\" and ünïcode",
                new TreeSet<>(Set.of("plain", "with \"quotes\"", "with \\ backslash", "{braces}", "ünïcode", "NULL")),
                "key-1");
    }

    /** The same link with other tags. */
    public static Link withTags(Link link, Set<String> tags) {
        return new Link(
                link.id(),
                link.key(),
                link.version(),
                link.longUrl(),
                link.status(),
                link.createdAt(),
                link.validSince(),
                link.validUntil(),
                link.maxVisits(),
                link.passwordHash(),
                link.rules(),
                link.forwardQuery(),
                link.crawlable(),
                link.blocked(),
                link.title(),
                tags,
                link.createdBy());
    }

    /** The same link with another destination. */
    public static Link withLongUrl(Link link, String longUrl) {
        return new Link(
                link.id(),
                link.key(),
                link.version(),
                longUrl,
                link.status(),
                link.createdAt(),
                link.validSince(),
                link.validUntil(),
                link.maxVisits(),
                link.passwordHash(),
                link.rules(),
                link.forwardQuery(),
                link.crawlable(),
                link.blocked(),
                link.title(),
                link.tags(),
                link.createdBy());
    }

    /** The same link with an end. */
    public static Link withValidUntil(Link link, Instant validUntil) {
        return new Link(
                link.id(),
                link.key(),
                link.version(),
                link.longUrl(),
                link.status(),
                link.createdAt(),
                link.validSince(),
                validUntil,
                link.maxVisits(),
                link.passwordHash(),
                link.rules(),
                link.forwardQuery(),
                link.crawlable(),
                link.blocked(),
                link.title(),
                link.tags(),
                link.createdBy());
    }
}
