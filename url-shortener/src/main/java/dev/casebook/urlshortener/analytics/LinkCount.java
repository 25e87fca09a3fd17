package dev.casebook.urlshortener.analytics;

/**
 * Clicks of a link since ever.
 *
 * @param clicks people's
 * @param bots crawlers', previews', prefetches'
 * @param revision of two counts of a link the one with the higher revision is the newer; 0 when there never was a click
 */
public record LinkCount(long linkId, long clicks, long bots, long revision) {
    /** The link id under which all links together are counted. */
    public static final long ALL_LINKS = 0;

    /** A link without clicks. */
    public static LinkCount none(long linkId) {
        return new LinkCount(linkId, 0, 0, 0);
    }

    /** Clicks of people and bots together. */
    public long total() {
        return clicks + bots;
    }
}
