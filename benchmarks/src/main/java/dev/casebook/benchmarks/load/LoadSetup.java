package dev.casebook.benchmarks.load;

import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a scenario is told when it opens its target.
 *
 * @param uri where the service is
 * @param connections in all, at least 1
 * @param lanes threads of the driver, at least 1 and at most {@code connections}
 * @param timeout after which a request counts as failed
 * @param apiKey credential for preparing data; empty when none was given
 * @param settings the scenario's settings by name
 * @param seed for what is drawn at random
 * @param progress told in words how far the preparation is
 */
public record LoadSetup(
        URI uri,
        int connections,
        int lanes,
        Duration timeout,
        String apiKey,
        Settings settings,
        long seed,
        Consumer<String> progress) {
    public LoadSetup {
        if (lanes < 1 || connections < lanes) {
            throw new IllegalArgumentException(
                    "connections must be >= threads >= 1: connections=" + connections + ", threads=" + lanes);
        }
    }

    /** Settings given on the command line, which notice those that nobody asks for. */
    public static final class Settings {
        private final Map<String, String> values;
        private final Set<String> unused;

        /** Takes the given values. */
        public Settings(Map<String, String> values) {
            this.values = Map.copyOf(values);
            this.unused = new HashSet<>(values.keySet());
        }

        /** The setting, or the fallback when it was not given. */
        public String get(String name, String fallback) {
            unused.remove(name);
            return values.getOrDefault(name, fallback);
        }

        /**
         * The setting as a whole number.
         *
         * @throws IllegalArgumentException naming the setting when it is not a whole number from {@code min} to {@code max}
         */
        public int get(String name, int fallback, int min, int max) {
            double value = get(name, (double) fallback, min, max);
            if (value != Math.rint(value)) {
                throw new IllegalArgumentException("--set " + name + " must be a whole number: " + value);
            }
            return (int) value;
        }

        /**
         * The setting as a number.
         *
         * @throws IllegalArgumentException naming the setting when it is not a number from {@code min} to {@code max}
         */
        public double get(String name, double fallback, double min, double max) {
            String text = get(name, Double.toString(fallback));
            try {
                double value = Double.parseDouble(text);
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException notANumber) {
                throw new IllegalArgumentException("--set " + name + " must be a number: " + text, notANumber);
            }
            throw new IllegalArgumentException("--set " + name + " must be from " + min + " to " + max + ": " + text);
        }

        /** Settings that were given and never asked for: misspelt, most likely. */
        public Set<String> unused() {
            return Set.copyOf(unused);
        }
    }
}
