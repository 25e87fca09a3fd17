package dev.casebook.benchmarks.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.benchmarks.Workspace;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Follows CONTRIBUTING's recipe, a folder and a line, with the service that common's README prints; built and run by the launcher, offline. */
@DisabledOnOs(OS.WINDOWS)
class NewModuleIT {
    private static final String IMPORTS = """
            package dev.casebook.hello;

            import dev.casebook.common.cli.*;
            import dev.casebook.common.http.*;
            import dev.casebook.common.lifecycle.*;
            import dev.casebook.common.metrics.*;
            import io.netty.handler.codec.http.HttpMethod;
            import java.time.Duration;
            import java.util.concurrent.Callable;
            import picocli.CommandLine.Command;
            import picocli.CommandLine.Mixin;

            """;

    @TempDir
    Path root;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aFolderAndALineAreAService() throws Exception {
        workspaceWithHello();

        assertThat(ended(casebook())).contains("hello                Greets by name");
        assertThat(ended(casebook("run", "he", "--help"))).contains("--http-port", "--data-dir", "CASEBOOK");
        Process service = casebook("run", "hello", "--http-port", "0");
        try (BufferedReader out = service.inputReader()) {
            String line = out.readLine();
            while (line != null && !line.startsWith("Hello at ")) {
                line = out.readLine();
            }
            assertThat(line).as("its address").isNotNull();
            URI uri = URI.create(line.substring("Hello at ".length()));
            assertThat(get(uri, "/hello/world")).isEqualTo("hello world");
            assertThat(get(uri, "/health/ready")).contains("\"ready\"");
            assertThat(get(uri, "/metrics")).contains("http_server_requests_seconds_count", "jvm_memory_used_bytes");

            service.destroy();
            assertThat(service.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(service.exitValue()).as("after SIGTERM").isZero();
        } finally {
            service.destroyForcibly();
        }
        try (ServerSocket taken = new ServerSocket(0)) {
            Process refused = casebook("run", "hello", "--http-port", Integer.toString(taken.getLocalPort()));
            assertThat(text(refused))
                    .contains("port " + taken.getLocalPort(), "--http-port")
                    .contains("process " + ProcessHandle.current().pid())
                    .doesNotContain("\tat ");
            assertThat(refused.waitFor()).isEqualTo(1);
        }
    }

    private void workspaceWithHello() throws IOException {
        Path original = Workspace.locate().root();
        Files.copy(original.resolve("casebook"), root.resolve("casebook"), StandardCopyOption.COPY_ATTRIBUTES);
        String pom = Files.readString(original.resolve("pom.xml"));
        Files.writeString(
                root.resolve("pom.xml"),
                pom.replaceFirst(
                        "(?s)<modules>.*</modules>",
                        "<modules>\n    <module>common</module>\n    <module>hello</module>\n  </modules>"));
        Files.createDirectory(root.resolve("common"));
        Files.copy(original.resolve("common/pom.xml"), root.resolve("common/pom.xml"));
        copy(original.resolve("common/src/main"), root.resolve("common/src/main"));
        Files.writeString(Files.createDirectory(root.resolve(".mvn")).resolve("maven.config"), offline());
        Path sources = Files.createDirectories(root.resolve("hello/src/main/java/dev/casebook/hello"));
        Files.writeString(root.resolve("hello/pom.xml"), """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <parent>
                    <groupId>dev.casebook</groupId>
                    <artifactId>casebook</artifactId>
                    <version>0.1.0-SNAPSHOT</version>
                  </parent>
                  <artifactId>hello</artifactId>
                  <description>Greets by name</description>
                  <properties>
                    <casebook.main.class>dev.casebook.hello.HelloApp</casebook.main.class>
                  </properties>
                  <dependencies>
                    <dependency><groupId>dev.casebook</groupId><artifactId>common</artifactId></dependency>
                  </dependencies>
                </project>
                """);
        String readme = Files.readString(original.resolve("common/README.md"));
        int begin = readme.indexOf("```java\n") + "```java\n".length();
        Files.writeString(
                sources.resolve("HelloApp.java"), IMPORTS + readme.substring(begin, readme.indexOf("```", begin)));
    }

    /** With the repository that this build uses, wherever that is. */
    private static String offline() {
        String repository = System.getProperty("localRepository", "");
        return "-o\n" + (repository.isEmpty() ? "" : "-Dmaven.repo.local=" + repository + "\n");
    }

    private Process casebook(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(root.resolve("casebook").toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .start();
    }

    private static String ended(Process process) throws IOException, InterruptedException {
        String text = text(process);
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }

    private static String text(Process process) throws IOException {
        try (BufferedReader out = process.inputReader()) {
            return String.join("\n", out.lines().toList());
        }
    }

    private static String get(URI uri, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(uri.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            return answer.body();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
