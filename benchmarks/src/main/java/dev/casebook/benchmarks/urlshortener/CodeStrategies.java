package dev.casebook.benchmarks.urlshortener;

import dev.casebook.backing.BackingServices;
import dev.casebook.common.codec.Base62;
import dev.casebook.common.id.LeaseTerms;
import dev.casebook.common.id.Snowflake;
import dev.casebook.common.id.SnowflakeLayout;
import dev.casebook.common.id.WorkerIdLeaseHolder;
import dev.casebook.urlshortener.id.BlockLeases;
import dev.casebook.urlshortener.id.RandomGenerator;
import dev.casebook.urlshortener.id.RedisIncrGenerator;
import dev.casebook.urlshortener.id.SequenceBlockGenerator;
import dev.casebook.urlshortener.id.ShortCodeGenerator;
import dev.casebook.urlshortener.id.SnowflakeGenerator;
import dev.casebook.urlshortener.id.UrlHashGenerator;
import dev.casebook.urlshortener.store.Database;
import dev.casebook.urlshortener.store.DatabaseLimits;
import dev.casebook.urlshortener.store.PostgresBlockLeases;
import dev.casebook.urlshortener.store.PostgresWorkerIdLeases;
import dev.casebook.urlshortener.store.Schema;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;

/** The strategies over real stores, with a table of their own to insert into, and counters on what they send. */
final class CodeStrategies implements AutoCloseable {
    static final String PLAIN_COUNTER = "plain counter";

    static final int LINKS_AFTER_RESTART = 100;
    private static final int LINKS = 1_000;
    private static final int RANDOM_LENGTH = 7;
    /** Zeros in front up to seven characters, as a counter that has run for years has digits. */
    private static final long PLAIN_COUNTER_START = 60_000_000_000L;

    /** What the service tries before it gives up. */
    private static final int ATTEMPTS_MAX = 16;

    private static final String REDIS_COUNTER = "lab:codes";

    private final Database database;
    private final RedisClient redis;
    private final RedisCommands<String, String> commands;
    private final Connection connection;
    private final WorkerIdLeaseHolder lease;
    private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong leases = new AtomicLong();
    private final BlockLeases blocks;
    private final SnowflakeLayout layout = SnowflakeLayout.TWITTER;
    private final SecureRandom random = new SecureRandom();
    private final byte[] sequenceKey = key();
    private final byte[] hashKey = key();
    private final byte[] redisKey = key();
    private final List<ShortCodeGenerator> all;
    private final Map<String, List<String>> made = new LinkedHashMap<>();
    private long destinations;

    private CodeStrategies(BackingServices services) throws SQLException {
        database = Database.open(
                services.postgres().jdbcUrl(),
                services.postgres().user(),
                services.postgres().password(),
                DatabaseLimits.defaults(),
                new SimpleMeterRegistry());
        Schema.migrate(database.dataSource());
        redis = RedisClient.create(services.redis().uri());
        commands = redis.connect().sync();
        connection = DriverManager.getConnection(
                services.postgres().jdbcUrl(),
                services.postgres().user(),
                services.postgres().password());
        try (Statement create = connection.createStatement()) {
            create.execute(
                    "CREATE TABLE lab_links (strategy text, slug text COLLATE \"C\", long_url text, PRIMARY KEY (strategy, slug))");
        }
        lease = WorkerIdLeaseHolder.acquire(
                new PostgresWorkerIdLeases(database),
                LeaseTerms.defaults("lab", 0, layout.nodeMax()),
                InstantSource.system(),
                System::nanoTime,
                scheduler);
        PostgresBlockLeases stored = new PostgresBlockLeases(database, "lab");
        blocks = () -> {
            leases.incrementAndGet();
            return stored.leaseBlock();
        };
        all = generators();
    }

    /** As a node has them after its start: same keys, same stores, nothing remembered. */
    private List<ShortCodeGenerator> generators() {
        return List.of(
                new SequenceBlockGenerator(blocks, sequenceKey, background),
                new SnowflakeGenerator(Snowflake.create(layout, lease)),
                new RandomGenerator(random, RANDOM_LENGTH),
                new UrlHashGenerator(hashKey, random),
                new RedisIncrGenerator(commands, REDIS_COUNTER, redisKey),
                new PlainCounter());
    }

    static CodeStrategies open(BackingServices services) throws SQLException {
        return new CodeStrategies(services);
    }

    /** A connection to the table's database, for this lab's thread. */
    Connection connection() {
        return connection;
    }

    private byte[] key() {
        byte[] key = new byte[16];
        random.nextBytes(key);
        return key;
    }

    List<ShortCodeGenerator> all() {
        return all;
    }

    /**
     * What becomes of each strategy when its process starts anew and Redis has lost its counter: INSERTs for {@value #LINKS_AFTER_RESTART} links to new
     * destinations, and links that got no code in {@value #ATTEMPTS_MAX} attempts.
     */
    Map<String, Restarted> restart() throws SQLException {
        commands.del(REDIS_COUNTER);
        Map<String, Restarted> outcome = new LinkedHashMap<>();
        for (ShortCodeGenerator generator : generators()) {
            Tally tally = insert(generator, LINKS_AFTER_RESTART, true);
            outcome.put(generator.name(), new Restarted(tally.inserts, tally.without));
        }
        return outcome;
    }

    /** @param without links that got no code */
    record Restarted(int inserts, int without) {}

    /** Every code that a strategy made and that was free, in order. */
    List<String> made(ShortCodeGenerator generator) {
        return List.copyOf(made.getOrDefault(generator.name(), List.of()));
    }

    /** Makes 1,000 links to different destinations, then 1,000 to one. */
    Map<String, Double> makeLinks(ShortCodeGenerator generator) throws SQLException {
        long leasesBefore = leases.get();
        long redisBefore = counterCalls();
        Tally different = insert(generator, LINKS, true);
        double trips = leases.get() - leasesBefore + counterCalls() - redisBefore;
        Tally same = insert(generator, LINKS, false);
        return Map.of(
                "characters",
                (double) different.characters,
                "trips",
                trips,
                "inserts",
                (double) different.inserts,
                "insertsSame",
                (double) same.inserts,
                "codeMicros",
                different.codeNanos / 1e3 / different.inserts,
                "linkMicros",
                different.nanos / 1e3 / LINKS);
    }

    private Tally insert(ShortCodeGenerator generator, int links, boolean different) throws SQLException {
        Tally tally = new Tally();
        long began = System.nanoTime();
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO lab_links VALUES (?, ?, ?) ON CONFLICT DO NOTHING")) {
            for (int link = 0; link < links; link++) {
                String longUrl = "https://example.com/" + (different ? destinations++ : "always-the-same");
                boolean inserted = false;
                for (int attempt = 0; !inserted && attempt < ATTEMPTS_MAX; attempt++) {
                    long asked = System.nanoTime();
                    String code = generator.next(longUrl, attempt);
                    tally.codeNanos += System.nanoTime() - asked;
                    tally.characters = Math.max(tally.characters, code.length());
                    tally.inserts++;
                    insert.setString(1, generator.name());
                    insert.setString(2, code);
                    insert.setString(3, longUrl);
                    inserted = insert.executeUpdate() == 1;
                    if (inserted) {
                        made.computeIfAbsent(generator.name(), unknown -> new ArrayList<>())
                                .add(code);
                    }
                }
                tally.without += inserted ? 0 : 1;
            }
        }
        tally.nanos = System.nanoTime() - began;
        return tally;
    }

    /** Calls of INCRBY as Redis itself counts them. */
    private long counterCalls() {
        return commands.info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_incrby:"))
                .mapToLong(line -> Long.parseLong(line.replaceFirst("cmdstat_incrby:calls=(\\d+).*", "$1")))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() throws SQLException {
        lease.close();
        scheduler.shutdown();
        background.close();
        connection.close();
        redis.shutdown();
        database.close();
    }

    private static final class Tally {
        int characters;
        int inserts;
        int without;
        long codeNanos;
        long nanos;
    }

    /** What people build first: the counter itself, in Base62. */
    private static final class PlainCounter implements ShortCodeGenerator {
        private final AtomicLong counter = new AtomicLong(PLAIN_COUNTER_START);

        @Override
        public String next(String longUrl, int attempt) {
            return Base62.encode(counter.getAndIncrement());
        }

        @Override
        public String name() {
            return PLAIN_COUNTER;
        }
    }
}
