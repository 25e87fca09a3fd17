package dev.casebook.backing;

import java.util.OptionalInt;

/** What a person asks for with {@code --postgres}, {@code --redis} or {@code --kafka}. */
sealed interface Setting {
    String EMBEDDED = "embedded";

    /** A server of our own, on {@code port} if there is one. */
    record Embedded(OptionalInt port) implements Setting {}

    /** Somebody's server. */
    record External(String address) implements Setting {}

    /**
     * Reads a setting.
     *
     * @param option for the message
     * @throws BackingServiceException if {@code text} is empty or names a port that can't be
     */
    static Setting parse(String option, String text) {
        if (text.equals(EMBEDDED)) {
            return new Embedded(OptionalInt.empty());
        }
        if (text.startsWith(EMBEDDED + ":")) {
            return new Embedded(OptionalInt.of(port(option, text, text.substring(EMBEDDED.length() + 1))));
        }
        if (text.isBlank()) {
            throw new BackingServiceException(option + " is empty: give \"embedded\" or a server's address.");
        }
        return new External(text);
    }

    private static int port(String option, String text, String digits) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // falls through to the one message for all that is no port
        }
        throw new BackingServiceException(option + " " + text + ": the port must be a number from 1 to 65535.");
    }
}
