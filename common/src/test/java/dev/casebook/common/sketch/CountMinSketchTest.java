package dev.casebook.common.sketch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.common.hash.Xxh3;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountMinSketchTest {
    private static final int ELEMENTS = 20_000;
    /** The elements arrive interleaved: what conservative update gains depends on it. */
    private static final int ROUNDS = 20;

    /** True counts of a skewed stream: element i has about {@code 200,000 / (i + 1)} occurrences. */
    private static long[] skewedCounts(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] counts = new long[ELEMENTS];
        for (int i = 0; i < ELEMENTS; i++) {
            counts[i] = 1L + 200_000 / (i + 1) + random.nextInt(3);
        }
        return counts;
    }

    private static CountMinSketch of(long[] counts, boolean conservative) {
        CountMinSketch sketch = CountMinSketch.create(0.001, 0.01, conservative);
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < counts.length; i++) {
                sketch.add(Xxh3.hash64(i, 0), counts[i] * (round + 1) / ROUNDS - counts[i] * round / ROUNDS);
            }
        }
        return sketch;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void neverUnderestimatesAndSeldomExceedsTheBound(boolean conservative) {
        long[] counts = skewedCounts(1);
        CountMinSketch sketch = of(counts, conservative);

        int beyond = 0;
        for (int i = 0; i < ELEMENTS; i++) {
            long estimate = sketch.estimate(Xxh3.hash64(i, 0));
            assertThat(estimate).isGreaterThanOrEqualTo(counts[i]);
            if (estimate > counts[i] + 0.001 * sketch.total()) {
                beyond++;
            }
        }
        assertThat(beyond).isLessThanOrEqualTo(ELEMENTS / 100);
    }

    @Test
    void conservativeUpdateIsNeverWorseAndAQuarterBetterInAll() {
        long[] counts = skewedCounts(2);
        CountMinSketch plain = of(counts, false);
        CountMinSketch conservative = of(counts, true);

        long plainError = 0;
        long conservativeError = 0;
        for (int i = 0; i < ELEMENTS; i++) {
            long hash = Xxh3.hash64(i, 0);
            assertThat(conservative.estimate(hash)).isLessThanOrEqualTo(plain.estimate(hash));
            plainError += plain.estimate(hash) - counts[i];
            conservativeError += conservative.estimate(hash) - counts[i];
        }
        assertThat(conservativeError).isLessThan(plainError * 3 / 4);
    }

    @Test
    void mergedPlainSketchesEqualTheSketchOfBothStreams() {
        long[] left = skewedCounts(3);
        long[] right = skewedCounts(4);
        long[] both = new long[ELEMENTS];
        for (int i = 0; i < ELEMENTS; i++) {
            both[i] = left[i] + right[i];
        }
        CountMinSketch merged = of(left, false);
        merged.merge(of(right, false));

        assertThat(merged.toBytes()).isEqualTo(of(both, false).toBytes());
    }

    @Test
    void mergedConservativeSketchesStillNeverUnderestimate() {
        long[] left = skewedCounts(3);
        long[] right = skewedCounts(4);
        CountMinSketch merged = of(left, true);
        merged.merge(of(right, true));

        for (int i = 0; i < ELEMENTS; i++) {
            assertThat(merged.estimate(Xxh3.hash64(i, 0))).isGreaterThanOrEqualTo(left[i] + right[i]);
        }
        assertThatThrownBy(() -> merged.merge(of(right, false))).hasMessageContaining("conservative");
    }

    @Test
    void refusesToOverflowAndStaysAsItWas() {
        CountMinSketch sketch = CountMinSketch.create(0.1, 0.1, false);
        sketch.add(7, Long.MAX_VALUE);

        assertThatThrownBy(() -> sketch.add(7, 1)).isInstanceOf(ArithmeticException.class);
        assertThat(sketch.estimate(7)).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(() -> sketch.add(7, -1)).hasMessageContaining("count=-1");
    }

    @Test
    void refusesErrorsThatWouldNeedTooMuchMemory() {
        assertThat(CountMinSketch.create(0.01, 0.01, false).width()).isEqualTo(272);
        assertThat(CountMinSketch.create(0.01, 0.01, false).depth()).isEqualTo(5);
        assertThatThrownBy(() -> CountMinSketch.create(1e-12, 0.01, false)).hasMessageContaining("epsilon=1.0E-12");
        assertThatThrownBy(() -> CountMinSketch.create(0.1, 1e-30, false)).hasMessageContaining("delta=1.0E-30");
        assertThatThrownBy(() -> CountMinSketch.create(0, 0.1, false)).hasMessageContaining("epsilon=0.0");
    }
}
