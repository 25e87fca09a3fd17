package dev.casebook.benchmarks.urlshortener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.casebook.benchmarks.load.ZipfSequence;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ZipfCacheTheoryTest {
    private static final int ITEMS = 10_000;
    private static final int REQUESTS = 500_000;

    @Test
    void predictsWhatAnLruOfLinkedHashMapHits() {
        ZipfSequence sequence = new ZipfSequence(ITEMS, 1, 7);
        Map<Integer, Boolean> lru = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, Boolean> eldest) {
                return size() > 500;
            }
        };
        int hits = 0;
        for (int request = 0; request < REQUESTS; request++) {
            hits += lru.put(sequence.rank(request), true) == null ? 0 : 1;
        }

        double predicted = new ZipfCacheTheory(ITEMS, 1).lru(500);

        assertThat(predicted).isCloseTo(hits / (double) REQUESTS, within(0.01));
    }

    @Test
    void perfectLfuOfZipfOneIsAboutTheRatioOfLogarithms() {
        // H(k)/H(n) with Euler's constant, an independent form of the harmonic sum
        double euler = 0.5772156649;
        double expected = (Math.log(500) + euler) / (Math.log(ITEMS) + euler);

        assertThat(new ZipfCacheTheory(ITEMS, 1).perfectLfu(500)).isCloseTo(expected, within(0.001));
    }

    @Test
    void hitsEverythingWhenEverythingFits() {
        assertThat(new ZipfCacheTheory(100, 0.9).lru(100)).isEqualTo(1);
        assertThat(new ZipfCacheTheory(100, 0.9).perfectLfu(1_000)).isCloseTo(1, within(1e-9));
    }
}
