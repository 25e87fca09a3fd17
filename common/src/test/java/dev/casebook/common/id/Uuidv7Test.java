package dev.casebook.common.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.f4b6a3.uuid.UuidCreator;
import com.github.f4b6a3.uuid.util.UuidUtil;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class Uuidv7Test {
    private static final long SEED = 20_261_121;

    private final SimulatedTime time = new SimulatedTime();

    /** RFC 9562, appendix A.6. */
    @Test
    void buildsTheExampleOfTheRfc() {
        UUID uuid = Uuidv7.of(0x017F22E279B0L, 0xCC3, 0x18C4DC0C0C07398FL);

        assertThat(uuid).hasToString("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
        assertThat(Instant.ofEpochMilli(Uuidv7.unixMillisOf(uuid))).isEqualTo("2022-02-22T19:22:22.000Z");
    }

    @Test
    void anotherLibraryReadsVersionVariantAndTime() {
        Uuidv7 generator = generator(ClockRollbackPolicy.defaults(), SEED);

        for (int i = 0; i < 1_000; i++) {
            UUID uuid = generator.next();
            assertThat(UuidUtil.isTimeOrderedEpoch(uuid)).isTrue();
            assertThat(UuidUtil.getInstant(uuid)).isEqualTo(Instant.ofEpochMilli(time.millis()));
            assertThat(Uuidv7.unixMillisOf(uuid)).isEqualTo(time.millis());
            assertThat(UuidCreator.fromString(uuid.toString())).isEqualTo(uuid);
            time.advance(Duration.ofNanos(700_000));
        }
    }

    @Test
    void idsAscendAsTextEvenWhileTheClockGoesBackAndForth() {
        Uuidv7 generator = generator(new ClockRollbackPolicy(10, 1_000), SEED);
        Random random = new Random(SEED);
        String last = "";

        for (int i = 0; i < 20_000; i++) {
            String text = generator.next().toString();
            assertThat(text).isGreaterThan(last);
            last = text;
            time.set(Duration.ofMillis(random.nextInt(-3, 4)));
        }
    }

    /** The guard bit leaves 2^17 ids for certain; more borrow from the milliseconds to come. */
    @Test
    void millisecondHasRoomForAHundredThousandIdsAndThenSome() {
        Uuidv7 generator = generator(ClockRollbackPolicy.defaults(), SEED);
        UUID last = generator.next();

        for (int i = 1; i < 1 << 17; i++) {
            UUID uuid = generator.next();
            assertThat(uuid.compareTo(last)).isPositive();
            last = uuid;
        }
        assertThat(Uuidv7.unixMillisOf(last)).isEqualTo(time.millis());

        for (int i = 0; i < 1 << 18; i++) {
            generator.next();
        }
        assertThat(Uuidv7.unixMillisOf(generator.next())).isBetween(time.millis() + 1, time.millis() + 2);
        assertThat(time.parks()).isZero();
    }

    @Test
    void theCounterBeginsEachMillisecondAtARandomNumberInItsLowerHalf() {
        Uuidv7 generator = generator(ClockRollbackPolicy.defaults(), SEED);
        Set<Integer> begins = new HashSet<>();

        for (int i = 0; i < 1_000; i++) {
            UUID uuid = generator.next();
            int randA = (int) uuid.getMostSignificantBits() & 0xFFF;
            assertThat(randA).isLessThan(0x800);
            begins.add(randA);
            time.advance(Duration.ofMillis(1));
        }

        // 1,000 draws of 2,048 leave about 2,048 * (1 - e^-0.488) = 791 different ones, standard deviation below 13
        assertThat(begins).hasSizeBetween(700, 880);
    }

    @Test
    void eachRandomBitIsOneHalfOfTheTime() {
        Uuidv7 generator = generator(ClockRollbackPolicy.defaults(), SEED);
        int[] ones = new int[56];
        int samples = 20_000;

        for (int i = 0; i < samples; i++) {
            long low = generator.next().getLeastSignificantBits();
            for (int bit = 0; bit < ones.length; bit++) {
                ones[bit] += (int) (low >>> bit) & 1;
            }
        }

        assertThat(ones).satisfies(counts -> {
            for (int count : counts) {
                assertThat(count).isBetween(samples / 2 - 400, samples / 2 + 400); // 5.6 standard deviations
            }
        });
    }

    @Test
    void generatorsWithOtherKeysShareNothingButTheTime() {
        Uuidv7 one = generator(ClockRollbackPolicy.defaults(), 1);
        Uuidv7 other = generator(ClockRollbackPolicy.defaults(), 2);
        Set<Long> tails = new HashSet<>();

        for (int i = 0; i < 10_000; i++) {
            tails.add(one.next().getLeastSignificantBits() & ((1L << 56) - 1));
            tails.add(other.next().getLeastSignificantBits() & ((1L << 56) - 1));
        }

        assertThat(tails).hasSize(20_000);
    }

    @Test
    void clockBeyondToleranceIsRefused() {
        Uuidv7 generator = generator(ClockRollbackPolicy.defaults(), SEED);
        generator.next();
        time.set(Duration.ofSeconds(-5));

        assertThatThrownBy(generator::next)
                .isInstanceOf(IdUnavailableException.class)
                .hasMessageContaining("5000 ms behind");
    }

    @Test
    void fieldsOutOfBoundsAndOtherVersionsAreRefused() {
        assertThatThrownBy(() -> Uuidv7.of(1L << 48, 0, 0)).hasMessageContaining("unixMillis=");
        assertThatThrownBy(() -> Uuidv7.of(0, 1 << 12, 0)).hasMessageContaining("randA=4096");
        assertThatThrownBy(() -> Uuidv7.of(0, 0, -1)).hasMessageContaining("randB=-1");
        assertThatThrownBy(() -> Uuidv7.unixMillisOf(UUID.randomUUID())).hasMessageContaining("version 7");
    }

    private Uuidv7 generator(ClockRollbackPolicy policy, long seed) {
        return new Uuidv7(policy, time, new Random(seed), time);
    }
}
