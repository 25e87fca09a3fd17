package dev.casebook.benchmarks.jmh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.function.Consumer;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;

/** Turns JMH's page of output per benchmark into one live line; what a failing benchmark prints is passed on. */
final class ProgressFormat implements OutputFormat {
    private final Consumer<String> progress;
    private final Consumer<String> trouble;
    private String conditions = "";

    ProgressFormat(Consumer<String> progress, Consumer<String> trouble) {
        this.progress = progress;
        this.trouble = trouble;
    }

    @Override
    public void iteration(BenchmarkParams benchmark, IterationParams params, int iteration) {
        progress.accept(conditions + ", " + kind(params) + " " + iteration + "/" + params.getCount());
    }

    @Override
    public void iterationResult(
            BenchmarkParams benchmark, IterationParams params, int iteration, IterationResult result) {
        progress.accept(String.format(
                Locale.ROOT,
                "%s, %s %d/%d: %.4g %s",
                conditions,
                kind(params),
                iteration,
                params.getCount(),
                result.getPrimaryResult().getScore(),
                result.getPrimaryResult().getScoreUnit()));
    }

    @Override
    public void startBenchmark(BenchmarkParams benchmark) {
        StringBuilder text = new StringBuilder();
        benchmark
                .getParamsKeys()
                .forEach(name -> text.append(' ').append(name).append('=').append(benchmark.getParam(name)));
        conditions = text.toString();
        progress.accept(conditions);
    }

    @Override
    public void print(String text) {
        printIfTrouble(text);
    }

    @Override
    public void println(String text) {
        printIfTrouble(text);
    }

    @Override
    public void verbosePrintln(String text) {}

    @Override
    public void write(int octet) {}

    @Override
    public void write(byte[] bytes) throws IOException {
        printIfTrouble(new String(bytes, StandardCharsets.UTF_8));
    }

    @Override
    public void endBenchmark(BenchmarkResult result) {}

    @Override
    public void startRun() {}

    @Override
    public void endRun(Collection<RunResult> results) {}

    @Override
    public void flush() {}

    @Override
    public void close() {}

    /** JMH gives failures no channel of their own: they come as text with a stack trace in it. */
    private void printIfTrouble(String text) {
        if (text.contains("Exception") || text.contains("Error") || text.contains("<failure>")) {
            trouble.accept(text.strip());
        }
    }

    private static String kind(IterationParams params) {
        return params.getType() == org.openjdk.jmh.runner.IterationType.WARMUP ? "warm-up" : "iteration";
    }
}
