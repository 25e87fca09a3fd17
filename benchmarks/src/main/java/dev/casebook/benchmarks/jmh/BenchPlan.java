package dev.casebook.benchmarks.jmh;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What to run.
 *
 * @param packages where to look for suites, with their sub-packages
 * @param filter a regular expression that is to be found in "Class.method"; null for all
 * @param rounds forks of each benchmark, at least 1; every round runs each once
 * @param quick one short iteration each: shows that a benchmark runs, proves nothing
 */
public record BenchPlan(List<String> packages, @Nullable Pattern filter, int rounds, boolean quick) {
    public BenchPlan {
        packages = List.copyOf(packages);
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds must be >= 1: " + rounds);
        }
    }

    /** The chosen ones of all benchmarks, each "package.Class.method", in order. */
    List<String> chosen(Stream<String> all) {
        return all.filter(name -> packages.stream().anyMatch(folder -> name.startsWith(folder + ".")))
                .filter(name ->
                        filter == null || filter.matcher(shortName(name)).find())
                .sorted()
                .distinct()
                .toList();
    }

    static String shortName(String benchmark) {
        int method = benchmark.lastIndexOf('.');
        return benchmark.substring(benchmark.lastIndexOf('.', method - 1) + 1);
    }
}
