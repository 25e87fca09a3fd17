package dev.casebook.benchmarks.load;

import java.util.List;

/** A service under load, seen through one protocol. */
public interface LoadTarget extends AutoCloseable {
    /** Names of the kinds of operation that are reported apart; lanes report their index. */
    List<String> operations();

    /** The threads that send, each with its share of the connections. */
    List<? extends LoadLane> lanes();

    /** How a status is written in the report, e.g. "302" or "UNAVAILABLE". */
    default String statusName(int status) {
        return Integer.toString(status);
    }

    /** Whether an answer with this status is what the scenario wants; others count as errors. */
    boolean isExpected(int operation, int status);

    /** Ends all connections. */
    @Override
    void close();
}
