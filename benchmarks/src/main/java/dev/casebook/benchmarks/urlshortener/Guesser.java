package dev.casebook.benchmarks.urlshortener;

import dev.casebook.common.codec.Base62;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Somebody without the key who tries codes. */
final class Guesser {
    /** Bits below the timestamp in Twitter's layout. */
    private static final int SNOWFLAKE_TIME_SHIFT = 22;

    private static final int SNOWFLAKE_SEQUENCE_BITS = 12;

    private Guesser() {}

    /** What was found, and how. */
    record Finding(String way, int hits) {}

    /**
     * From the code made in the middle, and for the third way the one made before it, forwards and backwards: by the number itself, by its milliseconds as a
     * Snowflake with the sequence at zero, and by the distance of the two; the best of these.
     */
    static Finding neighbours(List<String> made, int guesses) {
        Set<Long> numbers = new HashSet<>();
        made.forEach(code -> numbers.add(number(code)));
        long known = number(made.get(made.size() / 2));
        long before = number(made.get(made.size() / 2 - 1));
        numbers.remove(before); // known already, so no find
        long millisecond = 1L << SNOWFLAKE_TIME_SHIFT;
        long unsequenced = known & ~((1L << SNOWFLAKE_SEQUENCE_BITS) - 1);
        return Stream.of(
                        new Finding("next and previous numbers", hits(numbers, known, 1, guesses)),
                        new Finding("next and previous milliseconds", hits(numbers, unsequenced, millisecond, guesses)),
                        new Finding("distance between two known codes", hits(numbers, known, known - before, guesses)))
                .filter(finding -> finding.hits() > 0)
                .max(Comparator.comparingInt(Finding::hits))
                .orElse(new Finding("none of the three", 0));
    }

    private static int hits(Set<Long> numbers, long from, long step, int guesses) {
        return (int) IntStream.rangeClosed(1, guesses / 2)
                .mapToLong(
                        i -> (numbers.contains(from + i * step) ? 1 : 0) + (numbers.contains(from - i * step) ? 1 : 0))
                .sum();
    }

    private static long number(String code) {
        byte[] bytes = code.getBytes(StandardCharsets.US_ASCII);
        return Base62.tryDecode(bytes, 0, bytes.length);
    }
}
