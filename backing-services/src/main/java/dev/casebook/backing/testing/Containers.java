package dev.casebook.backing.testing;

import dev.casebook.backing.BackingServiceException;
import dev.casebook.backing.KafkaService;
import dev.casebook.backing.PostgresService;
import dev.casebook.backing.RedisService;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** The servers as containers, for {@code -Dcasebook.backing=testcontainers}. Calls come one at a time. */
final class Containers implements SharedBacking.Source {
    private static final int REDIS_PORT = 6379;
    private static final Path NO_DATA_DIR = Path.of("");

    private final ComposeImages images;
    private final Deque<GenericContainer<?>> containers = new ArrayDeque<>();

    /** @throws BackingServiceException if no Docker engine answers */
    Containers(ComposeImages images) {
        this.images = images;
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new BackingServiceException(
                    "-Dcasebook.backing=testcontainers needs a running Docker engine, and none answers"
                            + " (\"docker info\" tells more). Leave the option out to test on embedded servers.");
        }
    }

    @Override
    public PostgresService postgres() {
        PostgreSQLContainer container = started(new PostgreSQLContainer(DockerImageName.parse(images.postgres())));
        String url = "jdbc:postgresql://" + container.getHost() + ":"
                + container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT) + "/" + container.getDatabaseName()
                + "?user=" + container.getUsername() + "&password=" + container.getPassword();
        return PostgresService.open(url, NO_DATA_DIR);
    }

    @Override
    public RedisService redis() {
        GenericContainer<?> container =
                started(new GenericContainer<>(DockerImageName.parse(images.redis())).withExposedPorts(REDIS_PORT));
        return RedisService.open(
                "redis://" + container.getHost() + ":" + container.getMappedPort(REDIS_PORT), NO_DATA_DIR);
    }

    @Override
    public KafkaService kafka() {
        KafkaContainer container = started(new KafkaContainer(DockerImageName.parse(images.kafka()))
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0"));
        return KafkaService.open(container.getBootstrapServers(), NO_DATA_DIR);
    }

    @Override
    public void close() {
        containers.forEach(GenericContainer::close);
    }

    private <C extends GenericContainer<?>> C started(C container) {
        container.start();
        containers.push(container);
        return container;
    }
}
