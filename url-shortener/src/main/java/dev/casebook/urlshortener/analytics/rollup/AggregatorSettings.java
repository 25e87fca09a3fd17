package dev.casebook.urlshortener.analytics.rollup;

/**
 * What an aggregator can be told.
 *
 * @param bootstrapServers of Kafka
 * @param topic must exist
 * @param group consumer group; its members share the topic's partitions
 * @param member this member's lasting name in the group: after a crash the same name gets the same partitions back at once,
 *     instead of after the session timeout. Two running members must not share it; the older one is fenced
 * @param visitRetentionDays how many days single visits are kept, 0 for none at all; counts are kept for ever
 * @param visitsPerLinkMax how many single visits of one link are kept per transaction, so that a hot link costs rows per
 *     bucket and not per click
 */
public record AggregatorSettings(
        String bootstrapServers,
        String topic,
        String group,
        String member,
        int visitRetentionDays,
        int visitsPerLinkMax) {
    private static final int VISIT_RETENTION_DAYS_DEFAULT = 30;
    private static final int VISIT_RETENTION_DAYS_MAX = 366;
    private static final int VISITS_PER_LINK_DEFAULT = 1_000;

    public AggregatorSettings {
        if (visitRetentionDays < 0 || visitRetentionDays > VISIT_RETENTION_DAYS_MAX) {
            throw new IllegalArgumentException(
                    "visitRetentionDays must be in [0, " + VISIT_RETENTION_DAYS_MAX + "]: " + visitRetentionDays);
        }
        if (visitsPerLinkMax < 0) {
            throw new IllegalArgumentException("visitsPerLinkMax must be >= 0: " + visitsPerLinkMax);
        }
    }

    /** 30 days of single visits, at most 1,000 of a link per transaction. */
    public static AggregatorSettings of(String bootstrapServers, String topic, String group, String member) {
        return new AggregatorSettings(
                bootstrapServers, topic, group, member, VISIT_RETENTION_DAYS_DEFAULT, VISITS_PER_LINK_DEFAULT);
    }
}
