package dev.casebook.urlshortener;

import dev.casebook.backing.ChaosSwitches;
import dev.casebook.backing.KafkaService;
import dev.casebook.backing.PostgresService;
import dev.casebook.backing.RedisService;
import dev.casebook.common.http.Cors;
import dev.casebook.common.http.EventLoops;
import dev.casebook.common.http.HttpLimits;
import dev.casebook.common.http.HttpServer;
import dev.casebook.common.http.OperationalRoutes;
import dev.casebook.common.http.Routes;
import dev.casebook.common.http.TrustedProxies;
import dev.casebook.common.id.LeaseTerms;
import dev.casebook.common.id.Snowflake;
import dev.casebook.common.id.SnowflakeLayout;
import dev.casebook.common.id.WorkerIdLeaseHolder;
import dev.casebook.common.lifecycle.Lifecycle;
import dev.casebook.common.metrics.Metrics;
import dev.casebook.urlshortener.analytics.CountryLocator;
import dev.casebook.urlshortener.analytics.capture.CaptureSettings;
import dev.casebook.urlshortener.analytics.capture.ClickCapture;
import dev.casebook.urlshortener.analytics.capture.ClickTopic;
import dev.casebook.urlshortener.analytics.capture.DailySalts;
import dev.casebook.urlshortener.analytics.live.LiveClickPublisher;
import dev.casebook.urlshortener.analytics.live.LiveClicks;
import dev.casebook.urlshortener.analytics.rollup.AggregatorSettings;
import dev.casebook.urlshortener.analytics.rollup.ClickAggregator;
import dev.casebook.urlshortener.analytics.stats.ClickStatistics;
import dev.casebook.urlshortener.analytics.stats.VisitErasure;
import dev.casebook.urlshortener.api.ApiRoutes;
import dev.casebook.urlshortener.auth.ApiKeyService;
import dev.casebook.urlshortener.auth.PasswordHash;
import dev.casebook.urlshortener.cache.RedisLinkStore;
import dev.casebook.urlshortener.cache.RedisSettings;
import dev.casebook.urlshortener.cache.TieredLinkCache;
import dev.casebook.urlshortener.id.RandomGenerator;
import dev.casebook.urlshortener.id.RedisIncrGenerator;
import dev.casebook.urlshortener.id.SequenceBlockGenerator;
import dev.casebook.urlshortener.id.ShortCodeGenerator;
import dev.casebook.urlshortener.id.ShortCodes;
import dev.casebook.urlshortener.id.SnowflakeGenerator;
import dev.casebook.urlshortener.id.UrlHashGenerator;
import dev.casebook.urlshortener.link.DestinationPolicy;
import dev.casebook.urlshortener.link.Domains;
import dev.casebook.urlshortener.link.LinkChange;
import dev.casebook.urlshortener.link.LinkChangePublisher;
import dev.casebook.urlshortener.link.LinkRules;
import dev.casebook.urlshortener.link.LinkService;
import dev.casebook.urlshortener.link.RequestFingerprint;
import dev.casebook.urlshortener.link.SlugPolicy;
import dev.casebook.urlshortener.link.TitleSource;
import dev.casebook.urlshortener.link.UrlNormalizer;
import dev.casebook.urlshortener.redirect.DomainDirectory;
import dev.casebook.urlshortener.redirect.GeoLocator;
import dev.casebook.urlshortener.redirect.PostgresVisitGrants;
import dev.casebook.urlshortener.redirect.PreparedRedirects;
import dev.casebook.urlshortener.redirect.RedirectFastPath;
import dev.casebook.urlshortener.redirect.RedirectHandler;
import dev.casebook.urlshortener.redirect.RedirectSettings;
import dev.casebook.urlshortener.safety.NodeAddress;
import dev.casebook.urlshortener.safety.TitleFetcher;
import dev.casebook.urlshortener.store.Database;
import dev.casebook.urlshortener.store.DatabaseLimits;
import dev.casebook.urlshortener.store.Housekeeping;
import dev.casebook.urlshortener.store.NodeIdClaim;
import dev.casebook.urlshortener.store.OutboxRelay;
import dev.casebook.urlshortener.store.PostgresApiKeys;
import dev.casebook.urlshortener.store.PostgresBlockLeases;
import dev.casebook.urlshortener.store.PostgresInstallationSecrets;
import dev.casebook.urlshortener.store.PostgresLinkRepository;
import dev.casebook.urlshortener.store.PostgresOutbox;
import dev.casebook.urlshortener.store.PostgresWorkerIdLeases;
import dev.casebook.urlshortener.store.Schema;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: opens the parts of a node in the order of their dependence. Closing goes backwards: the server first, so that nothing
 * new comes in, then what clicks and changes flow through, then the stores.
 */
final class NodeWiring {
    private static final Logger LOG = LoggerFactory.getLogger(NodeWiring.class);

    /** How long idle connections are still answered on when the node is told to stop: longer than a request is on its way. */
    private static final Duration DRAIN_GRACE = Duration.ofMillis(250);

    /** How long requests under way may take to finish then. */
    private static final Duration DRAIN_MAX = Duration.ofSeconds(10);

    private static final String AGGREGATORS = "url-shortener-aggregators";
    private static final int BODY_BYTES_MAX = 8 << 20;
    private static final int KEY_BYTES = 16;
    private static final int FINGERPRINT_KEY_BYTES = 32;
    private static final int RANDOM_CODE_CHARS = 8;

    private final NodeSettings settings;
    private final Lifecycle lifecycle;
    private final InstantSource clock = InstantSource.system();
    private final SecureRandom random = new SecureRandom();
    private final Metrics metrics;
    private final MeterRegistry meters;
    private final ExecutorService blocking;
    private final ScheduledExecutorService scheduler;
    /** Known for certain only once the server listens, as the port may be any free one. */
    private volatile URI publicUrl;

    NodeWiring(NodeSettings settings, Lifecycle lifecycle) {
        this.settings = settings;
        this.lifecycle = lifecycle;
        metrics = lifecycle.add("metrics", Metrics.create());
        meters = metrics.registry();
        blocking = lifecycle.add("virtual threads", Executors.newVirtualThreadPerTaskExecutor());
        scheduler = lifecycle.add(
                "scheduler",
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("periodic").factory()));
        publicUrl = settings.publicUrl() == null
                ? URI.create("http://" + settings.bind() + ":" + settings.httpPort())
                : settings.publicUrl();
    }

    UrlShortenerNode start(PostgresService postgres, RedisService redis, KafkaService kafka)
            throws IOException, InterruptedException {
        Database database = lifecycle.add(
                "database",
                Database.open(
                        postgres.jdbcUrl(), postgres.user(), postgres.password(), DatabaseLimits.defaults(), meters));
        lifecycle.add(
                "node id",
                NodeIdClaim.acquire(
                        postgres.jdbcUrl(),
                        postgres.user(),
                        postgres.password(),
                        settings.namespace(),
                        settings.nodeId(),
                        scheduler));
        Schema.migrate(database.dataSource());
        PostgresLinkRepository repository = new PostgresLinkRepository(database, clock);
        lifecycle.add("housekeeping", new Housekeeping(repository, scheduler));
        int loopCount = settings.eventLoops() > 0
                ? settings.eventLoops()
                : Runtime.getRuntime().availableProcessors();
        EventLoops loops = lifecycle.add("event loops", EventLoops.start(loopCount));
        RedisURI redisUri = RedisURI.create(redis.uri());
        RedisClient redisClient =
                lifecycle.add("redis client", new RedisDriver(redisUri)).client();

        DomainDirectory directory = new DomainDirectory(repository::domains, blocking);
        directory.refresh();
        RedirectSettings redirects = RedirectSettings.defaults();
        RedisLinkStore shared = lifecycle.add(
                "redis tier",
                new RedisLinkStore(
                        redis.uri(),
                        RedisSettings.defaults().withKeyPrefix(settings.namespace() + "us:"),
                        settings.tiers().shared(),
                        RequestLoops.of(loops)));
        CachePublisher changes = new CachePublisher(shared);
        OutboxRelay outbox =
                lifecycle.add("outbox relay", new OutboxRelay(new PostgresOutbox(database), changes, meters));
        TieredLinkCache cache = lifecycle.add(
                "link cache",
                TieredLinkCache.open(
                        settings.tiers(),
                        shared,
                        repository,
                        new PreparedRedirects(redirects, clock),
                        directory,
                        outbox::replayPending,
                        meters));
        changes.cache = cache;
        outbox.start();

        ClickCapture clicks = openClicks(kafka, database);
        LiveClicks live =
                lifecycle.add("live clicks", new LiveClicks(redisClient, redisUri, settings.namespace() + "us:"));
        Optional<ClickAggregator> aggregator = startAggregator(kafka, database, redisClient, redisUri);

        SlugPolicy slugs = new SlugPolicy(Set.of());
        Domains domains = new Domains(publicUrl.getAuthority());
        Destinations destinations = new Destinations(settings.blocklist(), database, () -> publicUrl, directory);
        LinkService links = links(database, repository, outbox, domains, slugs, destinations.policy(), redisClient);
        destinations.keepUpToDate(links, lifecycle, scheduler, blocking);
        ApiKeyService keys = new ApiKeyService(new PostgresApiKeys(database), random, clock);
        Optional<ApiKeyService.NewKey> newKey = keys.ensureInitialKey(settings.initialApiKey());

        Routes routes = new Routes();
        OperationalRoutes.add(routes, metrics, lifecycle.readiness());
        Map<String, BooleanSupplier> backing = new LinkedHashMap<>();
        backing.put("postgres", database::isReachable);
        backing.put("redis", shared::isConnected);
        backing.put(
                "kafka",
                () -> clicks.spoolBytes() == 0
                        && aggregator.map(ClickAggregator::isRunning).orElse(true));
        lifecycle.readiness().require("postgres", database::isReachable);
        new ApiRoutes(new ApiRoutes.Collaborators(
                        links,
                        keys,
                        new ClickStatistics(database.dataSource()),
                        new VisitErasure(database.dataSource()),
                        live,
                        domains,
                        destinations.domainRedirects(),
                        repository::domains,
                        directory::domainOf,
                        cache::find,
                        () -> publicUrl,
                        settings.nodeId(),
                        meters,
                        backing,
                        settings.chaos()
                                ? lifecycle.add("chaos switches", new ChaosSwitches(postgres, redis, kafka))
                                : null,
                        lifecycle.readiness()::isReady,
                        blocking,
                        clock))
                .addTo(routes);
        new RedirectHandler(
                        new RedirectHandler.Collaborators(
                                cache,
                                directory,
                                clicks.recorder(),
                                new PostgresVisitGrants(database.dataSource()),
                                PasswordHash::verify,
                                GeoLocator.NOWHERE,
                                repository::crawlableSlugs,
                                slugs::lookupForm,
                                destinations.domainRedirects()),
                        redirects,
                        blocking,
                        clock,
                        System::nanoTime)
                .addTo(routes);
        addPages(routes);

        HttpServer.Builder builder = HttpServer.builder()
                .bind(settings.bind(), settings.httpPort())
                .routes(routes)
                .eventLoops(loops)
                .fastPath(() -> new RedirectFastPath(cache, directory, clicks.recorder(), clock))
                .limits(HttpLimits.defaults().withBodyBytes(BODY_BYTES_MAX))
                .metrics(meters)
                .trustedProxies(TrustedProxies.of(settings.trustedProxies().toArray(String[]::new)));
        if (!settings.corsOrigins().isEmpty()) {
            builder.cors(Cors.allowing(settings.corsOrigins().toArray(String[]::new)));
        }
        HttpServer server = lifecycle.add("http server", builder.start());
        lifecycle.onDrain(() -> server.drain(DRAIN_GRACE, DRAIN_MAX));
        if (settings.publicUrl() == null) {
            publicUrl = server.uri();
        }
        destinations.listening(NodeAddress.of(settings.bind(), server.uri().getPort()));
        if (settings.sampleLinks() && newKey.isPresent()) {
            SampleLinks.make(links);
        }
        lifecycle.readiness().started();
        return new UrlShortenerNode(
                lifecycle,
                server,
                publicUrl,
                metrics,
                routes.signatures(),
                newKey.map(ApiKeyService.NewKey::secret).orElse(null));
    }

    private ClickCapture openClicks(KafkaService kafka, Database database) throws IOException, InterruptedException {
        CaptureSettings capture = CaptureSettings.of(
                kafka.bootstrapServers(), topic(), settings.folder().resolve("clicks"));
        try {
            ClickTopic.ensure(kafka.bootstrapServers(), topic(), capture.partitions());
        } catch (ExecutionException | TimeoutException e) {
            // Redirects do not depend on Kafka: clicks go to the spool until it is there.
            LOG.warn("Kafka does not answer; clicks are spooled until it does: {}", e.getMessage());
        }
        DailySalts salts = new DailySalts(database.dataSource(), clock, random);
        return lifecycle.add("click capture", ClickCapture.open(capture, salts, random::nextLong, meters));
    }

    private Optional<ClickAggregator> startAggregator(
            KafkaService kafka, Database database, RedisClient redisClient, RedisURI redisUri) {
        if (!settings.aggregate()) {
            return Optional.empty();
        }
        LiveClickPublisher publisher = lifecycle.add(
                "live click publisher",
                new LiveClickPublisher(redisClient, redisUri, settings.namespace() + "us:", System::nanoTime, meters));
        return Optional.of(lifecycle.add(
                "click aggregator",
                ClickAggregator.start(
                        AggregatorSettings.of(
                                kafka.bootstrapServers(),
                                topic(),
                                settings.namespace() + AGGREGATORS,
                                settings.nodeId()),
                        database.dataSource(),
                        CountryLocator.NONE,
                        publisher,
                        clock,
                        meters)));
    }

    private LinkService links(
            Database database,
            PostgresLinkRepository repository,
            OutboxRelay outbox,
            Domains domains,
            SlugPolicy slugs,
            DestinationPolicy policy,
            RedisClient redisClient) {
        PostgresInstallationSecrets secrets = new PostgresInstallationSecrets(database, random);
        TitleSource titles = settings.fetchTitles()
                ? lifecycle.add("title fetcher", TitleFetcher.create(policy, meters))
                : TitleSource.NONE;
        return new LinkService(
                repository,
                outbox,
                new LinkRules(
                        new UrlNormalizer(),
                        policy,
                        slugs,
                        domains,
                        new PasswordHash(random, PasswordHash.ITERATIONS_DEFAULT)),
                new ShortCodes(
                        codes(database, secrets.secret("short-codes", KEY_BYTES), redisClient),
                        new RandomGenerator(random, RANDOM_CODE_CHARS)),
                titles,
                new RequestFingerprint(secrets.secret("request-fingerprint", FINGERPRINT_KEY_BYTES)),
                clock);
    }

    private ShortCodeGenerator codes(Database database, byte[] key, RedisClient redisClient) {
        return switch (settings.idStrategy()) {
            case SEQUENCE ->
                new SequenceBlockGenerator(new PostgresBlockLeases(database, settings.nodeId()), key, blocking);
            case SNOWFLAKE -> new SnowflakeGenerator(snowflake(database));
            case RANDOM -> new RandomGenerator(random, RANDOM_CODE_CHARS);
            case HASH -> new UrlHashGenerator(key, random);
            case REDIS -> new RedisIncrGenerator(redisClient.connect().sync(), settings.namespace() + "us:codes", key);
        };
    }

    private Snowflake snowflake(Database database) {
        SnowflakeLayout layout = SnowflakeLayout.TWITTER;
        WorkerIdLeaseHolder lease = lifecycle.add(
                "worker id",
                WorkerIdLeaseHolder.acquire(
                        new PostgresWorkerIdLeases(database),
                        LeaseTerms.defaults(settings.nodeId(), 0, layout.nodeMax()),
                        clock,
                        System::nanoTime,
                        scheduler));
        return Snowflake.create(layout, lease);
    }

    private static void addPages(Routes routes) {
        routes.staticFile("/", "ui/index.html")
                .staticFile("/favicon.ico", "ui/favicon.ico")
                .staticFiles("/assets/", "ui")
                .staticFile("/openapi.json", "openapi.json");
    }

    private String topic() {
        return settings.namespace().replace(':', '.') + "us.clicks";
    }

    /**
     * The cache replays the outbox while it opens, and the outbox publishes through the cache. Until the cache is open it has nothing that
     * could be stale, and the shared tier alone is the whole publication.
     */
    private static final class CachePublisher implements LinkChangePublisher {
        private final LinkChangePublisher shared;
        private volatile @Nullable LinkChangePublisher cache;

        CachePublisher(LinkChangePublisher shared) {
            this.shared = shared;
        }

        @Override
        public void publish(LinkChange change) {
            publishAll(List.of(change));
        }

        @Override
        public void publishAll(List<LinkChange> changes) {
            LinkChangePublisher current = cache;
            (current == null ? shared : current).publishAll(changes);
        }
    }
}
