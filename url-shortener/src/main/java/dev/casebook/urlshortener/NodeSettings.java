package dev.casebook.urlshortener;

import dev.casebook.urlshortener.cache.TierSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one node is told at its start.
 *
 * @param httpPort 0 for any free one
 * @param publicUrl scheme and authority that visitors use; null for this node's own address
 * @param nodeId lasting name among its peers; two running nodes must not share it
 * @param folder where the node keeps clicks that Kafka does not take
 * @param initialApiKey an administrator's key to be accepted; null to have one made if there is none
 * @param idStrategy how codes are generated
 * @param trustedProxies networks whose {@code X-Forwarded-*} are believed
 * @param corsOrigins origins whose pages may use the API; {@code *} for all
 * @param fetchTitles whether a create may read the destination's page for its title
 * @param aggregate whether this node also turns clicks into statistics
 * @param sampleLinks whether an installation without a key yet gets some links to look at
 * @param namespace tells installations apart that share Redis and Kafka; empty for the usual names
 * @param eventLoops threads of the HTTP server; 0 for one per core
 * @param chaos whether administrators may hurt the embedded servers through the API
 */
public record NodeSettings(
        String bind,
        int httpPort,
        @Nullable URI publicUrl,
        String nodeId,
        Path folder,
        @Nullable String initialApiKey,
        IdStrategy idStrategy,
        List<String> trustedProxies,
        List<String> corsOrigins,
        boolean fetchTitles,
        boolean aggregate,
        boolean sampleLinks,
        String namespace,
        TierSettings tiers,
        int eventLoops,
        boolean chaos) {
    /** How short codes are generated; see {@code docs/trade-offs.md}. */
    public enum IdStrategy {
        SEQUENCE,
        SNOWFLAKE,
        RANDOM,
        HASH,
        REDIS
    }

    /** A node on the loopback interface with everything by default. */
    public static NodeSettings local(String nodeId, int httpPort, Path folder) {
        return new NodeSettings(
                "127.0.0.1",
                httpPort,
                null,
                nodeId,
                folder,
                null,
                IdStrategy.SEQUENCE,
                List.of(),
                List.of("*"),
                false,
                true,
                false,
                "",
                TierSettings.defaults(),
                0,
                false);
    }

    public NodeSettings withInitialApiKey(@Nullable String key) {
        return new NodeSettings(
                bind,
                httpPort,
                publicUrl,
                nodeId,
                folder,
                key,
                idStrategy,
                trustedProxies,
                corsOrigins,
                fetchTitles,
                aggregate,
                sampleLinks,
                namespace,
                tiers,
                eventLoops,
                chaos);
    }

    public NodeSettings withNamespace(String name) {
        return new NodeSettings(
                bind,
                httpPort,
                publicUrl,
                nodeId,
                folder,
                initialApiKey,
                idStrategy,
                trustedProxies,
                corsOrigins,
                fetchTitles,
                aggregate,
                sampleLinks,
                name,
                tiers,
                eventLoops,
                chaos);
    }

    public NodeSettings withIdStrategy(IdStrategy strategy) {
        return new NodeSettings(
                bind,
                httpPort,
                publicUrl,
                nodeId,
                folder,
                initialApiKey,
                strategy,
                trustedProxies,
                corsOrigins,
                fetchTitles,
                aggregate,
                sampleLinks,
                namespace,
                tiers,
                eventLoops,
                chaos);
    }

    public NodeSettings withTrustedProxies(List<String> networks) {
        return new NodeSettings(
                bind,
                httpPort,
                publicUrl,
                nodeId,
                folder,
                initialApiKey,
                idStrategy,
                networks,
                corsOrigins,
                fetchTitles,
                aggregate,
                sampleLinks,
                namespace,
                tiers,
                eventLoops,
                chaos);
    }

    public NodeSettings withTiers(TierSettings settings) {
        return new NodeSettings(
                bind,
                httpPort,
                publicUrl,
                nodeId,
                folder,
                initialApiKey,
                idStrategy,
                trustedProxies,
                corsOrigins,
                fetchTitles,
                aggregate,
                sampleLinks,
                namespace,
                settings,
                eventLoops,
                chaos);
    }

    public NodeSettings withPublicUrl(URI url) {
        return new NodeSettings(
                bind,
                httpPort,
                url,
                nodeId,
                folder,
                initialApiKey,
                idStrategy,
                trustedProxies,
                corsOrigins,
                fetchTitles,
                aggregate,
                sampleLinks,
                namespace,
                tiers,
                eventLoops,
                chaos);
    }

    public NodeSettings withAggregate(boolean counts) {
        return new NodeSettings(
                bind,
                httpPort,
                publicUrl,
                nodeId,
                folder,
                initialApiKey,
                idStrategy,
                trustedProxies,
                corsOrigins,
                fetchTitles,
                counts,
                sampleLinks,
                namespace,
                tiers,
                eventLoops,
                chaos);
    }

    public NodeSettings withChaos() {
        return new NodeSettings(
                bind,
                httpPort,
                publicUrl,
                nodeId,
                folder,
                initialApiKey,
                idStrategy,
                trustedProxies,
                corsOrigins,
                fetchTitles,
                aggregate,
                sampleLinks,
                namespace,
                tiers,
                eventLoops,
                true);
    }
}
