package dev.casebook.urlshortener.link;

/** What became of a {@link LinkPatch}. */
public sealed interface EditResult {
    /** The link as it now stands committed. A patch that changed nothing leaves the version as it was. */
    record Edited(Link link) implements EditResult {}

    /** There is no such link for this caller (HTTP 404). */
    record NotFound(LinkKey key) implements EditResult {}

    /** The patch breaks a rule (HTTP 400); nothing was written. */
    record Rejected(Rejection rejection) implements EditResult {}
}
