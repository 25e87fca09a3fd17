package dev.casebook.benchmarks;

import dev.casebook.benchmarks.lab.MissingToolException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry of the load driver, the JMH runner and the labs: what {@code ./casebook load|bench|lab|report} starts. */
@Command(
        name = "casebook",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {LabCommand.class, ReportCommand.class})
public final class Benchmarks {
    private Benchmarks() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The configured command line: errors that a user can mend are one line, all others keep their stack trace. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Benchmarks());
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof MissingToolException || failure instanceof IllegalArgumentException) {
                command.getErr().println(failure.getMessage());
                return command.getCommandSpec().exitCodeOnInvalidInput();
            }
            throw failure;
        });
        return line;
    }
}
