package dev.casebook.urlshortener;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RedisDriverTest {
    /** However long Redis was away: the driver's own pauses grow to 30 s. */
    @Test
    void noPauseBetweenAttemptsToReconnectIsLongerThanASecond() {
        try (RedisDriver driver = new RedisDriver(RedisURI.create("redis://127.0.0.1:1"))) {
            Delay delay = driver.client().getResources().reconnectDelay();

            for (long attempt = 1; attempt <= 10_000; attempt++) {
                assertThat(delay.createDelay(attempt))
                        .as("attempt %d", attempt)
                        .isPositive()
                        .isLessThanOrEqualTo(Duration.ofSeconds(1));
            }
        }
    }
}
