package dev.casebook.urlshortener.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.common.id.Snowflake;
import dev.casebook.common.id.SnowflakeLayout;
import dev.casebook.common.id.WorkerIdLease;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random, hashed and time-ordered codes. */
class StatelessGeneratorsTest {
    private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final long SEED = 20261121;

    @Test
    void randomCodesUseEveryCharacterAboutEquallyOften() {
        RandomGenerator generator = new RandomGenerator(new Random(SEED), 10);
        int[] counts = new int[128];
        int codes = 20_000;

        for (int i = 0; i < codes; i++) {
            generator.next().chars().forEach(c -> counts[c]++);
        }

        double expected = codes * 10 / 62.0;
        double chiSquare = 0;
        for (char c : RandomGenerator.ALPHABET.toCharArray()) {
            chiSquare += (counts[c] - expected) * (counts[c] - expected) / expected;
        }
        assertThat(chiSquare).as("61 degrees of freedom, p = 0.001").isLessThan(101);
    }

    @Test
    void randomCodesHaveTheLengthAskedForAndPrivateOnesAtLeastTwelve() {
        ShortCodes codes =
                new ShortCodes(new RandomGenerator(new Random(SEED), 7), new RandomGenerator(new Random(), 7));

        assertThat(codes.choose(false, 5).next("", 0)).hasSize(5);
        assertThat(codes.choose(true, null).next("", 0)).hasSize(12);
        assertThat(codes.choose(true, 5).next("", 0)).hasSize(12);
        assertThat(codes.choose(true, 20).next("", 0)).hasSize(20);
        assertThat(codes.choose(false, null)).isSameAs(codes.strategy());
        assertThatThrownBy(() -> codes.choose(false, 3)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hashedCodesAreTheSameForOneDestinationUntilItIsTaken() {
        UrlHashGenerator one = new UrlHashGenerator(KEY, new Random(SEED));
        UrlHashGenerator other = new UrlHashGenerator(KEY, new Random());
        String url = "https://example.com/";

        assertThat(one.next(url, 0)).isEqualTo(other.next(url, 0)).hasSize(7);
        assertThat(one.next(url, 0)).isNotEqualTo(one.next(url + "x", 0));
        assertThat(one.next(url, 1)).isNotEqualTo(one.next(url, 0)).isNotEqualTo(one.next(url, 1));
    }

    @Test
    void hashedCodesCannotBeForetoldWithoutTheKey() {
        byte[] otherKey = KEY.clone();
        otherKey[15] ^= 1;

        assertThat(new UrlHashGenerator(KEY, new Random(SEED)).next("https://example.com/", 0))
                .isNotEqualTo(new UrlHashGenerator(otherKey, new Random(SEED)).next("https://example.com/", 0));
    }

    @Test
    void snowflakeCodesDifferAndNeedALease() {
        SnowflakeGenerator generator =
                new SnowflakeGenerator(Snowflake.create(SnowflakeLayout.TWITTER, WorkerIdLease.permanent(3)));
        Set<String> codes = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            codes.add(generator.next("", 0));
        }
        assertThat(codes).hasSize(10_000).allMatch(code -> code.matches("[0-9A-Za-z]{1,11}"));

        SnowflakeGenerator withoutLease =
                new SnowflakeGenerator(Snowflake.create(SnowflakeLayout.TWITTER, () -> WorkerIdLease.Grant.NONE));
        assertThatThrownBy(() -> withoutLease.next("", 0)).isInstanceOf(ShortCodesUnavailableException.class);
    }
}
