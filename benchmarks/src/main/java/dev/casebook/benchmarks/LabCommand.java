package dev.casebook.benchmarks;

import dev.casebook.benchmarks.console.LiveLine;
import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.lab.Tool;
import dev.casebook.benchmarks.measure.RunEnvironment;
import dev.casebook.benchmarks.report.Block;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.Prose;
import dev.casebook.benchmarks.report.Report;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code casebook lab}: lists a module's experiments or runs them. */
@Command(
        name = "lab",
        description = "Runs an experiment that proves one row of a module's docs/trade-offs.md.",
        footer = {"", "Without NAME every lab of the module runs, one after the other."})
final class LabCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "MODULE",
            description = "The module, or the beginning of its name.")
    private @Nullable String module;

    @Parameters(index = "1..*", paramLabel = "NAME", description = "Which labs; the beginning of a name is enough.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--list", description = "Only list the labs.")
    private boolean list;

    @Option(names = "--quick", description = "Fewer and shorter rounds: shows that it works, proves nothing.")
    private boolean quick;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How many interleaved rounds (default: as the lab says).")
    private int rounds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "For what is drawn at random (default: 1).")
    private long seed;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "A setting of the lab; may be given several times.")
    private Map<String, String> settings = new HashMap<>();

    @Mixin
    private ReportOptions reportOptions = new ReportOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Workspace workspace = Workspace.locate();
        PrintWriter console = Objects.requireNonNull(spec).commandLine().getOut();
        if (module == null) {
            workspace.caseStudies().forEach(study -> list(study, console));
            return 0;
        }
        CaseStudy study = workspace.caseStudy(workspace.module(module));
        if (list) {
            list(study, console);
            return 0;
        }
        List<Lab> labs = chosen(study);
        for (Lab lab : labs) {
            for (Tool tool : lab.tools()) {
                tool.path();
            }
        }
        for (Lab lab : labs) {
            run(study, lab, workspace, console);
        }
        return 0;
    }

    private static void list(CaseStudy study, PrintWriter console) {
        if (study.labs().isEmpty()) {
            console.println(study.module() + " has no labs");
        }
        study.labs().forEach(lab -> {
            console.println(
                    study.module() + " " + lab.name() + "   (about " + Figures.duration(lab.expectedDuration()) + ")");
            console.println("    " + lab.question());
        });
        console.flush();
    }

    private List<Lab> chosen(CaseStudy study) {
        if (names.isEmpty()) {
            return study.labs();
        }
        List<Lab> chosen = new ArrayList<>();
        for (String name : names) {
            List<Lab> candidates = study.labs().stream()
                    .filter(lab -> lab.name().startsWith(name))
                    .toList();
            Lab exact = candidates.stream()
                    .filter(lab -> lab.name().equals(name))
                    .findFirst()
                    .orElse(candidates.size() == 1 ? candidates.getFirst() : null);
            if (exact == null) {
                List<Lab> named = candidates.isEmpty() ? study.labs() : candidates;
                throw new IllegalArgumentException((candidates.isEmpty()
                                ? "no lab of " + study.module() + " is called '" + name + "'; there are: "
                                : "'" + name + "' may mean ")
                        + String.join(", ", named.stream().map(Lab::name).toList()));
            }
            chosen.add(exact);
        }
        return chosen;
    }

    private void run(CaseStudy study, Lab lab, Workspace workspace, PrintWriter console) throws Exception {
        console.println(study.module() + " " + lab.name() + ", about " + Figures.duration(lab.expectedDuration())
                + (quick ? " without --quick" : ""));
        console.println(lab.question());
        console.println("Predict before you run: " + lab.prediction());
        console.flush();
        Report report;
        try (LiveLine line = LiveLine.onStandardError();
                LabContext context = new LabContext(quick, rounds, seed, settings, line)) {
            Thread stopper = new Thread(context::close, "lab-stopper");
            Runtime.getRuntime().addShutdownHook(stopper);
            RunEnvironment environment = RunEnvironment.capture(InstantSource.system(), workspace.root(), Map.of());
            LabResult result = lab.run(context);
            if (!context.settingsUnused().isEmpty()) {
                line.say("note: " + lab.name() + " has no setting " + String.join(", ", context.settingsUnused()));
            }
            report = report(study, lab, result, environment.withVersions(context.versions()));
            Runtime.getRuntime().removeShutdownHook(stopper);
        }
        reportOptions.publish(report, workspace, console);
    }

    private Report report(CaseStudy study, Lab lab, LabResult result, RunEnvironment environment) {
        List<Block> blocks = new ArrayList<>();
        if (quick) {
            blocks.add(Prose.of("A --quick run: it shows that the lab works; its figures prove nothing."));
        }
        blocks.add(new Prose("Predict before you run", lab.prediction()));
        blocks.add(new Prose("Conclusion", result.conclusion()));
        blocks.addAll(result.blocks());
        blocks.add(new Prose("How", lab.method()));
        return new Report(
                "lab",
                study.module(),
                lab.name(),
                lab.question(),
                ReportOptions.typed(Objects.requireNonNull(spec)),
                environment,
                blocks,
                result.data());
    }
}
