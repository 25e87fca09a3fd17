package dev.casebook.benchmarks;

import dev.casebook.benchmarks.console.LiveLine;
import dev.casebook.benchmarks.load.GetScenario;
import dev.casebook.benchmarks.load.LoadDriver;
import dev.casebook.benchmarks.load.LoadPlan;
import dev.casebook.benchmarks.load.LoadReport;
import dev.casebook.benchmarks.load.LoadResult;
import dev.casebook.benchmarks.load.LoadScenario;
import dev.casebook.benchmarks.load.LoadSetup;
import dev.casebook.benchmarks.load.LoadTarget;
import dev.casebook.benchmarks.measure.ProcessCpu;
import dev.casebook.benchmarks.measure.RunEnvironment;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.Report;
import dev.casebook.common.lifecycle.ListeningProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code casebook load}: open-loop load on a running service. */
@Command(
        name = "load",
        description = {
            "Sends load to a running service at a constant rate, whatever it answers (open loop), and reports latency"
                    + " counted from the moment each request was due."
        },
        footer = {
            "",
            "--list shows a module's scenarios. Several rates, --rate 1000,5000,20000, run one after the other."
        })
final class LoadCommand implements Callable<Integer> {
    private static final int CONNECT_MILLIS_MAX = 2_000;

    @Parameters(index = "0", paramLabel = "MODULE", description = "The module, or the beginning of its name.")
    private String module = "";

    @Option(
            names = "--rate",
            paramLabel = "R",
            split = ",",
            defaultValue = "1000",
            description = "Requests per second, or several rates one after the other (default: ${DEFAULT-VALUE}).")
    private List<Double> rates = List.of();

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = Durations.class,
            description = "Measured time of each rate: 500ms, 30s, 5m (default: ${DEFAULT-VALUE}).")
    private Duration duration = Duration.ZERO;

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = Durations.class,
            description = "Sent before at the same rate and not counted (default: ${DEFAULT-VALUE}).")
    private Duration warmUp = Duration.ZERO;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The service (default: where ./casebook run MODULE starts it).")
    private @Nullable URI url;

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            description = "What to send (default: the module's first; see --list).")
    private @Nullable String scenario;

    @Option(names = "--list", description = "Only list the module's scenarios.")
    private boolean list;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "64",
            description = "Keep-alive connections in all (default: ${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Sending threads; one sends tens of thousands a second (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Durations.class,
            description = "After it a request counts as failed (default: ${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ZERO;

    @Option(
            names = ReportOptions.API_KEY,
            paramLabel = "KEY",
            defaultValue = "${env:CASEBOOK_INITIAL_API_KEY:-}",
            description = "Credential for creating what the scenario asks for (default: CASEBOOK_INITIAL_API_KEY).")
    private String apiKey = "";

    @Option(
            names = "--pid",
            paramLabel = "PID",
            description = "The server's process, whose CPU time per answer is reported (default: found by its port).")
    private @Nullable Long pid;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "For what is drawn at random (default: 1).")
    private long seed;

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "A setting of the scenario; see --list.")
    private Map<String, String> settings = new HashMap<>();

    @Mixin
    private ReportOptions reportOptions = new ReportOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Workspace workspace = Workspace.locate();
        PrintWriter console = Objects.requireNonNull(spec).commandLine().getOut();
        CaseStudy study = workspace.caseStudy(workspace.module(module));
        List<LoadScenario> scenarios = new ArrayList<>(study.loadScenarios());
        scenarios.add(new GetScenario());
        if (list) {
            scenarios.forEach(
                    each -> console.println(study.module() + " " + each.name() + "\n    " + each.description()));
            console.flush();
            return 0;
        }
        LoadScenario chosen = chosen(scenarios);
        URI service = url == null ? study.defaultUri() : url;
        checkReachable(service, study.module());
        List<LoadPlan> plans =
                rates.stream().map(rate -> new LoadPlan(rate, warmUp, duration)).toList();
        RunEnvironment environment =
                RunEnvironment.capture(InstantSource.system(), workspace.root(), Map.of("netty", nettyVersion()));
        LoadSetup.Settings chosenSettings = new LoadSetup.Settings(settings);
        List<LoadResult> results = new ArrayList<>();
        try (LiveLine line = LiveLine.onStandardError()) {
            LoadSetup setup =
                    new LoadSetup(service, connections, threads, timeout, apiKey, chosenSettings, seed, line::update);
            try (LoadTarget target = chosen.open(setup)) {
                if (!chosenSettings.unused().isEmpty()) {
                    line.say(
                            "note: " + chosen.name() + " has no setting " + String.join(", ", chosenSettings.unused()));
                }
                LoadDriver driver = new LoadDriver(target, timeout, server(service));
                for (LoadPlan plan : plans) {
                    results.add(driver.run(plan, second -> line.update(live(plan, second))));
                }
            }
        }
        Report report = new Report(
                "load",
                study.module(),
                chosen.name(),
                study.module() + " under load: " + chosen.name(),
                ReportOptions.typed(Objects.requireNonNull(spec)),
                environment,
                LoadReport.blocks(results),
                LoadReport.data(results));
        reportOptions.publish(report, workspace, console);
        return results.stream().anyMatch(result -> result.expected() > 0) ? 0 : 1;
    }

    private LoadScenario chosen(List<LoadScenario> scenarios) {
        if (scenario == null) {
            return scenarios.getFirst();
        }
        return scenarios.stream()
                .filter(each -> each.name().equals(scenario))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no scenario is called '" + scenario + "'; there are: "
                        + String.join(
                                ", ", scenarios.stream().map(LoadScenario::name).toList())));
    }

    private void checkReachable(URI service, String studied) {
        if (service.getHost() == null) {
            throw new IllegalArgumentException("--url must name a host, as in http://127.0.0.1:8080: " + service);
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(service.getHost(), port(service)), CONNECT_MILLIS_MAX);
        } catch (IOException refused) {
            throw new IllegalArgumentException(
                    "nothing answers at " + service + ". Start it with `./casebook run " + studied
                            + "`, or say with --url where it is",
                    refused);
        }
    }

    private @Nullable ProcessCpu server(URI service) throws IOException {
        if (pid != null) {
            ProcessCpu told = new ProcessCpu(pid);
            told.used();
            return told;
        }
        if (!InetAddress.getByName(service.getHost()).isLoopbackAddress()) {
            return null;
        }
        OptionalLong found = new ListeningProcess().on(port(service));
        return found.isPresent() ? new ProcessCpu(found.getAsLong()) : null;
    }

    private static int port(URI service) {
        return service.getPort() > 0 ? service.getPort() : "https".equals(service.getScheme()) ? 443 : 80;
    }

    private static String live(LoadPlan plan, LoadResult.Second second) {
        boolean warm = second.second() <= plan.warmUp().toNanos() / 1e9 + 0.01;
        return String.format(
                Locale.ROOT,
                "%s  %.0f s of %.0f   %s/s of %s   p50 %s   p99 %s   max %s   errors %s",
                warm ? "warm-up" : "load   ",
                second.second(),
                plan.warmUp().plus(plan.duration()).toNanos() / 1e9,
                Figures.number(second.perSecond()),
                Figures.number(plan.ratePerSecond()),
                Figures.nanos((double) second.p50Nanos()),
                Figures.nanos((double) second.p99Nanos()),
                Figures.nanos((double) second.maxNanos()),
                Figures.count(second.errors()));
    }

    private static String nettyVersion() {
        io.netty.util.Version version = io.netty.util.Version.identify().get("netty-transport");
        return version == null ? "unknown" : version.artifactVersion();
    }
}
