package dev.casebook.benchmarks;

import dev.casebook.benchmarks.console.LiveLine;
import dev.casebook.benchmarks.jmh.BenchPlan;
import dev.casebook.benchmarks.jmh.BenchReport;
import dev.casebook.benchmarks.jmh.JmhJson;
import dev.casebook.benchmarks.jmh.JmhRounds;
import dev.casebook.benchmarks.jmh.Measurement;
import dev.casebook.benchmarks.measure.RunEnvironment;
import dev.casebook.benchmarks.report.Block;
import dev.casebook.benchmarks.report.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code casebook bench}: JMH suites, ours beside the peers in the same run. */
@Command(
        name = "bench",
        description = "Runs JMH benchmarks, ours and the peers by turns, and reports ratios with their confidence.")
final class BenchCommand implements Callable<Integer> {
    private static final int ROUNDS_DEFAULT = 5;
    private static final int ROUNDS_QUICK = 1;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "MODULE",
            description = "The module, or the beginning of its name (default: all).")
    private @Nullable String module;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "REGEX",
            description = "Only benchmarks in whose Class.method this is found.")
    private @Nullable Pattern filter;

    @Option(names = "--list", description = "Only list the benchmarks.")
    private boolean list;

    @Option(names = "--quick", description = "One short iteration each: shows that they run, proves nothing.")
    private boolean quick;

    @Option(names = "--rounds", paramLabel = "N", description = "Forks of each benchmark (default: 5, with --quick 1).")
    private int rounds;

    @Option(
            names = "--compare",
            paramLabel = "OLD.json",
            description = "Also compare with an older run: a report of bench, or what JMH itself wrote.")
    private @Nullable Path older;

    @Mixin
    private ReportOptions reportOptions = new ReportOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Workspace workspace = Workspace.locate();
        PrintWriter console = Objects.requireNonNull(spec).commandLine().getOut();
        List<String> modules = module == null ? workspace.modules() : List.of(workspace.module(module));
        BenchPlan plan = new BenchPlan(
                modules.stream().map(Workspace::packageOf).toList(),
                filter,
                rounds > 0 ? rounds : quick ? ROUNDS_QUICK : ROUNDS_DEFAULT,
                quick);
        List<Measurement> before = older == null ? List.of() : JmhJson.read(older);
        List<Measurement> measurements;
        RunEnvironment environment =
                RunEnvironment.capture(InstantSource.system(), workspace.root(), Map.of("jmh", jmhVersion()));
        try (LiveLine line = LiveLine.onStandardError()) {
            JmhRounds benchmarks = new JmhRounds(plan, line::update, line::say);
            List<String> names = benchmarks.benchmarks();
            if (names.isEmpty()) {
                throw new IllegalArgumentException("no benchmark " + (filter == null ? "" : "matches '" + filter + "' ")
                        + "in " + String.join(", ", modules));
            }
            if (list) {
                names.forEach(console::println);
                console.flush();
                return 0;
            }
            measurements = benchmarks.run();
        }
        publish(workspace, console, environment, measurements, before);
        return 0;
    }

    private void publish(
            Workspace workspace,
            PrintWriter console,
            RunEnvironment environment,
            List<Measurement> measurements,
            List<Measurement> before)
            throws IOException {
        List<Block> blocks = new ArrayList<>(BenchReport.blocks(measurements, quick));
        if (!before.isEmpty()) {
            blocks.add(0, BenchReport.comparison(before, measurements));
        }
        String name = filter == null ? "all" : filter.pattern().replaceAll("[^A-Za-z0-9.-]+", "-");
        String studied = module == null ? "benchmarks" : workspace.module(module);
        Report report = new Report(
                "bench",
                studied,
                name,
                studied + ": " + (filter == null ? "all benchmarks" : filter.pattern()),
                ReportOptions.typed(Objects.requireNonNull(spec)),
                environment,
                blocks,
                Map.of("jmh", JmhJson.entries(measurements)));
        reportOptions.publish(report, workspace, console);
    }

    private static String jmhVersion() {
        String version = org.openjdk.jmh.runner.Runner.class.getPackage().getImplementationVersion();
        return version == null ? org.openjdk.jmh.util.Version.getPlainVersion() : version;
    }
}
