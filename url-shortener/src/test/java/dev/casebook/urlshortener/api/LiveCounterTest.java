package dev.casebook.urlshortener.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.analytics.LinkCount;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveCounterTest {
    private final List<Long> sent = new ArrayList<>();
    private boolean keepsUp = true;
    private final LiveCounter counter = new LiveCounter(total -> keepsUp && sent.add(total.clicks()));

    @Test
    void aTotalThatWasOvertakenOrComesTwiceIsNotShown() {
        counter.show(LinkCount.none(1));
        counter.show(total(7, 3));
        counter.show(total(5, 2));
        counter.show(total(7, 3));
        counter.show(total(8, 4));

        assertThat(sent).containsExactly(0L, 7L, 8L);
    }

    @Test
    void aTotalThatThePageDidNotGetMayComeAgain() {
        keepsUp = false;
        counter.show(total(7, 3));
        keepsUp = true;
        counter.show(total(7, 3));

        assertThat(sent).containsExactly(7L);
    }

    private static LinkCount total(long clicks, long revision) {
        return new LinkCount(1, clicks, 0, revision);
    }
}
