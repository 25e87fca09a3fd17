package dev.casebook.urlshortener.analytics.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class VisitorSketchPropertyTest {
    @Property(tries = 100)
    void isExactForFewVisitorsHoweverOftenTheyComeAndHoweverItWasMerged(
            @ForAll long seed, @ForAll @IntRange(max = VisitorSketch.EXACT_MAX) int visitors) {
        Random random = new Random(seed);
        VisitorSketch[] parts = {new VisitorSketch(), new VisitorSketch(), new VisitorSketch()};
        Set<Long> distinct = new HashSet<>();
        for (int i = 0; i < 3 * visitors; i++) {
            long hash = new Random(seed + i % Math.max(1, visitors)).nextLong();
            distinct.add(hash);
            parts[random.nextInt(parts.length)].add(hash);
        }

        VisitorSketch whole = VisitorSketch.of(parts[0].toBytes());
        whole.merge(parts[1]);
        whole.merge(VisitorSketch.of(parts[2].toBytes()));
        whole.merge(parts[1]);

        assertThat(whole.estimate()).isEqualTo(distinct.size());
        assertThat(VisitorSketch.of(whole.toBytes()).estimate()).isEqualTo(distinct.size());
    }

    @Property(tries = 20)
    void staysWithinSixStandardErrorsForManyVisitorsInAnyForm(
            @ForAll long seed, @ForAll @IntRange(min = 1_000, max = 200_000) int visitors) {
        Random random = new Random(seed);
        VisitorSketch many = new VisitorSketch();
        VisitorSketch few = new VisitorSketch();
        for (int i = 0; i < visitors; i++) {
            (i < 100 ? few : many).add(random.nextLong());
        }

        few.merge(many);
        VisitorSketch stored = VisitorSketch.of(few.toBytes());

        assertThat(stored.estimate()).isCloseTo(visitors, within((long) (visitors * 6 * 0.01625)));
        assertThat(stored.toBytes().length).isLessThan(4_200);
    }
}
