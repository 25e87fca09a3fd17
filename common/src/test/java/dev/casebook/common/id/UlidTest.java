package dev.casebook.common.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UlidTest {
    private static final long SEED = 20_261_121;

    @Property
    void textIsThatOfUlidCreator(@ForAll long high, @ForAll long low) {
        var expected = new com.github.f4b6a3.ulid.Ulid(high, low);
        Ulid ulid = new Ulid(high, low);

        assertThat(ulid).hasToString(expected.toString());
        assertThat(ulid.unixMillis()).isEqualTo(expected.getTime());
        assertThat(Ulid.parse(expected.toString())).isEqualTo(ulid);
        assertThat(Ulid.parse(expected.toLowerCase())).isEqualTo(ulid);
    }

    @Property
    void orderIsThatOfTheTexts(@ForAll long high, @ForAll long low, @ForAll long otherHigh, @ForAll long otherLow) {
        Ulid one = new Ulid(high, low);
        Ulid other = new Ulid(otherHigh, otherLow);

        assertThat(Integer.signum(one.compareTo(other)))
                .isEqualTo(Integer.signum(one.toString().compareTo(other.toString())));
    }

    @Property
    void incrementIsThatOfUlidCreator(@ForAll long high, @ForAll long low) {
        var expected = new com.github.f4b6a3.ulid.Ulid(high, low).increment();

        assertThat(new Ulid(high, low).increment())
                .isEqualTo(new Ulid(expected.getMostSignificantBits(), expected.getLeastSignificantBits()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "01ARZ3NDEKTSV4RRFFQ69G5FA",
                "80000000000000000000000000",
                "01ARZ3NDEKTSV4RRFFQ69G5FAU",
                "01ARZ3NDEK-SV4RRFFQ69G5FAV"
            })
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> Ulid.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void withinAMillisecondEachIsTheLastPlusOne() {
        SimulatedTime time = new SimulatedTime();
        UlidGenerator generator = new UlidGenerator(ClockRollbackPolicy.defaults(), time, new Random(SEED), time);
        Ulid last = generator.next();
        assertThat(last.unixMillis()).isEqualTo(SimulatedTime.START);

        for (int i = 0; i < 1_000; i++) {
            Ulid next = generator.next();
            assertThat(next).isEqualTo(last.increment());
            last = next;
        }

        time.advance(Duration.ofMillis(1));
        Ulid next = generator.next();
        assertThat(next).isNotEqualTo(last.increment()).isGreaterThan(last);
        assertThat(next.unixMillis()).isEqualTo(SimulatedTime.START + 1);
    }

    @Test
    void clockSetBackKeepsTheTimeWithinToleranceAndIsRefusedBeyond() {
        SimulatedTime time = new SimulatedTime();
        UlidGenerator generator = new UlidGenerator(ClockRollbackPolicy.defaults(), time, new Random(SEED), time);
        Ulid before = generator.next();

        time.set(Duration.ofSeconds(-1));
        assertThat(generator.next()).isEqualTo(before.increment());
        time.set(Duration.ofMillis(-1));

        assertThatThrownBy(generator::next)
                .isInstanceOf(IdUnavailableException.class)
                .hasMessageContaining("1001 ms behind");
    }
}
