package dev.casebook.benchmarks.lab;

import dev.casebook.benchmarks.measure.RunEnvironment;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program of the system that a lab runs as a peer or as a client.
 *
 * @param command its file name
 * @param debianPackage what to install to have it
 * @param versionOption what makes it print its version
 */
public record Tool(String command, String debianPackage, String versionOption) {
    public static final Tool NGINX = new Tool("nginx", "nginx-light", "-v");
    public static final Tool HAPROXY = new Tool("haproxy", "haproxy", "-v");
    public static final Tool WRK = new Tool("wrk", "wrk", "-v");
    public static final Tool PGBENCH = new Tool("pgbench", "postgresql-contrib", "--version");

    private static final Pattern VERSION_NUMBER = Pattern.compile("\\d+\\.\\d+[\\w.+-]*");
    private static final Path POSTGRES_FOLDERS = Path.of("/usr/lib/postgresql");

    /**
     * Where it is: on the PATH or where Debian puts it.
     *
     * @throws MissingToolException naming the package when it is not installed
     */
    public Path path() throws MissingToolException {
        return find().orElseThrow(() -> new MissingToolException(this));
    }

    /** Whether it is installed. */
    public boolean isInstalled() {
        return find().isPresent();
    }

    /**
     * The version number that it prints, e.g. "1.22.1": the first one on standard output, or on standard error for those who print it there as
     * nginx does; "unknown" when there is none. A complaint that a wrapper script makes beside it does not count.
     */
    public String version() throws MissingToolException {
        String path = path().toString();
        // wrk exits with 1 after printing its version, so the exit code is not looked at.
        return versionNumber(path, "\"$0\" \"$1\" 2>/dev/null || true")
                .or(() -> versionNumber(path, "\"$0\" \"$1\" 2>&1 >/dev/null || true"))
                .orElse("unknown");
    }

    private Optional<String> versionNumber(String path, String script) {
        return RunEnvironment.lines(Path.of("."), "sh", "-c", script, path, versionOption).stream()
                .map(VERSION_NUMBER::matcher)
                .filter(Matcher::find)
                .map(Matcher::group)
                .findFirst();
    }

    private Optional<Path> find() {
        List<Path> folders = new ArrayList<>();
        String path = System.getenv("PATH");
        if (path != null) {
            for (String folder : path.split(File.pathSeparator, -1)) {
                folders.add(Path.of(folder));
            }
        }
        // An ordinary user's PATH lacks sbin on Debian.
        folders.add(Path.of("/usr/sbin"));
        folders.add(Path.of("/usr/local/sbin"));
        folders.add(Path.of("/opt/homebrew/bin"));
        if (Files.isDirectory(POSTGRES_FOLDERS)) {
            try (DirectoryStream<Path> versions = Files.newDirectoryStream(POSTGRES_FOLDERS)) {
                List<Path> found = new ArrayList<>();
                versions.forEach(version -> found.add(version.resolve("bin")));
                found.sort(Comparator.reverseOrder());
                folders.addAll(found);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
        return folders.stream()
                .map(folder -> folder.resolve(command))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }
}
