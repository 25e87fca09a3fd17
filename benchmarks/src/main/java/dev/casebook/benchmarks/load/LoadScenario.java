package dev.casebook.benchmarks.load;

/** A kind of traffic that makes sense for a service. Stateless; made when scenarios are listed. */
public interface LoadScenario {
    /** What to type after {@code --scenario}: lower case with hyphens, unique in its module. */
    String name();

    /** What it sends, with the settings it takes, in one sentence. */
    String description();

    /**
     * Prepares the service (creates what will be asked for) and connects to it.
     *
     * @throws Exception when the service cannot be prepared or reached; the message is shown to the user
     */
    LoadTarget open(LoadSetup setup) throws Exception;
}
