package dev.casebook.urlshortener;

import dev.casebook.backing.BackingOptions;
import dev.casebook.backing.BackingServices;
import dev.casebook.common.cli.CommandLines;
import dev.casebook.common.cli.ServiceOptions;
import dev.casebook.common.lifecycle.Lifecycle;
import dev.casebook.urlshortener.NodeSettings.IdStrategy;
import dev.casebook.urlshortener.auth.ApiKeyService;
import dev.casebook.urlshortener.cache.TierSettings;
import dev.casebook.urlshortener.safety.BlocklistFile;
import dev.casebook.urlshortener.safety.BlocklistSettings;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./casebook run url-shortener}: reads the settings, starts the backing services and a node, stops them on a signal. */
@Command(
        name = "url-shortener",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Short links: redirects, REST APIs of Shlink and YOURLS, click statistics, a web page.")
public final class UrlShortenerApp implements Callable<Integer> {
    private static final String MODULE = "url-shortener";
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9-]{1,32}");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    @Mixin
    private BackingOptions backing = new BackingOptions();

    @Option(
            names = "--public-url",
            paramLabel = "URL",
            description =
                    "Scheme and host that visitors type, as https://s.example (default: this node's own address).")
    private @Nullable URI publicUrl;

    private @Nullable String initialApiKey;

    @Option(
            names = "--initial-api-key",
            paramLabel = "KEY",
            description =
                    "An administrator's API key to accept: 1 to 256 printable ASCII characters without spaces, better"
                            + " 16 or more. Without it the first start makes one and prints it.")
    void initialApiKey(String key) {
        if (!ApiKeyService.isKey(key)) {
            // Without the value: it may be a good part of a secret.
            throw new ParameterException(
                    spec.commandLine(), "Invalid value for option '--initial-api-key': it " + ApiKeyService.KEY_RULE);
        }
        initialApiKey = key;
    }

    @Option(
            names = "--id-strategy",
            paramLabel = "NAME",
            defaultValue = "sequence",
            description = "How codes are generated: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private IdStrategy idStrategy = IdStrategy.SEQUENCE;

    @Option(
            names = "--trusted-proxies",
            paramLabel = "CIDR",
            split = ",",
            description = "Networks whose X-Forwarded-* headers are believed, as 10.0.0.0/8 (default: none).")
    private List<String> trustedProxies = new ArrayList<>();

    @Option(
            names = "--cors-origins",
            paramLabel = "ORIGIN",
            split = ",",
            defaultValue = "*",
            description = "Origins whose pages may call the API, * for all (default: ${DEFAULT-VALUE}).")
    private List<String> corsOrigins = new ArrayList<>();

    @Option(names = "--fetch-titles", description = "Let a create ask for the destination's page title (fetchTitle).")
    private boolean fetchTitles;

    @Option(names = "--no-aggregator", description = "Leave counting to other nodes; this one only records clicks.")
    private boolean noAggregator;

    private String namespace = "";

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "Keeps installations apart that share a Redis and a Kafka: part of every key, topic and"
                    + " group (default: none).")
    void namespace(String name) {
        if (!NAMESPACE.matcher(name).matches()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Invalid value for option '--namespace': '" + name
                            + "' must be 1 to 32 letters, digits and hyphens");
        }
        namespace = name + ":";
    }

    @Option(names = "--no-sample-links", description = "Start a new installation empty.")
    private boolean noSampleLinks;

    @Option(
            names = "--chaos",
            description = "Let administrators pause and kill the embedded servers, on the System page or by"
                    + " PUT /api/v1/chaos/redis?fault=pause&seconds=10, to see what the service does meanwhile.")
    private boolean chaos;

    private BlocklistSettings blocklist = BlocklistSettings.defaults();

    @Option(
            names = "--blocklist",
            paramLabel = "FILE",
            description =
                    "Hosts that links must not lead to, one a line, with their subdomains; # begins a comment. Read"
                            + " again when it changes. Give every node the same (default: none).")
    void blocklist(Path file) {
        try {
            BlocklistFile.open(file);
        } catch (IllegalArgumentException | UncheckedIOException unusable) {
            throw new ParameterException(
                    spec.commandLine(), "Invalid value for option '--blocklist': " + unusable.getMessage(), unusable);
        }
        blocklist = blocklist.withFile(file);
    }

    private int eventLoops;
    private int cacheMib = Math.toIntExact(TierSettings.Near.defaults().bytesMax() >> 20);
    private int cacheTtlSeconds =
            Math.toIntExact(TierSettings.Near.defaults().ttl().toSeconds());

    @Option(
            names = "--event-loops",
            paramLabel = "N",
            description = "Threads that serve connections (default: one per core).")
    void eventLoops(int count) {
        eventLoops = requireAtLeast(1, "--event-loops", count);
    }

    @Option(
            names = "--cache-mib",
            paramLabel = "MIB",
            description = "Heap for links cached in this process, 0 to cache none (default: 128).")
    void cacheMib(int mebibytes) {
        cacheMib = requireAtLeast(0, "--cache-mib", mebibytes);
    }

    @Option(
            names = "--cache-ttl",
            paramLabel = "SECONDS",
            description = "How long a cached link is served before Redis is asked again; changes arrive"
                    + " at once in any case (default: 60).")
    void cacheTtl(int seconds) {
        cacheTtlSeconds = requireAtLeast(1, "--cache-ttl", seconds);
    }

    @Option(
            names = "--no-shared-cache",
            description = "Read no links from Redis and put none there: what this process lacks it reads from"
                    + " PostgreSQL. Redis still tells it of changes. Clients over their miss budget then get only"
                    + " what this process holds.")
    private boolean noSharedCache;

    private int requireAtLeast(int min, String option, int value) {
        if (value < min) {
            throw new ParameterException(
                    spec.commandLine(), "Invalid value for option '" + option + "': '" + value + "' must be >= " + min);
        }
        return value;
    }

    /** Process entry. */
    public static void main(String[] args) {
        System.exit(CommandLines.run(new UrlShortenerApp(), args));
    }

    @Override
    public Integer call() throws Exception {
        Path folder = service.dataDir(MODULE);
        NodeSettings settings = settings(folder).withNamespace(namespace);
        Lifecycle lifecycle = new Lifecycle();
        lifecycle.installShutdownHook();
        BackingServices services =
                lifecycle.add("backing services", backing.builder(folder).start());
        UrlShortenerNode node =
                UrlShortenerNode.start(settings, services.postgres(), services.redis(), services.kafka(), lifecycle);
        new Announcement(
                        node.uri(),
                        node.newApiKey().orElse(null),
                        initialApiKey,
                        services.postgres(),
                        services.redis(),
                        services.kafka())
                .print(spec.commandLine().getOut());
        lifecycle.awaitTermination();
        return 0;
    }

    private NodeSettings settings(Path folder) {
        if (publicUrl != null
                && (publicUrl.getHost() == null || !publicUrl.getRawPath().isEmpty())) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Invalid value for option '--public-url': '" + publicUrl
                            + "' must be a scheme and a host, as https://s.example");
        }
        return new NodeSettings(
                service.bind(),
                service.httpPort(),
                publicUrl,
                service.nodeId(),
                folder.resolve("node-" + service.nodeId()),
                initialApiKey,
                idStrategy,
                trustedProxies,
                corsOrigins,
                fetchTitles,
                !noAggregator,
                !noSampleLinks,
                "",
                tiers(),
                eventLoops,
                blocklist,
                chaos);
    }

    private TierSettings tiers() {
        TierSettings.Near near = TierSettings.Near.defaults()
                .withBytesMax((long) cacheMib << 20)
                .withTtl(Duration.ofSeconds(cacheTtlSeconds));
        return TierSettings.defaults().withNear(near).withSharesLinks(!noSharedCache);
    }
}
