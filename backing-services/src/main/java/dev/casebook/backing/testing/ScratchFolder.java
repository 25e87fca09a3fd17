package dev.casebook.backing.testing;

import dev.casebook.backing.FileTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder for the servers of one test run: below the module's {@code target} when there is one, so that the build's own cleaning finds what a
 * killed run has left, else in the system's temporary folder.
 */
final class ScratchFolder {
    private static final String PREFIX = "backing-";

    private ScratchFolder() {}

    static Path ofThisProcess() {
        Path target = Path.of("target").toAbsolutePath();
        Path parent = Files.isDirectory(target)
                ? target
                : Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
        try {
            deleteThoseOfDeadProcesses(parent);
            return Files.createTempDirectory(
                    parent, PREFIX + ProcessHandle.current().pid() + "-");
        } catch (IOException e) {
            throw new UncheckedIOException("can't make a folder for the test servers in " + parent, e);
        }
    }

    private static void deleteThoseOfDeadProcesses(Path parent) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "[0-9]*-*")) {
            for (Path folder : folders) {
                String pid = folder.getFileName().toString().split("-", 3)[1];
                if (ProcessHandle.of(Long.parseLong(pid)).isEmpty() && Files.isWritable(folder)) {
                    FileTrees.delete(folder);
                }
            }
        }
    }
}
