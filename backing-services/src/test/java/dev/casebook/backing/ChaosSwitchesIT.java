package dev.casebook.backing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.casebook.backing.ChaosSwitches.Fault;
import dev.casebook.backing.testing.SharedBacking;
import io.lettuce.core.RedisCommandTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis of its own is hurt; PostgreSQL and Kafka are somebody else's. */
class ChaosSwitchesIT {
    private static final Duration IMPATIENCE = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    Path dataDir;

    private PostgresService postgres;
    private KafkaService kafka;
    private RedisService redis;
    private ChaosSwitches chaos;

    @BeforeEach
    void open() {
        postgres = PostgresService.open(SharedBacking.freshDatabase(), dataDir);
        kafka = KafkaService.open(SharedBacking.kafka().bootstrapServers(), dataDir);
        redis = RedisService.open("embedded", dataDir);
        chaos = new ChaosSwitches(postgres, redis, kafka);
    }

    @AfterEach
    void close() {
        chaos.close();
        redis.close();
        kafka.close();
        postgres.close();
    }

    @Test
    void aPauseEndsByItself() {
        String answer = Clients.redis(redis.uri(), IMPATIENCE, commands -> {
            ChaosSwitches.State state = chaos.inflict("redis", Fault.PAUSE, Duration.ofSeconds(4));
            assertThat(state.fault()).isEqualTo(Fault.PAUSE);
            assertThat(state.healsAt()).isBetween(Instant.now(), Instant.now().plusSeconds(4));
            assertThatThrownBy(commands::ping).isInstanceOf(RedisCommandTimeoutException.class);
            await().until(() -> chaos.states().getFirst().fault() == null);
            return commands.ping();
        });

        assertThat(answer).isEqualTo("PONG");
    }

    @Test
    void aKilledServerComesBackWithItsDataWhenItIsHealed() {
        Clients.redis(redis.uri(), Clients.TIMEOUT, commands -> commands.set("kept", "entry"));

        chaos.inflict("redis", Fault.KILL, LONG);
        assertThat(redis.process().isAlive()).isFalse();
        assertThat(chaos.heal("redis").fault()).isNull();

        assertThat(Clients.redis(redis.uri(), Clients.TIMEOUT, commands -> commands.get("kept")))
                .isEqualTo("entry");
    }

    @Test
    void aSecondFaultWaitsForTheFirstToEnd() {
        chaos.inflict("redis", Fault.PAUSE, LONG);

        assertThat(chaos.inflict("redis", Fault.KILL, LONG).fault()).isEqualTo(Fault.PAUSE);
        assertThat(redis.process().isAlive()).isTrue();

        chaos.heal("redis");
        assertThat(chaos.inflict("redis", Fault.KILL, LONG).fault()).isEqualTo(Fault.KILL);
    }

    @Test
    void healingWhoIsWellChangesNothing() {
        long pid = redis.process().pid();

        assertThat(chaos.heal("redis").fault()).isNull();
        assertThat(redis.process().pid()).isEqualTo(pid);
    }

    @Test
    void onlyEmbeddedServersHaveASwitch() {
        assertThat(chaos.states()).extracting(ChaosSwitches.State::server).containsExactly("redis");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> chaos.inflict("postgres", Fault.PAUSE, LONG))
                .withMessageContaining("redis");
    }

    @Test
    void aFaultIsBounded() {
        for (Duration refused :
                new Duration[] {Duration.ZERO, Duration.ofSeconds(-1), ChaosSwitches.DURATION_MAX.plusMillis(1)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> chaos.inflict("redis", Fault.PAUSE, refused));
        }
        assertThat(chaos.states().getFirst().fault()).isNull();
    }

    @Test
    void closedSwitchesResumeWhoIsPausedAndHurtNobodyAnyMore() {
        chaos.inflict("redis", Fault.PAUSE, LONG);

        chaos.close();

        assertThat(Clients.redis(redis.uri(), Clients.TIMEOUT, commands -> commands.ping()))
                .isEqualTo("PONG");
        chaos.inflict("redis", Fault.KILL, LONG);
        assertThat(redis.process().isAlive()).isTrue();
    }

    @Test
    void anOldTimerLeavesANewFaultAlone() {
        chaos.inflict("redis", Fault.PAUSE, Duration.ofSeconds(1));
        chaos.heal("redis");
        chaos.inflict("redis", Fault.KILL, LONG);

        await().during(Duration.ofSeconds(2)).until(() -> !redis.process().isAlive());
    }
}
