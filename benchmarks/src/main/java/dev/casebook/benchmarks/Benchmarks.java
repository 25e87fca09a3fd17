package dev.casebook.benchmarks;

import dev.casebook.benchmarks.lab.MissingToolException;
import dev.casebook.common.cli.CommandLines;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

/** Entry of the load driver, the JMH runner and the labs: what {@code ./casebook load|bench|lab|report} starts. */
@Command(
        name = "casebook",
        synopsisSubcommandLabel = "COMMAND",
        description = "Load, benchmarks and experiments.",
        subcommands = {LoadCommand.class, BenchCommand.class, LabCommand.class, ReportCommand.class})
public final class Benchmarks {
    private Benchmarks() {}

    public static void main(String[] args) {
        System.exit(commandLine(System.getenv()).execute(args));
    }

    /**
     * The configured command line. Failures that a user can mend are one line; others keep their stack trace, because a
     * benchmark that breaks is a defect to look into.
     */
    static CommandLine commandLine(Map<String, String> environment) {
        CommandLine line = CommandLines.of(new Benchmarks(), environment);
        addHelp(line);
        line.getSubcommands().values().forEach(Benchmarks::addHelp);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure.getMessage() != null
                    && (failure instanceof MissingToolException
                            || failure instanceof IllegalArgumentException
                            || failure instanceof IOException)) {
                command.getErr().println(command.getColorScheme().errorText(failure.getMessage()));
                return failure instanceof IllegalArgumentException
                        ? CommandLine.ExitCode.USAGE
                        : CommandLine.ExitCode.SOFTWARE;
            }
            throw failure;
        });
        return line;
    }

    private static void addHelp(CommandLine command) {
        command.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .type(boolean.class)
                        .usageHelp(true)
                        .description("Show this and exit.")
                        .build());
    }
}
