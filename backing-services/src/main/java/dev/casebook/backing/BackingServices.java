package dev.casebook.backing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The real servers a case study stands on, started and stopped together.
 *
 * <pre>{@code
 * try (BackingServices services = BackingServices.builder(dataDir).postgres("embedded").redis("embedded").start()) {
 *     services.postgres().jdbcUrl();
 * }
 * }</pre>
 *
 * <p>Only what was asked for starts, all of it at once: the slowest decides. Thread-safe.
 */
public final class BackingServices implements AutoCloseable {
    private final @Nullable PostgresService postgres;
    private final @Nullable RedisService redis;
    private final @Nullable KafkaService kafka;

    private BackingServices(
            @Nullable PostgresService postgres, @Nullable RedisService redis, @Nullable KafkaService kafka) {
        this.postgres = postgres;
        this.redis = redis;
        this.kafka = kafka;
    }

    /**
     * Begins with no server at all.
     *
     * @param dataDir where embedded servers keep their data; created if need be
     */
    public static Builder builder(Path dataDir) {
        return new Builder(dataDir);
    }

    /**
     * PostgreSQL, ready for use.
     *
     * @throws IllegalStateException if it was not asked for
     */
    public PostgresService postgres() {
        return asked(postgres, "PostgreSQL");
    }

    /**
     * Redis, ready for use.
     *
     * @throws IllegalStateException if it was not asked for
     */
    public RedisService redis() {
        return asked(redis, "Redis");
    }

    /**
     * Kafka, ready for use.
     *
     * @throws IllegalStateException if it was not asked for
     */
    public KafkaService kafka() {
        return asked(kafka, "Kafka");
    }

    /** Stops the embedded ones, all at once. */
    @Override
    public void close() {
        List<AutoCloseable> services = new ArrayList<>();
        for (AutoCloseable service : new @Nullable AutoCloseable[] {postgres, redis, kafka}) {
            if (service != null) {
                services.add(service);
            }
        }
        closeAll(services);
    }

    private static <S> S asked(@Nullable S service, String name) {
        if (service == null) {
            throw new IllegalStateException(name + " was not asked for when the backing services were started");
        }
        return service;
    }

    private static void closeAll(List<? extends AutoCloseable> services) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> closing = new ArrayList<>();
            for (AutoCloseable service : services) {
                closing.add(threads.submit(() -> {
                    service.close();
                    return null;
                }));
            }
            joinAll(closing);
        }
    }

    /** Waits for all and throws the first failure, the others suppressed in it. */
    private static void joinAll(List<? extends Future<?>> futures) {
        RuntimeException failure = null;
        for (Future<?> future : futures) {
            try {
                future.get();
            } catch (ExecutionException e) {
                RuntimeException one = e.getCause() instanceof RuntimeException unchecked
                        ? unchecked
                        : new BackingServiceException(String.valueOf(e.getCause()), e.getCause());
                if (failure == null) {
                    failure = one;
                } else {
                    failure.addSuppressed(one);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                futures.forEach(each -> each.cancel(true));
                throw new BackingServiceException("interrupted while starting or stopping the backing services", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Says which servers there shall be. Each setting as in {@code open} of the service's class. */
    public static final class Builder {
        private final Path dataDir;
        private @Nullable String postgres;
        private @Nullable String redis;
        private @Nullable String kafka;

        private Builder(Path dataDir) {
            this.dataDir = dataDir;
        }

        public Builder postgres(String setting) {
            this.postgres = setting;
            return this;
        }

        public Builder redis(String setting) {
            this.redis = setting;
            return this;
        }

        public Builder kafka(String setting) {
            this.kafka = setting;
            return this;
        }

        /**
         * Returns when all answer. If one does not, stops the others.
         *
         * @throws BackingServiceException with the first one's reason, those of further ones suppressed in it
         */
        public BackingServices start() {
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<? extends AutoCloseable>> opening = new ArrayList<>();
                Future<PostgresService> postgresOpening = submit(threads, opening, postgres, PostgresService::open);
                Future<RedisService> redisOpening = submit(threads, opening, redis, RedisService::open);
                Future<KafkaService> kafkaOpening = submit(threads, opening, kafka, KafkaService::open);
                try {
                    joinAll(opening);
                } catch (RuntimeException e) {
                    closeAll(opening.stream()
                            .filter(each -> each.state() == Future.State.SUCCESS)
                            .map(Future::resultNow)
                            .toList());
                    throw e;
                }
                return new BackingServices(
                        postgresOpening == null ? null : postgresOpening.resultNow(),
                        redisOpening == null ? null : redisOpening.resultNow(),
                        kafkaOpening == null ? null : kafkaOpening.resultNow());
            }
        }

        @FunctionalInterface
        private interface Opener<S> {
            S open(String setting, Path dataDir);
        }

        private <S extends AutoCloseable> @Nullable Future<S> submit(
                ExecutorService threads,
                List<Future<? extends AutoCloseable>> opening,
                @Nullable String setting,
                Opener<S> opener) {
            if (setting == null) {
                return null;
            }
            Future<S> future = threads.submit(() -> opener.open(setting, dataDir));
            opening.add(future);
            return future;
        }
    }
}
