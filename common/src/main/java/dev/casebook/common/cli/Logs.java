package dev.casebook.common.cli;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * How much the process says, and where: to stderr, quietly unless asked. {@code logback.xml} beside this class' resources holds the format.
 */
public final class Logs {
    private static final String OURS = "dev.casebook";

    private Logs() {}

    /**
     * Sets the level of our own loggers; those of libraries are kept one level quieter, because a library's debug output drowns ours. Thread-safe.
     */
    public static void setLevel(Level level) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            throw new IllegalStateException("logging is not done by Logback but by "
                    + LoggerFactory.getILoggerFactory().getClass().getName());
        }
        context.getLogger(OURS).setLevel(ch.qos.logback.classic.Level.convertAnSLF4JLevel(level));
        context.getLogger(Logger.ROOT_LOGGER_NAME)
                .setLevel(ch.qos.logback.classic.Level.convertAnSLF4JLevel(quieter(level)));
    }

    private static Level quieter(Level level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN, INFO -> Level.WARN;
            case DEBUG -> Level.INFO;
            case TRACE -> Level.DEBUG;
        };
    }
}
