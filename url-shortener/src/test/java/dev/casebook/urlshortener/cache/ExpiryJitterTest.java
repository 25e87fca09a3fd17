package dev.casebook.urlshortener.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.casebook.urlshortener.link.LinkKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Links that were loaded together must not all be asked for again together, nor live longer than was said. */
class ExpiryJitterTest {
    private static final int LINKS = 12_000;
    private static final Duration TTL = Duration.ofSeconds(60);
    private static final double JITTER = 0.1;
    private static final long EARLIEST_NANOS = Duration.ofSeconds(54).toNanos();
    private static final long LATEST_NANOS = Duration.ofSeconds(66).toNanos();
    private static final long LOADED_AT_NANOS = 1_000_000_007;
    private static final long SEED = 42;

    private long nowNanos = LOADED_AT_NANOS;

    @Test
    void linksLoadedAtOnceExpireEvenlyBetweenTheDeclaredBounds() {
        NearCache near = near(JITTER);
        List<NearEntry> entries = load(near, Long.MAX_VALUE);

        assertThat(freshAt(near, entries, EARLIEST_NANOS - 1)).isEqualTo(LINKS);
        assertThat(freshAt(near, entries, LATEST_NANOS)).isZero();
        for (int step = 1; step < 12; step++) {
            long ageNanos = EARLIEST_NANOS + step * (LATEST_NANOS - EARLIEST_NANOS) / 12;
            assertThat(freshAt(near, entries, ageNanos))
                    .as("fresh after %d of 12 parts", step)
                    .isCloseTo(LINKS - step * LINKS / 12, within(LINKS / 50));
        }
    }

    @Test
    void aLinkLoadedAgainExpiresAtAnotherAge() {
        NearCache near = near(JITTER);
        LinkKey key = LinkKey.ofSlug("k");
        List<Long> ages = new ArrayList<>();
        for (int load = 0; load < 20; load++) {
            ages.add(load(near, key, Long.MAX_VALUE).freshNanos());
            nowNanos += Duration.ofSeconds(60).toNanos();
        }

        assertThat(ages).doesNotHaveDuplicates();
    }

    @Test
    void whatIsKnownToBeOldIsKeptNoLongerThanItsBound() {
        NearCache near = near(JITTER);
        long boundNanos = Duration.ofSeconds(1).toNanos();
        List<NearEntry> entries = load(near, boundNanos);

        assertThat(freshAt(near, entries, boundNanos - 1)).isEqualTo(LINKS);
        assertThat(freshAt(near, entries, boundNanos)).isZero();
    }

    @Test
    void withoutJitterAllExpireAtTheTimeToLive() {
        NearCache near = near(0);
        List<NearEntry> entries = load(near, Long.MAX_VALUE);

        assertThat(freshAt(near, entries, TTL.toNanos() - 1)).isEqualTo(LINKS);
        assertThat(freshAt(near, entries, TTL.toNanos())).isZero();
    }

    private NearCache near(double jitter) {
        NearCache near = new NearCache(
                new TierSettings.Near(
                        64L << 20,
                        1_000,
                        TTL,
                        jitter,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(1)),
                link -> null,
                () -> nowNanos);
        near.restore();
        return near;
    }

    private static List<NearEntry> load(NearCache near, long freshNanosMax) {
        List<NearEntry> entries = new ArrayList<>();
        for (int i = 0; i < LINKS; i++) {
            entries.add(load(near, LinkKey.ofSlug("link" + i), freshNanosMax));
        }
        return entries;
    }

    private static NearEntry load(NearCache near, LinkKey key, long freshNanosMax) {
        CacheKey.Stored stored = CacheKey.Stored.of(key, SEED);
        assertThat(near.put(stored, Links.link(key, 1), near.moment(stored), freshNanosMax))
                .isTrue();
        return Objects.requireNonNull(near.get(stored));
    }

    private int freshAt(NearCache near, List<NearEntry> entries, long ageNanos) {
        nowNanos = LOADED_AT_NANOS + ageNanos;
        int fresh = 0;
        for (NearEntry entry : entries) {
            if (near.useOf(entry) == NearCache.Use.FRESH) {
                fresh++;
            }
        }
        return fresh;
    }
}
