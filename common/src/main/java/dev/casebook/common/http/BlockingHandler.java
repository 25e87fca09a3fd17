package dev.casebook.common.http;

/** Answers a request on a virtual thread of its own; may block. */
@FunctionalInterface
public interface BlockingHandler {
    /**
     * Answers.
     *
     * @throws Exception a {@link ProblemException} is answered as it says, anything else with 500 and an id that is logged with it
     */
    Reply handle(Request request) throws Exception;
}
