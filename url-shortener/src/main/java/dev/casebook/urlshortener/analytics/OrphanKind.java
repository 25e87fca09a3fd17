package dev.casebook.urlshortener.analytics;

/**
 * A visit that met no link, told apart as Shlink does. Orphans are counted like links, under ids that no link has
 * (links count from 1).
 */
public enum OrphanKind {
    BASE_URL(-1, "base_url"),
    INVALID_SHORT_URL(-2, "invalid_short_url"),
    REGULAR_404(-3, "regular_404");

    private final long linkId;
    private final String wireName;

    OrphanKind(long linkId, String wireName) {
        this.linkId = linkId;
        this.wireName = wireName;
    }

    /** What {@link Click#linkId} holds for a visit of this kind. */
    public long linkId() {
        return linkId;
    }

    /** The name in Shlink's REST API. */
    public String wireName() {
        return wireName;
    }
}
