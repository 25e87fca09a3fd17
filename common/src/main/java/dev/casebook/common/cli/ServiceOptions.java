package dev.casebook.common.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The options that every service takes, as a picocli mixin. Each is also an environment variable ({@link CommandLines}). Values are checked while the command
 * line is parsed, so that a service never starts with a value it cannot use.
 */
public final class ServiceOptions {
    private static final Pattern NODE_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,31}");
    private static final int PORT_MAX = 65_535;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    private int httpPort = 8080;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address to listen on; 0.0.0.0 for all (default: ${DEFAULT-VALUE}).")
    private String bind = "127.0.0.1";

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where everything is kept that survives a restart (default: ./data/MODULE).")
    private @Nullable Path dataDir;

    private String nodeId = "1";
    private Level logLevel = Level.WARN;

    /** The port of the HTTP server, 0 to 65535; 0 is any free one. */
    public int httpPort() {
        return httpPort;
    }

    public String bind() {
        return bind;
    }

    /** {@code --data-dir}, or {@code ./data/MODULE} without it. Not created here. */
    public Path dataDir(String module) {
        return dataDir == null ? Path.of("data", module) : dataDir;
    }

    /** Names this process among its peers: 1 to 32 letters, digits and hyphens. */
    public String nodeId() {
        return nodeId;
    }

    public Level logLevel() {
        return logLevel;
    }

    /** Where the service tells its user what there is: standard output, line by line. */
    public PrintWriter out() {
        return spec().commandLine().getOut();
    }

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Port of the web page and the API; 0 for any free one (default: ${DEFAULT-VALUE}).")
    void httpPort(int port) {
        if (port < 0 || port > PORT_MAX) {
            throw invalid("--http-port", port, "must be in 0.." + PORT_MAX);
        }
        httpPort = port;
    }

    @Option(
            names = "--node-id",
            paramLabel = "ID",
            defaultValue = "1",
            description = "Name of this process among its peers (default: ${DEFAULT-VALUE}).")
    void nodeId(String id) {
        if (!NODE_ID.matcher(id).matches()) {
            throw invalid("--node-id", id, "must be 1 to 32 letters, digits and hyphens");
        }
        nodeId = id;
    }

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "warn",
            description = "error, warn, info, debug or trace, to stderr (default: ${DEFAULT-VALUE}).")
    void logLevel(String level) {
        try {
            logLevel = Level.valueOf(level.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw invalid("--log-level", level, "must be error, warn, info, debug or trace");
        }
        Logs.setLevel(logLevel);
    }

    private ParameterException invalid(String option, Object value, String rule) {
        return new ParameterException(
                spec().commandLine(), "Invalid value for option '%s': '%s' %s".formatted(option, value, rule));
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("used outside of a command line");
        }
        return spec;
    }
}
