package dev.casebook.urlshortener.analytics.rollup;

/** A pair of counts that grows. */
final class Tally {
    long clicks;
    long bots;

    void add(boolean bot) {
        if (bot) {
            bots++;
        } else {
            clicks++;
        }
    }

    void add(Tally other) {
        clicks += other.clicks;
        bots += other.bots;
    }
}
