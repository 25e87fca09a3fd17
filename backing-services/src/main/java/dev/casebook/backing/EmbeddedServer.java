package dev.casebook.backing;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What {@link ServerProcess} has to know of a kind of server to run one. */
interface EmbeddedServer {
    /** For messages, as its makers write it. */
    String name();

    /** The command line option that takes an external server instead. */
    String option();

    /** Brings folder and configuration into the state in which the server can start on {@code port}; called before every start. */
    void prepare(int port) throws IOException;

    List<String> command(int port) throws IOException;

    /** On top of this JVM's environment; an empty value removes the variable. */
    Map<String, String> environment();

    /** The signal upon which the server writes what it must and ends without waiting for its clients, as in {@code kill -s}. */
    String stopSignal();

    /** Whether a server that ended with these lines in its log may start in a moment, when the rest of a killed one has gone. */
    default boolean awaitsEndOfPredecessor(List<String> lastLines) {
        return false;
    }

    /**
     * Asks the server on {@code port} a real question.
     *
     * @throws Exception if there is no answer yet, or another server's: its message tells what went wrong
     */
    void ask(int port, long pid) throws Exception;

    /** Called when a process of the server has ended, with its exit status. */
    default void ended(int status) throws IOException {}
}
