package dev.casebook.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ZipfSequenceTest {
    private static final int DRAWS = 1 << 20;

    @Test
    void sharesFollowZipfsLaw() {
        int[] counts = counts(new ZipfSequence(100, 1, 7), 100);

        double harmonic = 0;
        for (int k = 1; k <= 100; k++) {
            harmonic += 1.0 / k;
        }
        for (int rank : new int[] {0, 1, 9, 99}) {
            double share = 1 / ((rank + 1) * harmonic);
            assertThat(counts[rank] / (double) DRAWS).isCloseTo(share, within(5 * Math.sqrt(share / DRAWS)));
        }
    }

    @Test
    void exponentZeroIsUniform() {
        int[] counts = counts(new ZipfSequence(16, 0, 7), 16);

        for (int count : counts) {
            assertThat(count / (double) DRAWS).isCloseTo(1.0 / 16, within(0.002));
        }
    }

    @Test
    void theSameSeedDrawsTheSame() {
        ZipfSequence some = new ZipfSequence(1000, 0.9, 3);
        ZipfSequence same = new ZipfSequence(1000, 0.9, 3);

        for (int i = 0; i < 1000; i++) {
            assertThat(some.rank(i)).isEqualTo(same.rank(i)).isEqualTo(some.rank(i + (long) DRAWS));
        }
    }

    private static int[] counts(ZipfSequence sequence, int items) {
        int[] counts = new int[items];
        for (int i = 0; i < DRAWS; i++) {
            counts[sequence.rank(i)]++;
        }
        return counts;
    }
}
