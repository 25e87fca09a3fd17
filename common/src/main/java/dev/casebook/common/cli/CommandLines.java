package dev.casebook.common.cli;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Runs commands the same way everywhere: every long option {@code --some-option} has its default from the environment variable
 * {@code CASEBOOK_SOME_OPTION}, errors are one line that names the option, no stack traces unless {@code --log-level debug}, colours unless
 * {@code NO_COLOR} is set. Exit statuses: 0 done, 1 failed, 2 the command line cannot be understood.
 */
public final class CommandLines {
    private static final Logger log = LoggerFactory.getLogger(CommandLines.class);
    private static final String ENVIRONMENT_PREFIX = "CASEBOOK";

    private CommandLines() {}

    /** Parses and executes; the result is for {@link System#exit}. */
    public static int run(Object command, String... args) {
        return of(command, System.getenv()).execute(args);
    }

    /**
     * The configured command line, not yet executed.
     *
     * @param environment where defaults come from; in a service {@link System#getenv()}
     */
    public static CommandLine of(Object command, Map<String, String> environment) {
        CommandLine line = new CommandLine(command);
        line.setDefaultValueProvider(new EnvironmentDefaults(environment));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setAbbreviatedOptionsAllowed(false);
        line.setUsageHelpAutoWidth(true);
        if (line.getCommandSpec().usageMessage().footer().length == 0) {
            line.getCommandSpec()
                    .usageMessage()
                    .footer("", "Each option is also an environment variable: --some-option is CASEBOOK_SOME_OPTION.");
        }
        line.setColorScheme(CommandLine.Help.defaultColorScheme(
                environment.getOrDefault("NO_COLOR", "").isEmpty() ? Ansi.AUTO : Ansi.OFF));
        line.setParameterExceptionHandler(CommandLines::explainParameter);
        line.setExecutionExceptionHandler(CommandLines::explainFailure);
        return line;
    }

    /** {@code --http-port} to {@code CASEBOOK_HTTP_PORT}. */
    static String environmentName(String longOption) {
        return ENVIRONMENT_PREFIX + longOption.substring(1).replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private static int explainParameter(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        line.getErr().println(line.getColorScheme().errorText(oneLine(e)));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr())) {
            line.getErr().println("See '" + line.getCommandSpec().qualifiedName() + " --help' for the options.");
        }
        return CommandLine.ExitCode.USAGE;
    }

    private static int explainFailure(Exception e, CommandLine line, ParseResult parsed) {
        log.debug("The command failed", e);
        line.getErr().println(line.getColorScheme().errorText(oneLine(e)));
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String oneLine(Exception e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message.lines().findFirst().orElse(e.toString());
    }

    private record EnvironmentDefaults(Map<String, String> environment) implements IDefaultValueProvider {
        @Override
        public @Nullable String defaultValue(ArgSpec arg) {
            if (!(arg instanceof OptionSpec option) || !option.longestName().startsWith("--")) {
                return null;
            }
            if (option.usageHelp() || option.versionHelp()) {
                return null;
            }
            return environment.get(environmentName(option.longestName()));
        }
    }
}
