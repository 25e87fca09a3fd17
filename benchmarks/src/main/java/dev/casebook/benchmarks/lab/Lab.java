package dev.casebook.benchmarks.lab;

import java.time.Duration;
import java.util.List;

/**
 * An experiment that proves one row of a module's trade-offs.md: {@code ./casebook lab MODULE NAME} runs it and writes a
 * report. A lab is a claim: its class Javadoc says what question it answers, what the peers are and what would make it
 * unfair.
 *
 * <p>Stateless; made when the module's labs are listed, so its constructor must do nothing.
 */
public interface Lab {
    /** What to type: lower case with hyphens, unique in its module. */
    String name();

    /** The question it answers, one sentence ending in a question mark. The report's title. */
    String question();

    /** What the reader should think over before running it, e.g. "By what factor will ...? Which part of ...?". */
    String prediction();

    /** What is started, what is measured and what is kept equal, two or three sentences. */
    String method();

    /** About how long a full run takes on two cores. */
    Duration expectedDuration();

    /** Programs of the system that it cannot do without; checked before anything starts. */
    default List<Tool> tools() {
        return List.of();
    }

    /**
     * Runs the experiment. What it starts it hands to {@link LabContext#own}, which also stops it on Ctrl-C.
     *
     * @throws Exception when it cannot be carried out: then there is no result
     */
    LabResult run(LabContext context) throws Exception;
}
