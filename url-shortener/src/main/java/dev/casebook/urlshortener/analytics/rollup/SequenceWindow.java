package dev.casebook.urlshortener.analytics.rollup;

/**
 * Remembers which sequence numbers of one session have been counted: the highest, and one bit for each of the
 * {@link #SIZE} numbers that end with it (the anti-replay window of IPsec, RFC 4303 section 3.4.3). A number below the window
 * counts as seen; the sender keeps its batches closer together than that (see {@code ClickPublisher}), so what is
 * that late has arrived before. Not thread-safe.
 */
final class SequenceWindow {
    /** Numbers remembered. At least the sender's {@code IN_FLIGHT_MAX}, by a margin. */
    static final int SIZE = 1024;

    private static final int BITMAP_BYTES = SIZE / Byte.SIZE;

    private long highest;
    /** Bit {@code n % SIZE} is number n, for the n in the window. */
    private final byte[] counted;

    private SequenceWindow(long highest, byte[] counted) {
        this.highest = highest;
        this.counted = counted;
    }

    /** The window of a session of which nothing was counted. */
    static SequenceWindow empty() {
        return new SequenceWindow(-1, new byte[BITMAP_BYTES]);
    }

    /** The window that {@link #highest} and {@link #bitmap} describe. */
    static SequenceWindow of(long highest, byte[] bitmap) {
        if (bitmap.length != BITMAP_BYTES) {
            throw new IllegalArgumentException("bitmap must have " + BITMAP_BYTES + " bytes: " + bitmap.length);
        }
        return new SequenceWindow(highest, bitmap.clone());
    }

    /**
     * Marks a number as counted.
     *
     * @return false when it was already
     */
    boolean add(long sequence) {
        if (sequence < 0) {
            throw new IllegalArgumentException("sequence must be >= 0: " + sequence);
        }
        if (sequence > highest) {
            long skipped = Math.min(sequence - highest, SIZE);
            for (long n = sequence - skipped + 1; n <= sequence; n++) {
                counted[byteOf(n)] &= (byte) ~bitOf(n);
            }
            highest = sequence;
        } else if (sequence <= highest - SIZE || (counted[byteOf(sequence)] & bitOf(sequence)) != 0) {
            return false;
        }
        counted[byteOf(sequence)] |= (byte) bitOf(sequence);
        return true;
    }

    private static int byteOf(long sequence) {
        return (int) (sequence % SIZE) / Byte.SIZE;
    }

    private static int bitOf(long sequence) {
        return 1 << sequence % Byte.SIZE;
    }

    /** -1 when nothing was counted. */
    long highest() {
        return highest;
    }

    byte[] bitmap() {
        return counted.clone();
    }
}
