package dev.casebook.benchmarks.jmh;

import dev.casebook.benchmarks.measure.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One benchmark with one set of parameters, measured in several forks. A fork counts as one repetition: iterations inside
 * a fork share its compiled code and its heap and are no independent evidence.
 *
 * <p>Which rows compare with each other follows from names. The implementation is the parameter {@code impl} if there is
 * one, else the lower-case beginning of the method's name; the rest of the method's name is the operation. Ours is called
 * {@code casebook}: {@code casebookEncode} compares with {@code sqidsEncode} of the same class and parameters, or
 * {@code encode} with {@code @Param({"casebook", "sqids"}) String impl} with itself.
 *
 * @param benchmark class and method as JMH names them
 * @param mode as in JMH's JSON: thrpt, avgt, sample, ss
 * @param params by name
 * @param unit of the scores, e.g. "ns/op"
 * @param forks for each fork the scores of its measured iterations, at least one each
 * @param allocatedBytes per operation, one value per fork; empty when it was not measured
 * @param counters JMH's {@code AuxCounters} by name, one value per fork, in the unit of the scores with the counter in the place of the operations
 */
public record Measurement(
        String benchmark,
        String mode,
        int threads,
        Map<String, String> params,
        String unit,
        List<List<Double>> forks,
        List<Double> allocatedBytes,
        Map<String, List<Double>> counters) {
    /** The name under which ours competes. */
    public static final String OURS = "casebook";

    private static final String IMPLEMENTATION_PARAMETER = "impl";

    public Measurement {
        params = new TreeMap<>(params);
        forks = forks.stream().map(List::copyOf).toList();
        allocatedBytes = List.copyOf(allocatedBytes);
        counters = new TreeMap<>(counters);
        if (forks.isEmpty() || forks.stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("every fork needs a score: " + benchmark + " " + forks);
        }
    }

    /** The mean of each fork's iterations. */
    public double[] repetitions() {
        return forks.stream()
                .mapToDouble(fork ->
                        fork.stream().mapToDouble(Double::doubleValue).average().orElseThrow())
                .toArray();
    }

    /** Median and extremes over the forks. */
    public Spread score() {
        return Spread.of(repetitions());
    }

    /** True when a larger score is better: operations per time, not time per operation. */
    public boolean isThroughput() {
        return mode.equals("thrpt");
    }

    /** True for our implementation. */
    public boolean isOurs() {
        return implementation().equals(OURS);
    }

    /** Who is measured. */
    public String implementation() {
        String told = params.get(IMPLEMENTATION_PARAMETER);
        return told != null ? told : method().substring(0, implementationLength(method()));
    }

    /** What is done; empty when the method's name says only who does it. */
    public String operation() {
        return params.containsKey(IMPLEMENTATION_PARAMETER)
                ? method()
                : method().substring(implementationLength(method())).toLowerCase(Locale.ROOT);
    }

    /** The class without its package. */
    public String suite() {
        String type = benchmark.substring(0, benchmark.lastIndexOf('.'));
        return type.substring(type.lastIndexOf('.') + 1);
    }

    /** The method. */
    public String method() {
        return benchmark.substring(benchmark.lastIndexOf('.') + 1);
    }

    /** Parameters other than the implementation, "size=8, seed=1". */
    public String conditions() {
        List<String> conditions = new ArrayList<>();
        params.forEach((name, value) -> {
            if (!name.equals(IMPLEMENTATION_PARAMETER)) {
                conditions.add(name + "=" + value);
            }
        });
        if (threads > 1) {
            conditions.add(threads + " threads");
        }
        return String.join(", ", conditions);
    }

    /** Rows with the same group compare with each other. */
    public String group() {
        String what = operation().isEmpty() ? suite() : suite() + " " + operation();
        return conditions().isEmpty() ? what : what + " (" + conditions() + ")";
    }

    /** Two runs' measurements with the same key are the same benchmark. */
    public String key() {
        return benchmark + " " + mode + " " + threads + " " + params;
    }

    private static int implementationLength(String method) {
        for (int i = 0; i < method.length(); i++) {
            if (Character.isUpperCase(method.charAt(i))) {
                return i;
            }
        }
        return method.length();
    }
}
