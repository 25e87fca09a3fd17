package dev.casebook.benchmarks.report;

/**
 * A claim with its target, and whether this run met it. A miss is shown as a miss.
 *
 * @param claim what should hold, with the bound: "server CPU per redirect at most 1.15 times nginx's"
 * @param met whether it held
 * @param measured the figure that decides
 */
public record Verdict(String claim, boolean met, String measured) implements Block {}
