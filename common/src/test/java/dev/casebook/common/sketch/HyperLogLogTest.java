package dev.casebook.common.sketch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HyperLogLogTest {
    private static double standardError(int precision) {
        return 1.04 / Math.sqrt(1 << precision);
    }

    private static HyperLogLog of(int precision, int elements, long seed) {
        HyperLogLog sketch = HyperLogLog.create(precision);
        new SplittableRandom(seed).longs(elements).forEach(sketch::add);
        return sketch;
    }

    /** Over the whole range, the places included where the original estimator changes its formula (2.5 and 5 times m). */
    @ParameterizedTest
    @ValueSource(ints = {4, 8, 12, 14})
    void estimatesWithinFourStandardErrors(int precision) {
        for (double perRegister : new double[] {0.01, 0.1, 0.5, 1, 2.5, 3, 5, 10, 50}) {
            int elements = (int) Math.max(1, perRegister * (1 << precision));
            double estimate = of(precision, elements, 99 + elements).estimate();
            assertThat(estimate / elements)
                    .as("precision %d, %d elements", precision, elements)
                    .isCloseTo(1, within(4 * standardError(precision) + 0.5 / elements));
        }
    }

    @Test
    void isUnbiasedAndAsPreciseAsTheFormulaSaysOverManyStreams() {
        int streams = 400;
        double sum = 0;
        double squares = 0;
        for (int stream = 0; stream < streams; stream++) {
            double error = of(10, 3_000, stream).estimate() / 3_000 - 1;
            sum += error;
            squares += error * error;
        }

        assertThat(sum / streams).isCloseTo(0, within(4 * standardError(10) / Math.sqrt(streams)));
        assertThat(Math.sqrt(squares / streams)).isBetween(0.8 * standardError(10), 1.1 * standardError(10));
    }

    @Test
    void isEmptyAtZeroAndIgnoresRepetitions() {
        HyperLogLog sketch = HyperLogLog.create(14);
        assertThat(sketch.estimate()).isZero();

        assertThat(sketch.add(0x1234_5678_9ABC_DEF0L)).isTrue();
        assertThat(sketch.add(0x1234_5678_9ABC_DEF0L)).isFalse();
        assertThat(sketch.estimate()).isCloseTo(1, within(0.001));
    }

    @Test
    void survivesTheExtremeHashes() {
        HyperLogLog sketch = HyperLogLog.create(4);
        for (long register = 0; register < 16; register++) {
            sketch.add(register << 60); // the rest of the hash is all zeros: the greatest rank
        }
        sketch.add(-1L);

        assertThat(sketch.estimate()).isInfinite();
        assertThat(HyperLogLog.fromBytes(sketch.toBytes()).estimate()).isInfinite();
    }

    @Test
    void mergedSketchesEqualTheSketchOfTheUnion() {
        HyperLogLog left = HyperLogLog.create(12);
        HyperLogLog right = HyperLogLog.create(12);
        HyperLogLog union = HyperLogLog.create(12);
        new SplittableRandom(5).longs(50_000).forEach(hash -> {
            if (hash % 3 != 0) {
                left.add(hash);
            }
            if (hash % 3 != 1) {
                right.add(hash);
            }
            union.add(hash);
        });
        left.merge(right);

        assertThat(left.toBytes()).isEqualTo(union.toBytes());
        assertThatThrownBy(() -> left.merge(HyperLogLog.create(13))).hasMessageContaining("12 and 13");
    }

    /** Two libraries with other registers or estimators cannot agree to the bit; all must be near the truth, and so near. */
    @ParameterizedTest
    @ValueSource(ints = {100, 10_000, 1_000_000})
    void agreesWithHash4jWithinBothErrors(int elements) {
        var hash4j = com.dynatrace.hash4j.distinctcount.HyperLogLog.create(12);
        HyperLogLog ours = HyperLogLog.create(12);
        new SplittableRandom(6).longs(elements).forEach(hash -> {
            hash4j.add(hash);
            ours.add(hash);
        });

        assertThat(ours.estimate()).isCloseTo(hash4j.getDistinctCountEstimate(), within(0.06 * elements));
    }

    @Test
    void storesFewElementsInFewBytesAndManyInSixBitsEach() {
        assertThat(of(14, 0, 1).toBytes()).hasSizeLessThan(20);
        assertThat(of(14, 10, 1).toBytes()).hasSizeLessThan(60);
        assertThat(of(14, 1_000_000, 1).toBytes()).hasSize(14 + (1 << 14) * 6 / 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 3_000, 4_000, 100_000})
    void readsBackWhatItWrote(int elements) {
        HyperLogLog sketch = of(12, elements, 7);
        HyperLogLog copy = HyperLogLog.fromBytes(sketch.toBytes());

        assertThat(copy.estimate()).isEqualTo(sketch.estimate());
        assertThat(copy.toBytes()).isEqualTo(sketch.toBytes());
    }

    @Test
    void refusesPrecisionsOutOfBounds() {
        assertThatThrownBy(() -> HyperLogLog.create(3)).hasMessageContaining("precision=3");
        assertThatThrownBy(() -> HyperLogLog.create(19)).hasMessageContaining("precision=19");
    }
}
