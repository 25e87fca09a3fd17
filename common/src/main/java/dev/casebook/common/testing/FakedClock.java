package dev.casebook.common.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A wall clock for other processes that is set while they run, by libfaketime (Debian package {@code libfaketime}). Their elapsed time stays
 * true, as on a machine whose clock is stepped. Not thread-safe.
 */
public final class FakedClock {
    /** What is missing when {@link #library} finds none. */
    public static final String MISSING = "libfaketimeMT.so.1 is not installed (Debian package libfaketime)";

    private static final List<Path> LIBRARIES = List.of(Path.of("/usr/lib"), Path.of("/usr/local/lib"));
    private static final Path LIBRARY = Path.of("faketime", "libfaketimeMT.so.1");
    private static final int DEPTH_MAX = 3;

    private final Path library;
    private final Path folder;

    /**
     * A clock that goes right until it is set.
     *
     * @param library as {@link #library} found it
     * @param folder for the file that says how far off the clock is
     */
    public FakedClock(Path library, Path folder) throws IOException {
        this.library = library;
        this.folder = folder;
        set(Duration.ZERO);
    }

    /** The installed library, if there is one. */
    public static Optional<Path> library() throws IOException {
        for (Path libraries : LIBRARIES) {
            if (Files.isDirectory(libraries)) {
                try (Stream<Path> found =
                        Files.find(libraries, DEPTH_MAX, (file, attributes) -> file.endsWith(LIBRARY))) {
                    Optional<Path> first = found.findFirst();
                    if (first.isPresent()) {
                        return first;
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** What a process needs in its environment to live by this clock. */
    public Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", file().toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "DONT_FAKE_MONOTONIC", "1",
                "FAKETIME_DONT_RESET", "1");
    }

    /**
     * Sets the clock; processes notice within about a second. The file is replaced, so that it is never read half written.
     *
     * @param ahead of the true time, to the millisecond; negative for behind
     */
    public void set(Duration ahead) throws IOException {
        String seconds = String.format(Locale.ROOT, "%+.3f", ahead.toMillis() / 1e3);
        Path next = Files.writeString(folder.resolve("clock.next"), seconds + "\n");
        Files.move(next, file(), StandardCopyOption.REPLACE_EXISTING);
    }

    private Path file() {
        return folder.resolve("clock");
    }
}
