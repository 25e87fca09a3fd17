package dev.casebook.common.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TsidTest {
    @Property
    void textIsThatOfTsidCreator(@ForAll long id) {
        var expected = com.github.f4b6a3.tsid.Tsid.from(id);

        assertThat(Tsid.toString(id)).isEqualTo(expected.toString());
        assertThat(Tsid.parse(expected.toString())).isEqualTo(id);
        assertThat(SnowflakeLayout.TSID.unixMillisOf(id)).isEqualTo(expected.getUnixMilliseconds());
    }

    @Test
    void generatedIdsAreReadByTsidCreatorWithTimeAndNode() {
        SimulatedTime time = new SimulatedTime();
        Snowflake generator = Tsid.generator(
                8, WorkerIdLease.permanent(255), ClockRollbackPolicy.defaults(), time, new Random(20_261_121));
        Set<String> texts = new HashSet<>();
        String last = "";

        for (int i = 0; i < 10_000; i++) {
            long id = generator.next();
            String text = Tsid.toString(id);
            var read = com.github.f4b6a3.tsid.Tsid.from(text);
            assertThat(read.toLong()).isEqualTo(id);
            assertThat(read.getUnixMilliseconds()).isBetween(time.millis(), time.millis() + 1);
            assertThat(generator.layout().nodeOf(id)).isEqualTo(255);
            assertThat(text).isGreaterThan(last);
            texts.add(text);
            last = text;
        }

        assertThat(texts).hasSize(10_000);
    }

    @Test
    void theNumberBeginsEachMillisecondInItsLowerHalfAtRandom() {
        SimulatedTime time = new SimulatedTime();
        Snowflake generator = Tsid.generator(
                10, WorkerIdLease.permanent(1), ClockRollbackPolicy.defaults(), time, new Random(20_261_121));
        Set<Integer> begins = new HashSet<>();

        for (int i = 0; i < 1_000; i++) {
            int number = generator.layout().sequenceOf(generator.next());
            assertThat(number).isBetween(0, 2_047);
            begins.add(number);
            time.set(Duration.ofMillis(1));
        }

        assertThat(begins).hasSizeBetween(700, 880);
    }

    @Test
    void textOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> Tsid.parse("0")).hasMessageContaining("length=1");
        assertThatThrownBy(() -> Tsid.parse("G000000000000")).isInstanceOf(IllegalArgumentException.class);
    }
}
