package dev.casebook.common.sketch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** The guarantees of the papers, against an exact counter. */
class SpaceSavingPropertyTest {
    private final Map<String, Long> exact = new HashMap<>();

    private SpaceSaving<String> stream(int capacity, int length, double skew, boolean weighted, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SpaceSaving<String> sketch = SpaceSaving.create(capacity);
        for (int i = 0; i < length; i++) {
            String element = "e" + (int) (200 * Math.pow(random.nextDouble(), skew));
            long count = weighted ? random.nextLong(1, 50) : 1;
            sketch.add(element, count);
            exact.merge(element, count, Long::sum);
        }
        return sketch;
    }

    private void assertGuarantees(SpaceSaving<String> sketch) {
        long total = exact.values().stream().mapToLong(Long::longValue).sum();
        assertThat(sketch.total()).isEqualTo(total);
        Map<String, SpaceSaving.Estimate<String>> monitored = new HashMap<>();
        for (var estimate : sketch.top(sketch.capacity())) {
            monitored.put(estimate.element(), estimate);
            long truth = exact.getOrDefault(estimate.element(), 0L);
            assertThat(truth).isBetween(estimate.count() - estimate.error(), estimate.count());
            assertThat(estimate.error()).isLessThanOrEqualTo(total / sketch.capacity());
        }
        assertThat(monitored.size()).isLessThanOrEqualTo(sketch.capacity());
        exact.forEach((element, count) -> {
            assertThat(sketch.estimate(element)).isGreaterThanOrEqualTo(count);
            if (count > total / sketch.capacity()) {
                assertThat(monitored).containsKey(element);
            }
        });
    }

    @Property(tries = 150)
    void boundsHoldForAnyStream(
            @ForAll @IntRange(min = 1, max = 60) int capacity,
            @ForAll @IntRange(max = 3000) int length,
            @ForAll @DoubleRange(min = 1, max = 6) double skew,
            @ForAll boolean weighted,
            @ForAll long seed) {
        exact.clear();
        SpaceSaving<String> sketch = stream(capacity, length, skew, weighted, seed);

        assertGuarantees(sketch);
        long sum = sketch.top(capacity).stream()
                .mapToLong(SpaceSaving.Estimate::count)
                .sum();
        assertThat(sum).isEqualTo(sketch.total());
    }

    @Property(tries = 150)
    void boundsHoldForTheSumOfMergedStreams(
            @ForAll @IntRange(min = 1, max = 60) int capacity,
            @ForAll @IntRange(max = 2000) int length,
            @ForAll @IntRange(max = 2000) int otherLength,
            @ForAll @DoubleRange(min = 1, max = 6) double skew,
            @ForAll long seed) {
        exact.clear();
        SpaceSaving<String> sketch = stream(capacity, length, skew, false, seed);
        sketch.merge(stream(capacity, otherLength, skew + 0.5, true, seed + 1));

        assertGuarantees(sketch);
        // and it goes on counting
        sketch.add("e0", 10);
        exact.merge("e0", 10L, Long::sum);
        assertGuarantees(sketch);
    }

    @Property(tries = 100)
    void aStoredSketchGoesOnAsTheOriginalWould(
            @ForAll @IntRange(min = 1, max = 60) int capacity,
            @ForAll @IntRange(max = 1000) int length,
            @ForAll long seed) {
        exact.clear();
        SpaceSaving<String> sketch = stream(capacity, length, 3, true, seed);
        SpaceSaving<String> copy = SpaceSaving.fromBytes(
                sketch.toBytes(element -> element.getBytes(StandardCharsets.UTF_8)),
                bytes -> new String(bytes, StandardCharsets.UTF_8));

        assertThat(copy.top(capacity)).containsExactlyInAnyOrderElementsOf(sketch.top(capacity));
        assertGuarantees(copy);
        Assume.that(length > 0);
        copy.add("newcomer", 3);
        exact.merge("newcomer", 3L, Long::sum);
        assertGuarantees(copy);
    }
}
