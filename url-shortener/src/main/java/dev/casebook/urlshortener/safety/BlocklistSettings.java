package dev.casebook.urlshortener.safety;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a node's blocklist comes from besides the database.
 *
 * @param file see {@link BlocklistFile}; null for none
 * @param interval between two readings of file and database, so about how long a new entry takes to work
 */
public record BlocklistSettings(@Nullable Path file, Duration interval) {
    public BlocklistSettings {
        if (interval.toMillis() < 1) {
            throw new IllegalArgumentException("interval must be >= 1 ms: " + interval);
        }
    }

    /** No file; read again every 30 seconds. */
    public static BlocklistSettings defaults() {
        return new BlocklistSettings(null, Duration.ofSeconds(30));
    }

    public BlocklistSettings withFile(@Nullable Path path) {
        return new BlocklistSettings(path, interval);
    }

    public BlocklistSettings withInterval(Duration time) {
        return new BlocklistSettings(file, time);
    }
}
