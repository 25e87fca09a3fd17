package dev.casebook.urlshortener;

import dev.casebook.urlshortener.cache.TierSettings;
import dev.casebook.urlshortener.safety.BlocklistSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
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
 * @param blocklist hosts that links must not lead to, besides those in the database
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
        BlocklistSettings blocklist,
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
                BlocklistSettings.defaults(),
                false);
    }

    public NodeSettings withInitialApiKey(@Nullable String key) {
        return with(copy -> copy.initialApiKey = key);
    }

    public NodeSettings withNamespace(String name) {
        return with(copy -> copy.namespace = name);
    }

    public NodeSettings withIdStrategy(IdStrategy strategy) {
        return with(copy -> copy.idStrategy = strategy);
    }

    public NodeSettings withTrustedProxies(List<String> networks) {
        return with(copy -> copy.trustedProxies = networks);
    }

    public NodeSettings withTiers(TierSettings settings) {
        return with(copy -> copy.tiers = settings);
    }

    public NodeSettings withPublicUrl(URI url) {
        return with(copy -> copy.publicUrl = url);
    }

    public NodeSettings withAggregate(boolean counts) {
        return with(copy -> copy.aggregate = counts);
    }

    public NodeSettings withBlocklist(BlocklistSettings list) {
        return with(copy -> copy.blocklist = list);
    }

    public NodeSettings withChaos() {
        return with(copy -> copy.chaos = true);
    }

    private NodeSettings with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.settings();
    }

    /** The components for as long as one of them is being replaced. */
    private static final class Copy {
        String bind;
        int httpPort;

        @Nullable
        URI publicUrl;

        String nodeId;
        Path folder;

        @Nullable
        String initialApiKey;

        IdStrategy idStrategy;
        List<String> trustedProxies;
        List<String> corsOrigins;
        boolean fetchTitles;
        boolean aggregate;
        boolean sampleLinks;
        String namespace;
        TierSettings tiers;
        int eventLoops;
        BlocklistSettings blocklist;
        boolean chaos;

        Copy(NodeSettings of) {
            bind = of.bind;
            httpPort = of.httpPort;
            publicUrl = of.publicUrl;
            nodeId = of.nodeId;
            folder = of.folder;
            initialApiKey = of.initialApiKey;
            idStrategy = of.idStrategy;
            trustedProxies = of.trustedProxies;
            corsOrigins = of.corsOrigins;
            fetchTitles = of.fetchTitles;
            aggregate = of.aggregate;
            sampleLinks = of.sampleLinks;
            namespace = of.namespace;
            tiers = of.tiers;
            eventLoops = of.eventLoops;
            blocklist = of.blocklist;
            chaos = of.chaos;
        }

        NodeSettings settings() {
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
                    blocklist,
                    chaos);
        }
    }
}
