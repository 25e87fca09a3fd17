package dev.casebook.benchmarks.urlshortener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.analytics.Dimension;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Generated statistics are rows that the aggregator could have left: its sums agree, its keys are unique, its limits hold. */
class RollupTrafficTest {
    private static final long SECONDS_A_DAY = 86_400;
    private static final long SEED = 42;

    private record Key(int granularity, int dimension, long bucket, String value) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 365, 10_000, 1_000_000})
    void hoursValuesAndDaysAddUpToTheClicksAskedFor(long clicks) {
        Map<Key, Long> rows = new HashMap<>();
        Map<LocalDate, Long> visitors = new HashMap<>();
        new RollupTraffic(SEED, LocalDate.of(2026, 11, 24))
                .write(List.of(new RollupTraffic.Clicked(7, clicks)), new RollupTraffic.Rows() {
                    @Override
                    public void clicks(
                            long link, int granularity, int dimension, long bucket, String value, long count) {
                        assertThat(link).isEqualTo(7);
                        assertThat(count).isPositive();
                        Long twice = rows.put(new Key(granularity, dimension, bucket, value), count);
                        assertThat(twice).as("one row a key").isNull();
                    }

                    @Override
                    public void visitors(long link, LocalDate day, long count, byte[] sketch) {
                        assertThat(visitors.put(day, count)).isNull();
                    }
                });

        Map<Long, Long> days = sums(rows, RollupTraffic.DAY, Dimension.TOTAL, SECONDS_A_DAY);
        assertThat(days.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(clicks);
        assertThat(sums(rows, RollupTraffic.HOUR, Dimension.TOTAL, SECONDS_A_DAY))
                .isEqualTo(days);
        assertThat(visitors).hasSameSizeAs(days);
        for (Dimension dimension : Dimension.values()) {
            assertThat(sums(rows, RollupTraffic.DAY, dimension, SECONDS_A_DAY))
                    .as(dimension.name())
                    .isEqualTo(days);
        }
        Map<Key, Set<String>> values = new HashMap<>();
        rows.keySet().stream()
                .filter(key -> key.granularity == RollupTraffic.DAY && !key.value.equals(Dimension.OTHER))
                .forEach(key -> values.computeIfAbsent(
                                new Key(key.granularity, key.dimension, key.bucket, ""), day -> new HashSet<>())
                        .add(key.value));
        assertThat(values.values()).allSatisfy(day -> assertThat(day).hasSizeLessThanOrEqualTo(Dimension.VALUES_MAX));
    }

    private static Map<Long, Long> sums(Map<Key, Long> rows, int granularity, Dimension dimension, long seconds) {
        Map<Long, Long> sums = new HashMap<>();
        rows.forEach((key, clicks) -> {
            if (key.granularity == granularity && key.dimension == dimension.code()) {
                sums.merge(key.bucket - Math.floorMod(key.bucket, seconds), clicks, Long::sum);
            }
        });
        return sums;
    }
}
