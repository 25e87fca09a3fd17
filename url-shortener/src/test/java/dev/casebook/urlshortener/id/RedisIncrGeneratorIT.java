package dev.casebook.urlshortener.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.backing.testing.SharedBacking;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisIncrGeneratorIT {
    private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private RedisClient client;
    private StatefulRedisConnection<String, String> connection;

    @BeforeAll
    void connect() {
        client = RedisClient.create(SharedBacking.redis().uri());
        connection = client.connect();
    }

    @AfterAll
    void close() {
        connection.close();
        client.shutdown();
    }

    @Test
    void nodesThatShareACounterMakeDifferentCodes() {
        String counter = SharedBacking.freshPrefix() + "counter";
        RedisIncrGenerator one = new RedisIncrGenerator(connection.sync(), counter, KEY);
        RedisIncrGenerator two = new RedisIncrGenerator(connection.sync(), counter, KEY);
        Set<String> codes = new HashSet<>();

        for (int i = 0; i < 200; i++) {
            codes.add(one.next("", 0));
            codes.add(two.next("", 0));
        }

        assertThat(codes).hasSize(400).allMatch(code -> code.matches("[0-9A-Za-z]{7}"));
    }

    @Test
    void afterALostCounterAFewAttemptsReachFreshCodes() {
        String counter = SharedBacking.freshPrefix() + "counter";
        RedisIncrGenerator generator = new RedisIncrGenerator(connection.sync(), counter, KEY);
        int lost = 100_000;

        int attempt = 0;
        while (Long.parseLong(counterAfter(generator, counter, attempt)) <= lost) {
            attempt++;
        }

        assertThat(attempt).isLessThan(10);
    }

    private String counterAfter(RedisIncrGenerator generator, String counter, int attempt) {
        generator.next("", attempt);
        return connection.sync().get(counter);
    }

    @Test
    void aRedisThatRefusesIsUnavailability() {
        String counter = SharedBacking.freshPrefix() + "counter";
        connection.sync().set(counter, "not a number");
        RedisIncrGenerator generator = new RedisIncrGenerator(connection.sync(), counter, KEY);

        assertThatThrownBy(() -> generator.next("", 0)).isInstanceOf(ShortCodesUnavailableException.class);
    }
}
