package dev.casebook.benchmarks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tools as scripts that print as the real ones do. */
class ToolTest {
    @TempDir
    Path folder;

    private String version(String script) throws IOException, MissingToolException {
        Path file = Files.writeString(folder.resolve("tool"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return new Tool(file.toString(), "none", "--version").version();
    }

    @Test
    void aWrappersComplaintIsNoPartOfTheVersion() throws Exception {
        assertThat(version("""
                        echo "/usr/bin/chromium: 9: [: 10.5: unexpected operator" >&2
                        echo "Chromium 142.0.7444.59 built on Debian GNU/Linux 12 (bookworm)"\
                        """)).isEqualTo("142.0.7444.59");
    }

    @Test
    void theFirstLineWithANumberCounts() throws Exception {
        assertThat(version("""
                        echo "Loading ..."
                        echo "HAProxy version 2.6.12-1+deb12u1 2023/12/16 - https://haproxy.org/"
                        echo "Running on: Linux 6.1.0"\
                        """)).isEqualTo("2.6.12-1+deb12u1");
    }

    @Test
    void oneOnStandardErrorCountsWhenThereIsNoOther() throws Exception {
        assertThat(version("echo 'nginx version: nginx/1.22.1' >&2")).isEqualTo("1.22.1");
    }

    @Test
    void theExitStatusDoesNotMatter() throws Exception {
        assertThat(version("echo 'wrk debian/4.1.0-3+b2 [epoll]'; exit 1")).isEqualTo("4.1.0-3+b2");
    }

    @Test
    void whoPrintsNoVersionHasNone() throws Exception {
        assertThat(version("echo 'what do you mean' >&2; exit 2")).isEqualTo("unknown");
        assertThat(version("echo \"$1\" | grep -q -e --version && echo 3.1")).isEqualTo("3.1");
    }
}
