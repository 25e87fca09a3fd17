package dev.casebook.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.benchmarks.measure.RunEnvironment;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ReportFilesTest {
    private static final String HOSTILE = "<script>alert(\"1\")</script> & 'x' \u0001";

    @TempDir
    private Path folder;

    @Test
    void htmlIsWellFormedAndEscapesEverything() throws Exception {
        String html = HtmlReport.render(report());

        Document document = parsed(html.replaceFirst("<!doctype html>", ""));
        assertThat(document.getElementsByTagName("script").getLength()).isZero();
        assertThat(document.getElementsByTagName("h1").item(0).getTextContent()).startsWith("<script>alert");
        assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(2 * 2);
    }

    @Test
    void htmlLoadsNothingFromAnywhere() throws Exception {
        String html = HtmlReport.render(report());

        Document document = parsed(html.replaceFirst("<!doctype html>", ""));
        for (String tag : List.of("link", "img", "iframe", "object", "image", "use")) {
            assertThat(document.getElementsByTagName(tag).getLength()).as(tag).isZero();
        }
        assertThat(html).doesNotContain("url(").doesNotContain("@import").doesNotContain("http://", "https://");
    }

    @Test
    void everyCoordinateLiesInsideItsPicture() throws Exception {
        Document document = parsed(HtmlReport.render(report()).replaceFirst("<!doctype html>", ""));

        NodeList pictures = document.getElementsByTagName("svg");
        for (int i = 0; i < pictures.getLength(); i++) {
            org.w3c.dom.Element picture = (org.w3c.dom.Element) pictures.item(i);
            double width = Double.parseDouble(picture.getAttribute("width"));
            double height = Double.parseDouble(picture.getAttribute("height"));
            NodeList lines = picture.getElementsByTagName("line");
            for (int j = 0; j < lines.getLength(); j++) {
                org.w3c.dom.Element line = (org.w3c.dom.Element) lines.item(j);
                assertThat(Double.parseDouble(line.getAttribute("x2"))).isBetween(0.0, width);
                assertThat(Double.parseDouble(line.getAttribute("y2"))).isBetween(0.0, height);
            }
        }
    }

    @Test
    void aReportReadBackFromItsJsonIsTheSame() throws Exception {
        Report report = report();

        Path json = ReportFiles.write(report, folder).stream()
                .filter(file -> file.toString().endsWith(".json"))
                .findFirst()
                .orElseThrow();

        assertThat(ReportFiles.read(json)).isEqualTo(report);
        assertThat(HtmlReport.render(ReportFiles.read(json))).isEqualTo(HtmlReport.render(report));
    }

    @Test
    void savingPutsTheJsonBesideTheModulesDocuments() throws Exception {
        Path saved = ReportFiles.save(report(), folder);

        assertThat(saved).isEqualTo(folder.resolve("some-module/docs/results/lab-some-lab.json"));
        try (var files = Files.list(saved.getParent())) {
            assertThat(files).containsExactly(saved);
        }
    }

    @Test
    void theBarChartIsAPictureOfItsOwnThatFollowsDarkMode() throws Exception {
        Path svg = ReportFiles.write(report(), folder).stream()
                .filter(file -> file.toString().endsWith(".svg"))
                .findFirst()
                .orElseThrow();

        assertThat(parsed(Files.readString(svg)).getDocumentElement().getTagName())
                .isEqualTo("svg");
        assertThat(svg).content().contains("prefers-color-scheme:dark");
    }

    @Test
    void markdownAlignsNumbersAndKeepsBarsInsideCells() {
        StringBuilder out = new StringBuilder();
        MarkdownReport.table(Table.of("", "name", "value").row("a|b", "1.5 µs").build(), out);

        assertThat(out.toString()).isEqualTo("| name | value |\n| --- | ---: |\n| a\\|b | 1.5 µs |\n");
    }

    private static Document parsed(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private static Report report() {
        return new Report(
                "lab",
                "some-module",
                "some-lab",
                HOSTILE.strip(),
                "./casebook lab some-module some-lab",
                new RunEnvironment(
                        Instant.parse("2026-11-21T10:00:00Z"),
                        "cpu",
                        2,
                        4096,
                        "os",
                        "jdk",
                        "abc",
                        0.5,
                        Map.of("nginx", "1")),
                List.of(
                        new Prose(HOSTILE, HOSTILE),
                        Tiles.of(new Tiles.Tile(HOSTILE, "1", "")),
                        new Verdict(HOSTILE, false, "2"),
                        Table.of(HOSTILE, HOSTILE, "b").row(HOSTILE, "2").build(),
                        LineChart.of(
                                        HOSTILE,
                                        Axis.linear("seconds"),
                                        Axis.logarithmic("latency, ms"),
                                        List.of(
                                                LineChart.Series.of(
                                                        HOSTILE, new double[] {0, 1, 2}, new double[] {0, 5, 900}),
                                                new LineChart.Series("b", List.of(new LineChart.Point(0, 3, 2, 4)))))
                                .marked(1, HOSTILE),
                        BarChart.ofBars(
                                HOSTILE,
                                "µs",
                                List.of(
                                        new BarChart.Bar(HOSTILE.repeat(5), 3, 2, 4, true),
                                        new BarChart.Bar("peer", 0, 0, 0, false)))),
                Map.of("numbers", List.of(1, 2.5), "name", "x"));
    }
}
