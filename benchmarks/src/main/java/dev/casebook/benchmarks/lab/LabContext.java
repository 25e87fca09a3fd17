package dev.casebook.benchmarks.lab;

import dev.casebook.backing.FileTrees;
import dev.casebook.benchmarks.console.LiveLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a running lab is given: settings, a directory of its own, and an owner for everything it starts. Closing stops
 * what was started, the last first, and removes the directory. Thread-safe, so that a shutdown hook may close it.
 */
public final class LabContext implements AutoCloseable {
    /** Rounds of a {@code --quick} run: enough to see that a lab works, too few to believe its figures. */
    private static final int QUICK_ROUNDS = 2;

    private final boolean quick;
    private final int roundsAsked;
    private final long seed;
    private final Map<String, String> settings;
    private final LiveLine line;
    private final Path workDirectory;
    private final Map<String, String> versions = new TreeMap<>();
    private final Set<String> settingsRead = new HashSet<>();
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final Object closing = new Object();
    private boolean closed;

    /**
     * Makes the directory; nothing else happens yet.
     *
     * @param roundsAsked 0 to leave the number to the lab
     * @param settings what the lab's options are set to, by name
     * @throws IOException when no temporary directory can be made
     */
    public LabContext(boolean quick, int roundsAsked, long seed, Map<String, String> settings, LiveLine line)
            throws IOException {
        this.quick = quick;
        this.roundsAsked = roundsAsked;
        this.seed = seed;
        this.settings = Map.copyOf(settings);
        this.line = line;
        this.workDirectory = Files.createTempDirectory("casebook-lab");
    }

    /** True when the run only has to show that it works: shorten it, keep its shape. */
    public boolean isQuick() {
        return quick;
    }

    /** The seed for whatever is drawn at random; printed in the report. */
    public long seed() {
        return seed;
    }

    /** An empty directory, removed at the end. */
    public Path workDirectory() {
        return workDirectory;
    }

    /** What {@code --set name=value} says, or the fallback. */
    public synchronized String setting(String name, String fallback) {
        settingsRead.add(name);
        return settings.getOrDefault(name, fallback);
    }

    /**
     * What {@code --set name=value} says as a whole number greater than 0.
     *
     * @throws IllegalArgumentException naming the setting when it is something else
     */
    public int setting(String name, int fallback) {
        String text = setting(name, Integer.toString(fallback));
        if (!text.matches("[1-9]\\d{0,8}")) {
            throw new IllegalArgumentException(
                    "--set " + name + " must be a whole number from 1 to 999999999: " + text);
        }
        return Integer.parseInt(text);
    }

    /** Settings given that no lab has asked for: misspelt, most likely. */
    public synchronized Set<String> settingsUnused() {
        Set<String> unused = new HashSet<>(settings.keySet());
        unused.removeAll(settingsRead);
        return unused;
    }

    /** Starts a comparison in rounds; see {@link Rounds}. */
    public Rounds rounds(int usual) {
        int count = roundsAsked > 0 ? roundsAsked : quick ? Math.min(usual, QUICK_ROUNDS) : usual;
        return new Rounds(count, line::update);
    }

    /** Shows how far the run has come. */
    public void progress(String text) {
        line.update(text);
    }

    /** Prints a line that stays. */
    public void say(String text) {
        line.say(text);
    }

    /** Notes the version of something that takes part, for the report. */
    public synchronized void version(String name, String version) {
        versions.put(name, version);
    }

    /** Everything noted by {@link #version}. */
    public synchronized Map<String, String> versions() {
        return Map.copyOf(versions);
    }

    /** Takes something over that has to be stopped when the lab ends, however it ends. */
    public <T extends AutoCloseable> T own(T resource) {
        synchronized (this) {
            if (!closed) {
                owned.push(resource);
                return resource;
            }
        }
        stop(resource, null);
        throw new IllegalStateException("the lab has ended");
    }

    /** Who comes second waits for the first: on Ctrl-C the hook and the failing lab both close, and the directory may only go when all that writes into it has ended. */
    @Override
    public void close() {
        synchronized (closing) {
            @Nullable RuntimeException failure = null;
            while (true) {
                AutoCloseable next;
                synchronized (this) {
                    closed = true;
                    if (owned.isEmpty()) {
                        break;
                    }
                    next = owned.pop();
                }
                failure = stop(next, failure);
            }
            try {
                FileTrees.delete(workDirectory);
            } catch (IOException kept) {
                throw new UncheckedIOException("could not remove " + workDirectory, kept);
            }
            if (failure != null) {
                throw failure;
            }
        }
    }

    private static @Nullable RuntimeException stop(AutoCloseable resource, @Nullable RuntimeException earlier) {
        try {
            resource.close();
            return earlier;
        } catch (Exception problem) {
            if (problem instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            IllegalStateException failure = new IllegalStateException("could not stop " + resource, problem);
            if (earlier != null) {
                failure.addSuppressed(earlier);
            }
            return failure;
        }
    }
}
