package dev.casebook.benchmarks;

import dev.casebook.benchmarks.report.Report;
import dev.casebook.benchmarks.report.ReportFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Where a command's report goes: options that load, bench and lab share. */
final class ReportOptions {
    /** The one option whose value must not get into a report. */
    static final String API_KEY = "--api-key";

    private static final Pattern SECRET = Pattern.compile("^(" + API_KEY + "=).*", Pattern.DOTALL);

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where to write the HTML, Markdown and JSON report (default: reports/ in the workspace).")
    private @Nullable Path out;

    @Option(
            names = "--save",
            description = "Also keep the JSON as MODULE/docs/results/KIND-NAME.json, which documents cite.")
    private boolean save;

    /** The command line as it was typed, without secrets. */
    static String typed(CommandSpec spec) {
        StringBuilder line = new StringBuilder("./casebook");
        boolean hidden = false;
        for (String argument : spec.root().commandLine().getParseResult().originalArgs()) {
            line.append(' ').append(hidden ? "***" : SECRET.matcher(argument).replaceFirst("$1***"));
            hidden = argument.equals(API_KEY);
        }
        return line.toString();
    }

    /** Prints the report, writes its files and says where they are. */
    void publish(Report report, Workspace workspace, PrintWriter console) throws IOException {
        console.println(ReportFiles.text(report));
        Path folder = out == null ? workspace.root().resolve("reports") : out;
        ReportFiles.write(report, folder).forEach(file -> console.println("wrote " + file));
        if (save) {
            console.println("saved " + ReportFiles.save(report, workspace.root()));
        }
        console.flush();
    }
}
