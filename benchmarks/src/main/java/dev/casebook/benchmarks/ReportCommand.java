package dev.casebook.benchmarks;

import dev.casebook.benchmarks.report.ReportFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code casebook report}: draws committed results again, so that tables and charts in documents come from them. */
@Command(
        name = "report",
        description = "Renders a result file (JSON of load, bench or lab) as HTML, Markdown and SVG again.")
final class ReportCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "JSON", description = "Result files, e.g. MODULE/docs/results/*.json.")
    private List<Path> files = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where to write (default: reports/rendered in the workspace).")
    private @Nullable Path out;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter console = Objects.requireNonNull(spec).commandLine().getOut();
        Path folder = out == null ? Workspace.locate().root().resolve("reports/rendered") : out;
        for (Path file : files) {
            ReportFiles.render(file, folder).forEach(written -> console.println("wrote " + written));
        }
        console.flush();
        return 0;
    }
}
