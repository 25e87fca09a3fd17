package dev.casebook.benchmarks.jmh;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs benchmarks in interleaved rounds: each round forks every benchmark once, and the order rotates. JMH by itself runs
 * all forks of one benchmark before the next, so that whatever changes on a shared machine over the minutes between is
 * charged to one contender. Allocation per operation is measured along.
 */
public final class JmhRounds {
    private static final int QUICK_MILLIS = 200;
    private static final String ALLOCATION = "gc.alloc.rate.norm";
    private static final String PROFILER = "gc.";

    private final BenchPlan plan;
    private final Consumer<String> progress;
    private final Consumer<String> trouble;

    /**
     * @param progress told in words what runs and how long it will take
     * @param trouble told of what a benchmark prints when it fails
     */
    public JmhRounds(BenchPlan plan, Consumer<String> progress, Consumer<String> trouble) {
        this.plan = plan;
        this.progress = progress;
        this.trouble = trouble;
    }

    /** The benchmarks that the plan chooses, each "package.Class.method", in order. */
    public List<String> benchmarks() {
        OutputFormat silent = OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT);
        Set<BenchmarkListEntry> all = BenchmarkList.defaultList().getAll(silent, List.of());
        return plan.chosen(all.stream().map(BenchmarkListEntry::getUsername));
    }

    /**
     * Runs them all.
     *
     * @throws RunnerException when a benchmark fails: a comparison with a hole in it is none
     */
    public List<Measurement> run() throws RunnerException {
        List<String> names = benchmarks();
        Map<String, Collected> collected = new TreeMap<>();
        long started = System.nanoTime();
        int done = 0;
        int total = names.size() * plan.rounds();
        for (int round = 0; round < plan.rounds(); round++) {
            for (int turn = 0; turn < names.size(); turn++) {
                String name = names.get((round + turn) % names.size());
                String where = "round " + (round + 1) + " of " + plan.rounds() + ", " + BenchPlan.shortName(name);
                int finished = done;
                ProgressFormat format = new ProgressFormat(
                        text -> progress.accept(
                                where + text + eta(Duration.ofNanos(System.nanoTime() - started), finished, total)),
                        trouble);
                for (RunResult result : new Runner(options(name), format).run()) {
                    collected
                            .computeIfAbsent(key(result), key -> new Collected(result))
                            .add(result);
                }
                done++;
            }
        }
        return collected.values().stream().map(Collected::measurement).toList();
    }

    static String eta(Duration spent, int done, int total) {
        if (done == 0) {
            return "";
        }
        Duration left = spent.multipliedBy(total - done).dividedBy(done);
        return ", " + done * 100 / total + "%, about " + dev.casebook.benchmarks.report.Figures.duration(left)
                + " left";
    }

    private org.openjdk.jmh.runner.options.Options options(String name) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(name) + "$")
                .forks(1)
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class);
        if (plan.quick()) {
            options.warmupIterations(1)
                    .warmupTime(TimeValue.milliseconds(QUICK_MILLIS))
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(QUICK_MILLIS));
        }
        return options.build();
    }

    private static String key(RunResult result) {
        return result.getParams().getBenchmark() + " " + result.getParams().getMode() + " " + params(result);
    }

    private static Map<String, String> params(RunResult result) {
        Map<String, String> params = new LinkedHashMap<>();
        result.getParams()
                .getParamsKeys()
                .forEach(name -> params.put(name, result.getParams().getParam(name)));
        return params;
    }

    /** The forks of one benchmark with one set of parameters, as rounds bring them. */
    private static final class Collected {
        private final RunResult first;
        private final List<List<Double>> forks = new ArrayList<>();
        private final List<Double> allocated = new ArrayList<>();
        private final Map<String, List<Double>> counters = new TreeMap<>();

        Collected(RunResult first) {
            this.first = first;
        }

        void add(RunResult added) {
            for (BenchmarkResult fork : added.getBenchmarkResults()) {
                List<Double> iterations = new ArrayList<>();
                for (IterationResult iteration : fork.getIterationResults()) {
                    iterations.add(iteration.getPrimaryResult().getScore());
                }
                forks.add(iterations);
                Result<?> allocation = fork.getSecondaryResults().get(ALLOCATION);
                if (allocation != null) {
                    allocated.add(allocation.getScore());
                }
                fork.getSecondaryResults().values().stream()
                        .filter(result -> !result.getLabel().startsWith(PROFILER))
                        .forEach(counter -> counters.computeIfAbsent(counter.getLabel(), name -> new ArrayList<>())
                                .add(counter.getScore()));
            }
        }

        Measurement measurement() {
            return new Measurement(
                    first.getParams().getBenchmark(),
                    first.getParams().getMode().shortLabel(),
                    first.getParams().getThreads(),
                    params(first),
                    first.getPrimaryResult().getScoreUnit(),
                    forks,
                    allocated,
                    counters);
        }
    }
}
