package dev.casebook.urlshortener.analytics.capture;

import dev.casebook.common.hash.Xxh3;
import java.util.Arrays;

/**
 * Chooses the partition of a click. A link's clicks go to one partition, the hash of its id, so that one aggregator
 * transaction holds as many of them as possible. A link that takes more than its share is hot and goes round all
 * partitions, {@link #RUN} clicks at a time, so that no single partition (and its one consumer) has to carry it.
 *
 * <p>Hot links are found by majority vote (Boyer and Moore, "MJRTY", 1981), one vote per slot of a hash table, over every
 * {@link #SAMPLING}th click: a slot keeps a candidate and a count, which its own clicks raise and other links' lower. A count
 * never exceeds the candidate's true count, so a cold link is never taken for hot. A hot link may be overlooked while a
 * hotter one shares its slot, which costs balance, not counts; the hash is seeded per process, so another node sees it. That
 * is a weaker promise than Space-Saving's (every link above a share is found), for two array reads a click instead of a
 * list to keep sorted. What was hot in the last window stays hot during this one.
 *
 * <p>The choice needs no agreement between nodes or over time: a batch names its partition, and rollups add up over all
 * of them. Owned by the publisher's thread; allocates nothing.
 */
final class PartitionChooser {
    /** A window is this many sampled clicks. */
    static final int WINDOW_SAMPLES = 2_048;

    /** One click in so many is looked at. */
    static final int SAMPLING = 8;

    /** Consecutive clicks of a hot link that stay on one partition, and so share one batch's dictionary. */
    static final int RUN = 64;

    private static final int SLOTS = 256;
    private static final long NOBODY = Long.MIN_VALUE;

    private final int partitions;
    private final int hotSamples;
    private final long seed;
    private final long[] candidate = new long[SLOTS];
    private final int[] count = new int[SLOTS];
    private final long[] hot = new long[SLOTS];
    private volatile int hotLinks;
    private int sample;
    private int clicks;
    private int run;

    /**
     * A chooser that has seen no clicks.
     *
     * @param partitions at least 1; a link is hot above a quarter of a partition's even share
     */
    PartitionChooser(int partitions, long seed) {
        if (partitions < 1) {
            throw new IllegalArgumentException("partitions must be >= 1: " + partitions);
        }
        this.partitions = partitions;
        this.seed = seed;
        hotSamples = Math.max(16, WINDOW_SAMPLES / (4 * partitions));
        Arrays.fill(candidate, NOBODY);
        Arrays.fill(hot, NOBODY);
    }

    /** The partition of the next click of a link, from 0. */
    int partitionOf(long linkId) {
        int slot = (int) Xxh3.hash64(linkId, seed) & SLOTS - 1;
        if (++clicks % SAMPLING == 0) {
            vote(slot, linkId);
        }
        // The unseeded hash: every node sends a link's clicks to the same partition.
        int home = (int) ((Xxh3.hash64(linkId, 0) >>> 1) % partitions);
        return hot[slot] == linkId ? (home + (run++ & Integer.MAX_VALUE) / RUN % partitions) % partitions : home;
    }

    private void vote(int slot, long linkId) {
        if (candidate[slot] == linkId) {
            count[slot]++;
        } else if (count[slot] == 0) {
            candidate[slot] = linkId;
            count[slot] = 1;
        } else {
            count[slot]--;
        }
        if (++sample == WINDOW_SAMPLES) {
            closeWindow();
        }
    }

    private void closeWindow() {
        int found = 0;
        for (int i = 0; i < SLOTS; i++) {
            boolean isHot = count[i] >= hotSamples;
            hot[i] = isHot ? candidate[i] : NOBODY;
            found += isHot ? 1 : 0;
            count[i] = 0;
            candidate[i] = NOBODY;
        }
        hotLinks = found;
        sample = 0;
    }

    /** How many links are spread over the partitions at present. Any thread. */
    int hotLinks() {
        return hotLinks;
    }
}
