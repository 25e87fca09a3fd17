package dev.casebook.urlshortener.analytics.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class SequenceWindowPropertyTest {
    @Property(tries = 200)
    void agreesWithASetOfAllNumbersWhileNoneIsLateByAWindow(
            @ForAll long seed, @ForAll @LongRange(max = 1L << 40) long start) {
        Random random = new Random(seed);
        Set<Long> seen = new HashSet<>();
        SequenceWindow window = SequenceWindow.empty();
        long highest = start;
        for (int i = 0; i < 2_000; i++) {
            long number = random.nextInt(10) == 0
                    ? highest + random.nextInt(3 * SequenceWindow.SIZE / 2)
                    : Math.max(0, highest - random.nextInt(SequenceWindow.SIZE));
            highest = Math.max(highest, number);
            if (number <= window.highest() - SequenceWindow.SIZE) {
                continue;
            }

            assertThat(window.add(number))
                    .as("number %d, seed %d", number, seed)
                    .isEqualTo(seen.add(number));

            if (i % 100 == 0) {
                window = SequenceWindow.of(window.highest(), window.bitmap());
            }
        }
    }

    @Example
    void takesANumberBelowTheWindowForCounted() {
        SequenceWindow window = SequenceWindow.empty();
        window.add(SequenceWindow.SIZE + 5L);

        assertThat(window.add(5)).isFalse();
        assertThat(window.add(6)).isTrue();
    }

    @Example
    void refusesNegativeNumbersAndBitmapsOfAnotherSize() {
        assertThatThrownBy(() -> SequenceWindow.empty().add(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SequenceWindow.of(0, new byte[1])).isInstanceOf(IllegalArgumentException.class);
    }
}
