package dev.casebook.benchmarks.report;

/**
 * A paragraph of plain text.
 *
 * @param heading above the paragraph; empty for none
 */
public record Prose(String heading, String text) implements Block {
    /** A paragraph without a heading. */
    public static Prose of(String text) {
        return new Prose("", text);
    }
}
