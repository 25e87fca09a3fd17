package dev.casebook.urlshortener.link;

import java.util.Optional;

/** What {@link LinkRepository#insert} did. */
public sealed interface InsertOutcome {
    /** The link is committed. */
    record Inserted(Link link) implements InsertOutcome {}

    /** A live link has this key; nothing was written. */
    record KeyTaken() implements InsertOutcome {}

    /** This link serves already; nothing was written. */
    record Matched(Link link) implements InsertOutcome {}

    /**
     * The idempotency key is recorded already; nothing was written.
     *
     * @param fingerprint of the request that recorded it
     * @param key of the link it made
     * @param link that link as it stands now; empty when it was deleted since
     */
    record Claimed(String fingerprint, LinkKey key, Optional<Link> link) implements InsertOutcome {}
}
