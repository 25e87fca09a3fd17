package dev.casebook.backing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.backing.testing.SharedBacking;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalServersIT {
    @TempDir
    Path dataDir;

    @Test
    void postgresIsReachedByItsUrl() {
        PostgresService given = SharedBacking.postgres();

        try (PostgresService postgres = PostgresService.open(given.jdbcUrl(), dataDir)) {
            assertThat(postgres.embedded()).isFalse();
            assertThat(postgres.user()).isEqualTo(given.user());
            assertThat(postgres.password()).isEqualTo(given.password());
            assertThatThrownBy(postgres::process).isInstanceOf(IllegalStateException.class);
        }
        assertThat(dataDir).isEmptyDirectory();
    }

    @Test
    void redisIsReachedByItsUri() {
        try (RedisService redis = RedisService.open(SharedBacking.redis().uri(), dataDir)) {
            assertThat(redis.embedded()).isFalse();
            assertThatThrownBy(redis::process).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void kafkaIsReachedByItsBootstrapServers() {
        try (KafkaService kafka = KafkaService.open(SharedBacking.kafka().bootstrapServers(), dataDir)) {
            assertThat(kafka.embedded()).isFalse();
            assertThatThrownBy(kafka::process).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aWrongPasswordIsReportedWithoutBeingShown() {
        String url = SharedBacking.postgres().jdbcUrl().replaceAll("password=[^&]*", "password=sesame");

        assertThatThrownBy(() -> PostgresService.open(url, dataDir))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("password authentication failed")
                .hasMessageContaining("--postgres")
                .hasMessageNotContaining("sesame");
    }

    @Test
    void serversThatDoNotListenAreNamed() {
        int port = new Ports(new Random(11)).choose();

        assertThatThrownBy(() -> PostgresService.open("jdbc:postgresql://127.0.0.1:" + port + "/x?user=u", dataDir))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("127.0.0.1:" + port)
                .hasMessageContaining("--postgres");
        for (String user : List.of(":sesame@", "somebody:sesame@", "sesame@")) {
            assertThatThrownBy(() -> RedisService.open("redis://" + user + "127.0.0.1:" + port, dataDir))
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("127.0.0.1:" + port)
                    .hasMessageContaining("--redis")
                    .hasMessageNotContaining("sesame");
        }
        assertThatThrownBy(() -> KafkaService.open("127.0.0.1:" + port, dataDir))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("127.0.0.1:" + port)
                .hasMessageContaining("--kafka");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "embedded:0",
                "embedded:65536",
                "embedded:x",
                "jdbc:mysql://h/d",
                "redis:/nowhere",
                "host",
                "host:port"
            })
    void whatCannotBeAnAddressIsRefusedWithAnExample(String setting) {
        assertThatThrownBy(() -> PostgresService.open(setting, dataDir))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageStartingWith("--postgres");
        assertThatThrownBy(() -> RedisService.open(setting, dataDir))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageStartingWith("--redis");
        assertThatThrownBy(() -> KafkaService.open(setting, dataDir))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageStartingWith("--kafka");
    }
}
