package dev.casebook.urlshortener.analytics.rollup;

/** Lets tests of the sender see its batches as the aggregator does. */
public final class CountedBatches {
    private final SequenceWindow window = SequenceWindow.empty();

    /** True when the aggregator would count the batch of this number. */
    public boolean isNew(long sequence) {
        return window.add(sequence);
    }
}
