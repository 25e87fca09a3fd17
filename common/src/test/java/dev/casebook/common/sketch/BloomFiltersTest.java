package dev.casebook.common.sketch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BloomFiltersTest {
    private static final int ELEMENTS = 100_000;

    private static long[] hashes(int count, long seed) {
        return new SplittableRandom(seed).longs(count).toArray();
    }

    /** Fraction of 400,000 elements, none of them added, that are taken for added ones. */
    private static double measured(LongPredicate filter) {
        return new SplittableRandom(0xFA15E).longs(400_000).filter(filter).count() / 400_000.0;
    }

    /** Four standard deviations of a measured fraction. */
    private static double noise(double probability) {
        return 4 * Math.sqrt(probability * (1 - probability) / 400_000);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.03, 0.01, 0.001})
    void bloomHasNoFalseNegativesAndTheChosenRateOfFalsePositives(double probability) {
        BloomFilter filter = BloomFilter.create(ELEMENTS, probability);
        long[] added = hashes(ELEMENTS, 1);
        for (long hash : added) {
            filter.add(hash);
        }

        for (long hash : added) {
            assertThat(filter.mightContain(hash)).isTrue();
        }
        // rounding the probes to a whole number costs up to 5 %
        assertThat(measured(filter::mightContain)).isLessThan(1.05 * probability + noise(probability));
        assertThat(measured(filter::mightContain))
                .isCloseTo(filter.falsePositiveProbability(), within(noise(probability)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.03, 0.01, 0.001})
    void blockedBloomHasNoFalseNegativesAndTheChosenRateOfFalsePositives(double probability) {
        BlockedBloomFilter filter = BlockedBloomFilter.create(ELEMENTS, probability);
        long[] added = hashes(ELEMENTS, 2);
        for (long hash : added) {
            filter.add(hash);
        }

        for (long hash : added) {
            assertThat(filter.mightContain(hash)).isTrue();
        }
        assertThat(measured(filter::mightContain))
                .isCloseTo(probability, within(0.03 * probability + noise(probability)));
        assertThat(measured(filter::mightContain))
                .isCloseTo(filter.falsePositiveProbability(), within(noise(probability)));
    }

    /** The numbers of the design comment. */
    @ParameterizedTest
    @CsvSource({"0.01, 10.1", "0.001, 15.7", "0.0001, 23.6"})
    void blockedBloomNeedsAsManyBitsAsItSays(double probability, double bitsPerElement) {
        assertThat((double) BlockedBloomFilter.create(1_000_000, probability).bits() / 1_000_000)
                .isCloseTo(bitsPerElement, within(0.05));
    }

    @Test
    void bloomIsAsSmallAsTheFormulaSays() {
        BloomFilter filter = BloomFilter.create(1_000_000, 0.01);

        assertThat(filter.bits()).isBetween(9_585_059L, 9_585_059L + 64);
        assertThat(filter.probes()).isEqualTo(7);
    }

    /** Hashes that differ in one half only must spread, too: each half feeds a different part of the filter. */
    @ParameterizedTest
    @ValueSource(ints = {0, 32})
    void hashesWithOneConstantHalfAreNotAllFalsePositives(int shift) {
        BloomFilter bloom = BloomFilter.create(10_000, 0.01);
        for (long i = 0; i < 10_000; i++) {
            bloom.add((i * 0x9E3779B1L & 0xFFFF_FFFFL) << shift);
        }

        assertThat(measured(bloom::mightContain)).isLessThan(0.05);
    }

    @Test
    void mergedFiltersEqualTheFilterOfTheUnion() {
        BloomFilter left = BloomFilter.create(1000, 0.01);
        BloomFilter right = BloomFilter.create(1000, 0.01);
        BloomFilter union = BloomFilter.create(1000, 0.01);
        BlockedBloomFilter blockedLeft = BlockedBloomFilter.create(1000, 0.01);
        BlockedBloomFilter blockedRight = BlockedBloomFilter.create(1000, 0.01);
        BlockedBloomFilter blockedUnion = BlockedBloomFilter.create(1000, 0.01);
        for (long hash : hashes(1000, 3)) {
            (hash % 3 == 0 ? left : right).add(hash);
            (hash % 3 == 0 ? blockedLeft : blockedRight).add(hash);
            union.add(hash);
            blockedUnion.add(hash);
        }
        left.merge(right);
        blockedLeft.merge(blockedRight);

        assertThat(left.toBytes()).isEqualTo(union.toBytes());
        assertThat(blockedLeft.toBytes()).isEqualTo(blockedUnion.toBytes());
        assertThatThrownBy(() -> left.merge(BloomFilter.create(2000, 0.01))).hasMessageContaining("differ");
        assertThatThrownBy(() -> blockedLeft.merge(BlockedBloomFilter.create(2000, 0.01)))
                .hasMessageContaining("differ");
    }

    @Test
    void bloomEstimatesHowManyDifferentElementsItHolds() {
        BloomFilter filter = BloomFilter.create(ELEMENTS, 0.01);
        assertThat(filter.estimatedElements()).isZero();
        for (long hash : hashes(60_000, 4)) {
            filter.add(hash);
            filter.add(hash);
        }

        assertThat(filter.estimatedElements()).isCloseTo(60_000, within(600.0));
    }

    @Test
    void bloomTellsNewElementsFromThoseItMayHave() {
        BloomFilter filter = BloomFilter.create(100, 0.01);

        assertThat(filter.add(42)).isTrue();
        assertThat(filter.add(42)).isFalse();
    }

    @Test
    void refusesSizesOutOfBounds() {
        assertThatThrownBy(() -> BloomFilter.create(0, 0.01)).hasMessageContaining("expectedElements=0");
        assertThatThrownBy(() -> BloomFilter.create(10, 1)).hasMessageContaining("falsePositiveProbability=1.0");
        assertThatThrownBy(() -> BloomFilter.create(10, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BloomFilter.create(Long.MAX_VALUE, 0.01)).hasMessageContaining("bits");
        assertThatThrownBy(() -> BlockedBloomFilter.create(Long.MAX_VALUE, 0.01))
                .hasMessageContaining("blocks");
        assertThatThrownBy(() -> BlockedBloomFilter.create(10, 1e-9)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BlockedBloomFilter.ofBits(0, 10)).hasMessageContaining("expectedElements=0");
    }
}
