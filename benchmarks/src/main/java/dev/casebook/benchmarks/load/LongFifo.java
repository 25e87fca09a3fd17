package dev.casebook.benchmarks.load;

/** A bounded queue of longs that allocates only when it grows. One thread. */
final class LongFifo {
    private static final int CAPACITY_INITIAL = 1024;

    private final int capacityMax;
    private long[] ring = new long[CAPACITY_INITIAL];
    private int head;
    private int size;

    /**
     * An empty queue.
     *
     * @param capacityMax a power of two, at least 1024
     */
    LongFifo(int capacityMax) {
        if (capacityMax < CAPACITY_INITIAL || Integer.bitCount(capacityMax) != 1) {
            throw new IllegalArgumentException("capacityMax must be a power of two >= 1024: " + capacityMax);
        }
        this.capacityMax = capacityMax;
    }

    /** Adds at the end; false when the queue is full. */
    boolean offer(long value) {
        if (size == ring.length && !grow()) {
            return false;
        }
        ring[(head + size) & (ring.length - 1)] = value;
        size++;
        return true;
    }

    /** The oldest; the queue must not be empty. */
    long peek() {
        if (size == 0) {
            throw new IllegalStateException("the queue is empty");
        }
        return ring[head];
    }

    /** Takes the oldest; the queue must not be empty. */
    long remove() {
        long value = peek();
        head = (head + 1) & (ring.length - 1);
        size--;
        return value;
    }

    int size() {
        return size;
    }

    private boolean grow() {
        if (ring.length == capacityMax) {
            return false;
        }
        long[] larger = new long[ring.length * 2];
        for (int i = 0; i < size; i++) {
            larger[i] = ring[(head + i) & (ring.length - 1)];
        }
        ring = larger;
        head = 0;
        return true;
    }
}
