package dev.casebook.common.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Options, environment and errors as every service has them. */
final class CommandLinesTest {
    private final StringWriter err = new StringWriter();
    private final Service service = new Service();

    @Command(name = "service", mixinStandardHelpOptions = true)
    static final class Service implements Callable<Integer> {
        @Mixin
        final ServiceOptions options = new ServiceOptions();

        String failure = "";

        @Override
        public Integer call() {
            if (!failure.isEmpty()) {
                throw new IllegalStateException(failure);
            }
            return 0;
        }
    }

    @AfterEach
    void quietAgain() {
        Logs.setLevel(Level.WARN);
    }

    private int run(Map<String, String> environment, String... args) {
        CommandLine line = CommandLines.of(service, environment);
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }

    @Test
    void hasDefaults() {
        assertThat(run(Map.of())).isZero();
        assertThat(service.options.httpPort()).isEqualTo(8080);
        assertThat(service.options.bind()).isEqualTo("127.0.0.1");
        assertThat(service.options.nodeId()).isEqualTo("1");
        assertThat(service.options.dataDir("url-shortener")).isEqualTo(Path.of("data/url-shortener"));
    }

    @Test
    void prefersTheCommandLineToTheEnvironmentToTheDefault() {
        Map<String, String> environment = Map.of("CASEBOOK_HTTP_PORT", "9001", "CASEBOOK_NODE_ID", "b");

        assertThat(run(environment, "--http-port", "9002", "--data-dir=/tmp/x")).isZero();

        assertThat(service.options.httpPort()).isEqualTo(9002);
        assertThat(service.options.nodeId()).isEqualTo("b");
        assertThat(service.options.dataDir("any")).isEqualTo(Path.of("/tmp/x"));
    }

    @Test
    void explainsAWrongValueInOneLineThatNamesTheOption() {
        assertThat(run(Map.of(), "--http-port", "99999")).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(2).first().asString().contains("--http-port", "99999", "0..65535");
    }

    @Test
    void explainsAWrongValueOfTheEnvironment() {
        assertThat(run(Map.of("CASEBOOK_HTTP_PORT", "many"))).isEqualTo(2);
        assertThat(err.toString().lines().findFirst())
                .hasValueSatisfying(line -> assertThat(line).contains("--http-port", "many"));
    }

    @Test
    void refusesNodeIdsAndLevelsThatMeanNothing() {
        assertThat(run(Map.of(), "--node-id", "../etc")).isEqualTo(2);
        assertThat(run(Map.of(), "--log-level", "loud")).isEqualTo(2);
        assertThat(err.toString()).contains("--node-id", "--log-level");
    }

    @Test
    void tellsAFailureInOneLineWithoutAStackTrace() {
        service.failure = "cannot listen on port 80\nsecond line";

        assertThat(run(Map.of())).isEqualTo(1);
        assertThat(err.toString().strip()).isEqualTo("cannot listen on port 80");
    }

    @Test
    void setsOurLevelAndKeepsLibrariesQuieter() {
        assertThat(run(Map.of("CASEBOOK_LOG_LEVEL", "debug"))).isZero();

        assertThat(LoggerFactory.getLogger("dev.casebook.any").isDebugEnabled()).isTrue();
        assertThat(LoggerFactory.getLogger("io.netty.any").isDebugEnabled()).isFalse();
        assertThat(LoggerFactory.getLogger("io.netty.any").isInfoEnabled()).isTrue();
    }
}
