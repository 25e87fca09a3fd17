package dev.casebook.backing.testing;

import dev.casebook.backing.BackingServiceException;
import dev.casebook.backing.FileTrees;
import dev.casebook.backing.KafkaService;
import dev.casebook.backing.PostgresService;
import dev.casebook.backing.RedisService;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The real servers all integration tests of a virtual machine share. Each starts when it is first asked for and ends with the machine.
 *
 * <p>They are embedded ones, or with {@code -Dcasebook.backing=testcontainers} containers of the images that docker-compose.yml names. Tests
 * keep apart by name, and no test may stop or flush a shared server: one that wants to hurt a server opens its own, such as
 * {@code RedisService.open("embedded", temporaryFolder)}.
 *
 * <p>Thread-safe.
 */
public final class SharedBacking {
    private static final String PROPERTY = "casebook.backing";
    private static final Pattern DATABASE_OF_URL = Pattern.compile("(?<=^jdbc:postgresql://[^/]{1,200}/)[^?]*");
    private static final int TAG_BYTES = 5;

    private static final Servers SERVERS = new Servers();
    private static final Lazy<PostgresService> POSTGRES =
            new Lazy<>(() -> SERVERS.add(SERVERS.source().postgres()));
    private static final Lazy<RedisService> REDIS =
            new Lazy<>(() -> SERVERS.add(SERVERS.source().redis()));
    private static final Lazy<KafkaService> KAFKA =
            new Lazy<>(() -> SERVERS.add(SERVERS.source().kafka()));

    private SharedBacking() {}

    /**
     * The shared PostgreSQL.
     *
     * @throws BackingServiceException if it does not start
     */
    public static PostgresService postgres() {
        return POSTGRES.get();
    }

    /**
     * The shared Redis.
     *
     * @throws BackingServiceException if it does not start
     */
    public static RedisService redis() {
        return REDIS.get();
    }

    /**
     * The shared Kafka.
     *
     * @throws BackingServiceException if it does not start
     */
    public static KafkaService kafka() {
        return KAFKA.get();
    }

    /**
     * Makes an empty database.
     *
     * @return its JDBC URL, with user and password
     */
    public static String freshDatabase() {
        String url = postgres().jdbcUrl();
        String name = "test_" + tag();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new BackingServiceException("can't make the database " + name + ": " + e.getMessage(), e);
        }
        return DATABASE_OF_URL.matcher(url).replaceFirst(name);
    }

    /** A prefix for Redis keys that no other test has; it ends in a colon. */
    public static String freshPrefix() {
        return "test-" + tag() + ":";
    }

    /** A topic name that no other test has, beginning with {@code name}. The topic is not created. */
    public static String freshTopic(String name) {
        return name + "-" + tag();
    }

    private static String tag() {
        byte[] bytes = new byte[TAG_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Where the servers come from. */
    interface Source {
        PostgresService postgres();

        RedisService redis();

        KafkaService kafka();

        /** Called when all of them are closed. */
        void close() throws IOException;
    }

    private record Embedded(Path dataDir) implements Source {
        @Override
        public PostgresService postgres() {
            return PostgresService.open("embedded", dataDir);
        }

        @Override
        public RedisService redis() {
            return RedisService.open("embedded", dataDir);
        }

        @Override
        public KafkaService kafka() {
            return KafkaService.open("embedded", dataDir);
        }

        @Override
        public void close() throws IOException {
            FileTrees.delete(dataDir);
        }
    }

    /** What has been started, to be ended with the virtual machine. */
    private static final class Servers {
        private final Deque<AutoCloseable> started = new ArrayDeque<>();
        private @Nullable Source source;

        synchronized Source source() {
            if (source == null) {
                source = switch (System.getProperty(PROPERTY, "embedded")) {
                    case "embedded" -> new Embedded(ScratchFolder.ofThisProcess());
                    case "testcontainers" -> new Containers(ComposeImages.find());
                    case String other ->
                        throw new BackingServiceException(
                                "-D" + PROPERTY + "=" + other + ": must be \"embedded\" or \"testcontainers\".");
                };
                Runtime.getRuntime()
                        .addShutdownHook(
                                Thread.ofPlatform().name("shared-backing-stop").unstarted(this::stop));
            }
            return source;
        }

        synchronized <S extends AutoCloseable> S add(S service) {
            started.push(service);
            return service;
        }

        private synchronized void stop() {
            Exception failure = null;
            while (!started.isEmpty()) {
                try {
                    started.pop().close();
                } catch (Exception e) {
                    failure = e;
                }
            }
            try {
                if (source != null) {
                    source.close();
                }
            } catch (IOException e) {
                failure = e;
            }
            if (failure != null) {
                throw new BackingServiceException(
                        "the shared servers did not stop well: " + failure.getMessage(), failure);
            }
        }
    }

    /** Computes its value once; a failure is tried again by the next caller. */
    private static final class Lazy<T> {
        private final Supplier<T> supplier;
        private @Nullable T value;

        Lazy(Supplier<T> supplier) {
            this.supplier = supplier;
        }

        synchronized T get() {
            T present = value;
            if (present == null) {
                present = supplier.get();
                value = present;
            }
            return present;
        }
    }
}
