package dev.casebook.backing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisCommandTimeoutException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other modules' fault tests stand on: a server can be killed, paused and brought back, and keeps what it acknowledged. */
class ServerProcessFaultIT {
    private static final Duration IMPATIENCE = Duration.ofMillis(300);

    @TempDir
    Path dataDir;

    @Test
    void postgresKeepsWhatItCommittedBeforeAKill() throws Exception {
        try (PostgresService postgres = PostgresService.open("embedded", dataDir)) {
            String url = postgres.jdbcUrl();
            Clients.execute(url, "CREATE TABLE kept AS SELECT 'row' AS value");
            long killed = postgres.process().pid();

            postgres.process().kill();
            assertThat(postgres.process().isAlive()).isFalse();
            assertThatThrownBy(() -> Clients.query(url, "SELECT 1")).hasMessageContaining("refused");
            postgres.process().restart();

            assertThat(postgres.process().pid()).isNotEqualTo(killed);
            assertThat(Clients.query(url, "SELECT value FROM kept")).isEqualTo("row");
        }
    }

    @Test
    void redisKeepsWhatItAcknowledgedBeforeAKill() {
        try (RedisService redis = RedisService.open("embedded", dataDir)) {
            Clients.redis(redis.uri(), Clients.TIMEOUT, commands -> commands.set("kept", "entry"));

            redis.process().kill();
            redis.process().restart();

            assertThat(Clients.redis(redis.uri(), Clients.TIMEOUT, commands -> commands.get("kept")))
                    .isEqualTo("entry");
        }
    }

    @Test
    void kafkaKeepsWhatItAcknowledgedBeforeAKill() throws Exception {
        try (KafkaService kafka = KafkaService.open("embedded", dataDir)) {
            Clients.createTopic(kafka.bootstrapServers(), "kept");
            Clients.produce(kafka.bootstrapServers(), "kept", "record");

            kafka.process().kill();
            kafka.process().restart();

            assertThat(Clients.consume(kafka.bootstrapServers(), "kept")).containsExactly("record");
        }
    }

    @Test
    void aPausedRedisKeepsConnectionsOpenAndAnswersNobodyUntilResumed() {
        try (RedisService redis = RedisService.open("embedded", dataDir)) {
            String answer = Clients.redis(redis.uri(), IMPATIENCE, commands -> {
                redis.process().pause();
                assertThatThrownBy(commands::ping).isInstanceOf(RedisCommandTimeoutException.class);
                redis.process().resume();
                return commands.ping();
            });

            assertThat(answer).isEqualTo("PONG");
        }
    }

    @Test
    void aPauseOfPostgresStopsTheConnectionsItAlreadyServesToo() throws Exception {
        try (PostgresService postgres = PostgresService.open("embedded", dataDir);
                Connection connection = DriverManager.getConnection(postgres.jdbcUrl() + "&socketTimeout=1");
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");

            postgres.process().pause();

            assertThatThrownBy(() -> statement.execute("SELECT 1")).hasMessageContaining("I/O error");
            postgres.process().resume();
            assertThat(Clients.query(postgres.jdbcUrl(), "SELECT 'back'")).isEqualTo("back");
        }
    }

    @Test
    void aPausedServerCanBeClosed() {
        RedisService redis = RedisService.open("embedded", dataDir);
        redis.process().pause();

        redis.close();

        assertThat(redis.process().isAlive()).isFalse();
        assertThatThrownBy(redis.process()::restart).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closingTwiceDoesNotTakeTheFolderFromItsNextOwner() {
        RedisService first = RedisService.open("embedded", dataDir);
        first.close();
        try (RedisService second = RedisService.open("embedded", dataDir)) {
            first.close();

            assertThat(second.process().isAlive()).isTrue();
            assertThatThrownBy(() -> RedisService.open("embedded", dataDir))
                    .hasMessageContaining("in use by this process already");
        }
    }
}
