package dev.casebook.urlshortener.cache;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkChange;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.RedirectStatus;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Links for tests, told apart by their version. */
final class Links {
    static final Instant MADE_AT = Instant.parse("2026-11-21T10:00:00Z");

    private Links() {}

    static Link link(LinkKey key, long version) {
        return new Link(
                7,
                key,
                version,
                "https://example.org/v" + version,
                RedirectStatus.FOUND,
                MADE_AT,
                null,
                null,
                null,
                null,
                List.of(),
                false,
                false,
                false,
                null,
                Set.of(),
                null);
    }

    static LinkChange change(LinkKey key, long version) {
        return new LinkChange(key, version, link(key, version));
    }

    static LinkChange deletion(LinkKey key, long version) {
        return new LinkChange(key, version, null);
    }
}
