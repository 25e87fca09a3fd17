package dev.casebook.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes and reads the files of a report: {@code KIND-NAME-DATE.json}, {@code .html}, {@code .md} and one SVG per bar chart. */
public final class ReportFiles {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ReportFiles() {}

    /**
     * Writes the report into {@code directory/MODULE/}.
     *
     * @return the files, the HTML first
     */
    public static List<Path> write(Report report, Path directory) throws IOException {
        Path folder = Files.createDirectories(directory.resolve(report.module()));
        String stem = report.kind() + "-" + report.name() + "-"
                + STAMP.format(report.environment().date());
        return write(report, folder, stem);
    }

    private static List<Path> write(Report report, Path folder, String stem) throws IOException {
        List<Path> written = new ArrayList<>();
        written.add(Files.writeString(folder.resolve(stem + ".html"), HtmlReport.render(report)));
        written.add(Files.writeString(folder.resolve(stem + ".md"), MarkdownReport.render(report)));
        written.add(Files.writeString(folder.resolve(stem + ".json"), json(report)));
        int number = 0;
        for (Block block : report.blocks()) {
            if (block instanceof BarChart chart) {
                String suffix = number++ == 0 ? "" : "-" + number;
                written.add(Files.writeString(folder.resolve(stem + suffix + ".svg"), Svg.standalone(chart)));
            }
        }
        return written;
    }

    /** Renders a result file again, beside it, as HTML, Markdown and SVG. */
    public static List<Path> render(Path json, Path folder) throws IOException {
        Report report = read(json);
        String name = json.getFileName().toString();
        Files.createDirectories(folder);
        return write(report, folder, name.endsWith(".json") ? name.substring(0, name.length() - 5) : name);
    }

    /**
     * Keeps the JSON under a name without a date in the module's {@code docs/results}, where documents cite it.
     *
     * @return the file
     */
    public static Path save(Report report, Path workspace) throws IOException {
        Path folder = Files.createDirectories(workspace.resolve(report.module()).resolve("docs/results"));
        Path target = folder.resolve(report.kind() + "-" + report.name() + ".json");
        Path whole = Files.writeString(folder.resolve(target.getFileName() + ".part"), json(report));
        return Files.move(whole, target, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Reads a result file. */
    public static Report read(Path json) throws IOException {
        return JSON.readValue(Files.readString(json), Report.class);
    }

    /** The report for the terminal. */
    public static String text(Report report) {
        return ConsoleReport.render(report);
    }

    private static String json(Report report) {
        return JSON.writeValueAsString(report) + "\n";
    }
}
