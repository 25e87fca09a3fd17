package dev.casebook.common.sketch;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The elements that occur most often, from a fixed number of counters: every element with more than {@code N / capacity}
 * occurrences out of N is among them.
 *
 * <p>Not thread-safe.
 *
 * @param <K> with {@code equals} and {@code hashCode} by value
 */
public final class SpaceSaving<K> {
    /*
     * An element without a counter takes over the one with the least count, inherits that count as its possible error, and
     * adds to it. So count - error <= true count <= count; the counts add up to N; hence the least is at most
     * N / capacity, and so is any error.
     *
     * The Stream-Summary keeps counters in a list of buckets of equal count, ascending: the victim is in the first bucket, and a
     * counter that grows by one moves to the next bucket, or to a new one in between: O(1). Growing by c passes over the
     * buckets of the counts in between.
     *
     * Merging (Agarwal et al.) adds counts and errors element by element; for an element without a counter on one side that
     * side's least count stands in, if its counters are all taken, as it may have had that many there. Then the greatest
     * `capacity` of them stay. The bound N / capacity holds for the sum of the streams.
     *
     * Metwally, Agrawal, El Abbadi, "Efficient computation of frequent and top-k elements in data streams", ICDT 2005;
     * Agarwal et al., "Mergeable summaries", PODS 2012.
     */
    public static final int CAPACITY_MAX = 1 << 20;
    /** Of one element in a stored sketch. */
    public static final int ELEMENT_BYTES_MAX = 1 << 16;

    private static final int HEADER_BYTES = 2 * Integer.BYTES + Long.BYTES;
    private static final int ENTRY_BYTES_MIN = Integer.BYTES + 2 * Long.BYTES;

    /**
     * An element with its estimate.
     *
     * @param count at least the number of its occurrences
     * @param error the count minus this is at most the number of its occurrences
     */
    public record Estimate<K>(K element, long count, long error) {}

    private static final class Counter<K> {
        private K element;
        private long error;
        private Bucket<K> bucket;
        private @Nullable Counter<K> previous;
        private @Nullable Counter<K> next;

        Counter(K element, long error, Bucket<K> bucket) {
            this.element = element;
            this.error = error;
            this.bucket = bucket;
        }
    }

    private static final class Bucket<K> {
        private final long count;
        private @Nullable Counter<K> first;
        private @Nullable Bucket<K> lower;
        private @Nullable Bucket<K> higher;

        Bucket(long count) {
            this.count = count;
        }
    }

    private final int capacity;
    private final Map<K, Counter<K>> counters;
    private @Nullable Bucket<K> lowest;
    private long total;

    private SpaceSaving(int capacity) {
        this.capacity = capacity;
        this.counters = HashMap.newHashMap(Math.min(capacity, 1024));
    }

    /**
     * An empty sketch.
     *
     * @param capacity counters, in [1, {@link #CAPACITY_MAX}]; 1/epsilon of them keep errors below epsilon of the total
     */
    public static <K> SpaceSaving<K> create(int capacity) {
        if (capacity < 1 || capacity > CAPACITY_MAX) {
            throw new IllegalArgumentException("capacity must be in [1, " + CAPACITY_MAX + "]: capacity=" + capacity);
        }
        return new SpaceSaving<>(capacity);
    }

    /** Counts an element once. */
    public void add(K element) {
        add(element, 1);
    }

    /**
     * Counts an element {@code count} times.
     *
     * @param count at least 1
     * @throws ArithmeticException if the total would exceed {@code Long.MAX_VALUE}; nothing is counted then
     */
    public void add(K element, long count) {
        if (count < 1) {
            throw new IllegalArgumentException("count must be >= 1: count=" + count);
        }
        total = Math.addExact(total, count);
        Counter<K> counter = counters.get(element);
        if (counter != null) {
            raise(counter, counter.bucket.count + count);
        } else if (counters.size() < capacity) {
            insert(element, count, 0);
        } else {
            takeOver(element, count);
        }
    }

    private void takeOver(K element, long count) {
        Bucket<K> bucket = lowestOfFull();
        Counter<K> victim = bucket.first;
        if (victim == null) {
            throw new AssertionError("a bucket without counters stays in no list");
        }
        counters.remove(victim.element);
        victim.element = element;
        victim.error = bucket.count;
        counters.put(element, victim);
        raise(victim, bucket.count + count);
    }

    private Bucket<K> lowestOfFull() {
        Bucket<K> bucket = lowest;
        if (bucket == null) {
            throw new AssertionError("counters without a bucket");
        }
        return bucket;
    }

    private void insert(K element, long count, long error) {
        Bucket<K> bucket = bucketOf(count, null);
        Counter<K> counter = new Counter<>(element, error, bucket);
        push(counter, bucket);
        counters.put(element, counter);
    }

    private void raise(Counter<K> counter, long count) {
        Bucket<K> from = counter.bucket;
        Bucket<K> to = bucketOf(count, from);
        unlink(counter);
        push(counter, to);
        if (from.first == null) {
            remove(from);
        }
    }

    /** The bucket of a count, made if there is none, looked for upwards from a bucket with a lower count or from the lowest. */
    private Bucket<K> bucketOf(long count, @Nullable Bucket<K> from) {
        Bucket<K> lower = from;
        Bucket<K> higher = from == null ? lowest : from.higher;
        while (higher != null && higher.count < count) {
            lower = higher;
            higher = higher.higher;
        }
        if (higher != null && higher.count == count) {
            return higher;
        }
        Bucket<K> made = new Bucket<>(count);
        made.lower = lower;
        made.higher = higher;
        if (lower == null) {
            lowest = made;
        } else {
            lower.higher = made;
        }
        if (higher != null) {
            higher.lower = made;
        }
        return made;
    }

    private void remove(Bucket<K> bucket) {
        if (bucket.lower == null) {
            lowest = bucket.higher;
        } else {
            bucket.lower.higher = bucket.higher;
        }
        if (bucket.higher != null) {
            bucket.higher.lower = bucket.lower;
        }
    }

    private static <K> void push(Counter<K> counter, Bucket<K> bucket) {
        counter.bucket = bucket;
        counter.previous = null;
        counter.next = bucket.first;
        if (bucket.first != null) {
            bucket.first.previous = counter;
        }
        bucket.first = counter;
    }

    private static <K> void unlink(Counter<K> counter) {
        if (counter.previous == null) {
            counter.bucket.first = counter.next;
        } else {
            counter.previous.next = counter.next;
        }
        if (counter.next != null) {
            counter.next.previous = counter.previous;
        }
    }

    /** The {@code limit} greatest by count, greatest first. O(capacity log capacity). */
    public List<Estimate<K>> top(int limit) {
        return counters.values().stream()
                .map(counter -> new Estimate<>(counter.element, counter.bucket.count, counter.error))
                .sorted(Comparator.<Estimate<K>>comparingLong(Estimate::count).reversed())
                .limit(limit)
                .toList();
    }

    /** At least the number of occurrences of any element, also of one without a counter. */
    public long estimate(K element) {
        Counter<K> counter = counters.get(element);
        return counter == null ? leastWhenFull() : counter.bucket.count;
    }

    /** What an element without a counter may have occurred at most. */
    private long leastWhenFull() {
        return lowest == null || counters.size() < capacity ? 0 : lowest.count;
    }

    /** The number of occurrences of all elements, N. */
    public long total() {
        return total;
    }

    public int capacity() {
        return capacity;
    }

    /** Adds the stream of another sketch of the same capacity, which is left as it is. */
    public void merge(SpaceSaving<K> other) {
        if (other.capacity != capacity) {
            throw new IllegalArgumentException("capacities differ: " + capacity + " and " + other.capacity);
        }
        long sum = Math.addExact(total, other.total);
        long leastHere = leastWhenFull();
        long leastThere = other.leastWhenFull();
        Set<K> elements = new HashSet<>(counters.keySet());
        elements.addAll(other.counters.keySet());
        List<Estimate<K>> merged = new ArrayList<>(elements.size());
        for (K element : elements) {
            Counter<K> here = counters.get(element);
            Counter<K> there = other.counters.get(element);
            merged.add(new Estimate<>(
                    element,
                    (here == null ? leastHere : here.bucket.count) + (there == null ? leastThere : there.bucket.count),
                    (here == null ? leastHere : here.error) + (there == null ? leastThere : there.error)));
        }
        merged.sort(Comparator.comparingLong(Estimate::count));
        refill(merged.subList(Math.max(0, merged.size() - capacity), merged.size()), sum);
    }

    /** @param estimates at most {@code capacity}; fastest in descending order, as each new bucket is then the lowest */
    private void refill(List<Estimate<K>> estimates, long newTotal) {
        counters.clear();
        lowest = null;
        for (Estimate<K> estimate : estimates.reversed()) {
            insert(estimate.element, estimate.count, estimate.error);
        }
        total = newTotal;
    }

    /**
     * Stores the sketch.
     *
     * @param encode an element's bytes, at most {@link #ELEMENT_BYTES_MAX}
     */
    public byte[] toBytes(Function<? super K, byte[]> encode) {
        List<Estimate<K>> estimates = top(capacity);
        List<byte[]> encoded = new ArrayList<>(estimates.size());
        long bodyBytes = HEADER_BYTES;
        for (Estimate<K> estimate : estimates) {
            byte[] element = encode.apply(estimate.element);
            if (element.length > ELEMENT_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "an element has more than " + ELEMENT_BYTES_MAX + " bytes: " + element.length);
            }
            encoded.add(element);
            bodyBytes += ENTRY_BYTES_MIN + element.length;
        }
        ByteBuffer buffer = SketchFormat.begin(SketchFormat.SPACE_SAVING, bodyBytes)
                .putInt(capacity)
                .putInt(estimates.size())
                .putLong(total);
        for (int i = 0; i < encoded.size(); i++) {
            buffer.putLong(estimates.get(i).count)
                    .putLong(estimates.get(i).error)
                    .putInt(encoded.get(i).length)
                    .put(encoded.get(i));
        }
        return SketchFormat.end(buffer);
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @param decode the inverse of the function given there
     * @throws CorruptSketchException if {@link #toBytes} did not write this
     */
    public static <K> SpaceSaving<K> fromBytes(byte[] bytes, Function<byte[], ? extends K> decode) {
        ByteBuffer body = SketchFormat.open(bytes, SketchFormat.SPACE_SAVING);
        SketchFormat.require(body.remaining() >= HEADER_BYTES, "no header");
        int capacity = body.getInt();
        int size = body.getInt();
        long total = body.getLong();
        SketchFormat.require(
                capacity >= 1
                        && capacity <= CAPACITY_MAX
                        && size >= 0
                        && size <= capacity
                        && total >= size
                        && body.remaining() >= (long) size * ENTRY_BYTES_MIN,
                "capacity=" + capacity + ", size=" + size + ", total=" + total);
        List<Estimate<K>> ascending = new ArrayList<>(size);
        Set<K> seen = HashSet.newHashSet(size);
        for (int i = 0; i < size; i++) {
            SketchFormat.require(body.remaining() >= ENTRY_BYTES_MIN, "an entry is cut off");
            long count = body.getLong();
            long error = body.getLong();
            int length = body.getInt();
            SketchFormat.require(
                    count >= 1
                            && count <= total
                            && error >= 0
                            && error < count
                            && length >= 0
                            && length <= Math.min(body.remaining(), ELEMENT_BYTES_MAX),
                    "count=" + count + ", error=" + error + ", length=" + length);
            byte[] element = new byte[length];
            body.get(element);
            K decoded = decode.apply(element);
            SketchFormat.require(seen.add(decoded), "an element twice");
            ascending.add(new Estimate<>(decoded, count, error));
        }
        SketchFormat.requireRemaining(body, 0);
        SpaceSaving<K> sketch = new SpaceSaving<>(capacity);
        ascending.sort(Comparator.comparingLong(Estimate::count));
        sketch.refill(ascending, total);
        return sketch;
    }
}
