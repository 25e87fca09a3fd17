package dev.casebook.benchmarks.console;

import java.io.Console;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One line that says how far a long run has come. On a terminal it is redrawn in place; elsewhere (a pipe, a CI log) a
 * plain line now and then, so that nothing floods. Thread-safe.
 */
public final class LiveLine implements AutoCloseable {
    /** Terminals narrower than this are rare, and a line that wraps cannot be redrawn. */
    private static final int COLUMNS_DEFAULT = 100;

    private static final long PLAIN_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final PrintStream out;
    private final boolean terminal;
    private final int columns;
    private final LongSupplier nanoTime;
    private long plainDueNanos;
    private boolean drawn;

    /**
     * Draws to the given stream.
     *
     * @param terminal whether the line may be redrawn in place
     * @param columns longer texts are cut on terminals
     */
    public LiveLine(PrintStream out, boolean terminal, int columns, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.columns = columns;
        this.nanoTime = nanoTime;
        this.plainDueNanos = nanoTime.getAsLong() + PLAIN_INTERVAL_NANOS;
    }

    /** Draws on standard error, so that standard output keeps to results. */
    // Null is what System.console() gives from JDK 25 on when standard input or output is redirected.
    @SuppressWarnings("SystemConsoleNull")
    public static LiveLine onStandardError() {
        Console console = System.console();
        boolean terminal = console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
        return new LiveLine(System.err, terminal, columnsOf(System.getenv("COLUMNS")), System::nanoTime);
    }

    /** Replaces the line's text; off a terminal prints it if ten seconds have passed since the last. */
    public synchronized void update(String text) {
        if (terminal) {
            String cut = text.length() < columns ? text : text.substring(0, columns - 1);
            out.print("\r" + cut + "\u001b[K");
            out.flush();
            drawn = true;
        } else if (nanoTime.getAsLong() - plainDueNanos >= 0) {
            plainDueNanos = nanoTime.getAsLong() + PLAIN_INTERVAL_NANOS;
            out.println(text);
        }
    }

    /** Prints a line that stays, above the live one. */
    public synchronized void say(String text) {
        clear();
        out.println(text);
    }

    /** Wipes the live line. */
    @Override
    public synchronized void close() {
        clear();
    }

    private void clear() {
        if (drawn) {
            out.print("\r\u001b[K");
            out.flush();
            drawn = false;
        }
    }

    private static int columnsOf(@Nullable String value) {
        return value != null && value.matches("[1-9]\\d{1,3}") ? Integer.parseInt(value) : COLUMNS_DEFAULT;
    }
}
