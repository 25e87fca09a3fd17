package dev.casebook.urlshortener.safety;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** A source of hosts that links must not lead to. Blocking. */
@FunctionalInterface
public interface BlockedHosts {
    /**
     * Reads the whole list.
     *
     * @return hosts in ASCII, lower case; subdomains are meant as well
     * @throws RuntimeException when it cannot be read now
     */
    Set<String> read();

    /**
     * A text file with a host on each line; blank lines and what follows a {@code #} do not count, and lines of a
     * hosts file ({@code 0.0.0.0 evil.example}) are understood.
     */
    static BlockedHosts file(Path file) {
        return () -> {
            Set<String> hosts = new HashSet<>();
            try (var lines = Files.lines(file)) {
                lines.forEach(line -> {
                    String text = line.replaceFirst("#.*", "").strip();
                    if (!text.isEmpty()) {
                        String[] words = text.split("\\s+", -1);
                        hosts.add(words[words.length - 1].toLowerCase(Locale.ROOT));
                    }
                });
            } catch (IOException failure) {
                throw new UncheckedIOException("cannot read the blocklist " + file, failure);
            }
            return hosts;
        };
    }

    /** This list and another. */
    default BlockedHosts and(BlockedHosts other) {
        return () -> {
            Set<String> hosts = new HashSet<>(read());
            hosts.addAll(other.read());
            return hosts;
        };
    }
}
