package dev.casebook.urlshortener.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.backing.testing.SharedBacking;
import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkChange;
import dev.casebook.urlshortener.link.LinkKey;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.ProtocolVersion;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The scripts on a real Redis against the model of the interleaving tests, command by command: the same random commands to
 * both, every reply and every entry afterwards compared. No time passes here, so no key expires by itself.
 */
final class ScriptsMatchTheModelIT {
    private static final int ROUNDS = Boolean.getBoolean("casebook.soak") ? 2_000 : 60;
    private static final int COMMANDS_PER_ROUND = 40;
    private static final long NOW_EPOCH_MILLIS = 1_700_000_000_000L;
    private static final int VERSIONS = 6;

    /** Versions around the borders of Lua's numbers: a half of 32 bits, a double's mantissa, the sign. */
    private static final long[] FIRST_VERSIONS = {1, (1L << 32) - 3, (1L << 53) - 3, Long.MAX_VALUE - VERSIONS};

    private static final TierSettings.Shared LIMITS = new TierSettings.Shared(
            Duration.ofHours(1),
            Duration.ofHours(1),
            Duration.ofHours(1),
            Duration.ofHours(1),
            Duration.ofHours(1),
            Duration.ofMillis(1),
            Duration.ofMillis(1));

    private static final CoherenceEvents DEAF = new CoherenceEvents() {
        @Override
        public void invalidated(byte[] key) {}

        @Override
        public void cleared() {}

        @Override
        public void armed(SharedSession session) {}

        @Override
        public void lost(SharedSession session) {}
    };

    private enum Command {
        ACQUIRE,
        ACQUIRE_TO_REPLACE,
        FILL,
        RELEASE,
        PUBLISH,
        EVICT_ENTRY,
        EXPIRE_FENCE
    }

    private static final List<Command> COMMANDS = List.of(Command.values());

    private final RedisSettings settings = RedisSettings.defaults().withKeyPrefix(SharedBacking.freshPrefix());
    private final Map<Command, Integer> done = new EnumMap<>(Command.class);
    private RedisClient client;
    private StatefulRedisConnection<String, String> direct;
    private RedisSession real;

    @BeforeEach
    void open() {
        RedisURI uri = RedisURI.create(SharedBacking.redis().uri());
        client = RedisClient.create(uri);
        client.setOptions(ClientOptions.builder()
                .protocolVersion(ProtocolVersion.RESP3)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .build());
        direct = client.connect();
        real = RedisSession.open(
                client,
                List.of(),
                uri,
                settings,
                LIMITS,
                new InvalidationListener(settings.fencePrefix(), DEAF),
                System::nanoTime);
    }

    @AfterEach
    void close() {
        real.close();
        direct.close();
        client.shutdown();
    }

    @Test
    void everyReplyAndEveryEntryIsTheModels() {
        long seed = new SecureRandom().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            new Round(random, LinkKey.ofSlug("k" + round)).run();
        }
        assertThat(done).as("commands that were tried").containsOnlyKeys(COMMANDS);
    }

    /** One key's life. */
    private final class Round {
        private final Random random;
        private final LinkKey key;
        private final long firstVersion;
        private final ModelRedis model = new ModelRedis(() -> 0, Long.MAX_VALUE);
        private final ModelRedis.Session modelled = model.connect();
        private final LoadLease.Issuer issuer;
        private final List<LoadLease> leases = new ArrayList<>();
        private final List<String> log = new ArrayList<>();

        Round(Random random, LinkKey key) {
            this.random = random;
            this.key = key;
            this.firstVersion = FIRST_VERSIONS[random.nextInt(FIRST_VERSIONS.length)];
            this.issuer = new LoadLease.Issuer(random.nextLong());
            leases.add(issuer.next());
        }

        void run() {
            for (int i = 0; i < COMMANDS_PER_ROUND; i++) {
                Command command = COMMANDS.get(random.nextInt(COMMANDS.size()));
                log.add(command.name());
                done.merge(command, 1, Integer::sum);
                execute(command);
                assertThat(real.get(key).toCompletableFuture().join())
                        .as("entry after %s", log)
                        .isEqualTo(model.read(key));
            }
        }

        private void execute(Command command) {
            switch (command) {
                case ACQUIRE -> acquire(Optional.empty());
                case ACQUIRE_TO_REPLACE -> acquire(model.read(key));
                case FILL -> {
                    LoadLease lease = anyLease();
                    SharedEntry entry = entry();
                    assertThat(real.fill(key, lease, entry))
                            .as("reply after %s", log)
                            .isEqualTo(modelled.fill(key, lease, entry));
                }
                case RELEASE -> {
                    LoadLease lease = anyLease();
                    real.release(key, lease);
                    modelled.release(key, lease);
                }
                case PUBLISH -> {
                    long version = version();
                    LinkChange change = new LinkChange(key, version, link(version));
                    log.add(change.link() == null ? "deletion " + version : "link " + version);
                    real.publishAll(List.of(change), NOW_EPOCH_MILLIS);
                    model.publish(change, NOW_EPOCH_MILLIS + LIMITS.fresh().toMillis());
                }
                case EVICT_ENTRY -> {
                    direct.sync().del(settings.entryPrefix() + "/" + key.slug());
                    model.evict(key);
                }
                case EXPIRE_FENCE -> {
                    direct.sync().del(settings.fencePrefix() + "/" + key.slug());
                    model.expireFence(key);
                }
            }
        }

        private void acquire(Optional<SharedEntry> seen) {
            LoadLease lease = issuer.next();
            leases.add(lease);
            assertThat(real.acquire(key, seen, lease))
                    .as("reply after %s", log)
                    .isEqualTo(modelled.acquire(key, seen, lease));
        }

        /** Mostly the latest, which may have been granted. */
        private LoadLease anyLease() {
            return random.nextInt(4) == 0 ? leases.get(random.nextInt(leases.size())) : leases.getLast();
        }

        private SharedEntry entry() {
            long version = version();
            SharedEntry entry =
                    SharedEntry.loaded(Optional.ofNullable(link(version)), NOW_EPOCH_MILLIS + random.nextInt(3));
            log.add(entry.link() == null ? "absence" : "link " + version);
            return entry;
        }

        private @Nullable Link link(long version) {
            return random.nextInt(3) == 0 ? null : Links.link(key, version);
        }

        private long version() {
            return firstVersion + random.nextInt(VERSIONS);
        }
    }
}
