package dev.casebook.urlshortener.analytics.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.common.permute.SipHash;
import dev.casebook.urlshortener.analytics.Click;
import dev.casebook.urlshortener.analytics.Clicks;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VisitorHasherTest {
    private static final long DAY = 86_400_000L;
    private static final long NOON = 20_000 * DAY + DAY / 2;

    private final Map<Long, SipHash> salts = new HashMap<>();
    private final VisitorHasher hasher = new VisitorHasher(day -> salts.computeIfAbsent(day, d -> {
        byte[] key = new byte[SipHash.KEY_BYTES];
        key[0] = d.byteValue();
        return new SipHash(key);
    }));

    @Test
    void isTheSameForTheSameVisitorOfALinkAllDayWhateverTheReferer() {
        assertThat(hasher.hash(Clicks.click(1, NOON, 9, Clicks.FIREFOX, "https://a.example/", "en")))
                .isEqualTo(hasher.hash(Clicks.click(1, NOON + DAY / 2 - 1, 9, Clicks.FIREFOX, "", "de")));
    }

    @Test
    void differsByLinkDayAddressAndAgent() {
        Click visitor = Clicks.click(1, NOON, 9, Clicks.FIREFOX, "", "");

        assertThat(new long[] {
                    hasher.hash(visitor),
                    hasher.hash(Clicks.click(2, NOON, 9, Clicks.FIREFOX, "", "")),
                    hasher.hash(Clicks.click(1, NOON + DAY, 9, Clicks.FIREFOX, "", "")),
                    hasher.hash(Clicks.click(1, NOON, 10, Clicks.FIREFOX, "", "")),
                    hasher.hash(Clicks.click(1, NOON, 9, Clicks.IPHONE, "", ""))
                })
                .doesNotHaveDuplicates();
    }
}
