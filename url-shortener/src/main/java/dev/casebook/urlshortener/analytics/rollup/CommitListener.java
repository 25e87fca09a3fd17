package dev.casebook.urlshortener.analytics.rollup;

import dev.casebook.urlshortener.analytics.LinkCount;
import java.util.List;

/** Hears of counts after they are committed. Called on the aggregator's thread: must not block and not throw. */
@FunctionalInterface
public interface CommitListener {
    /** Listens to nothing. */
    CommitListener NONE = totals -> {};

    /** The new totals of every link that a transaction has changed. */
    void committed(List<LinkCount> totals);
}
