package dev.casebook.common.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class BoundedLoadRingTest {
    @Test
    void aKeyStaysAtItsNodeWhileThereIsRoom() {
        HashRing plain = HashRing.of(Cluster.nodes(10));
        BoundedLoadRing ring = BoundedLoadRing.of(plain, 2);
        int atHome = 0;
        for (long key : Cluster.keys(10_000, 1)) {
            if (ring.acquire(key) == plain.bucketFor(key)) {
                atHome++;
            }
        }

        assertThat(atHome).isGreaterThan(9_900);
    }

    @Test
    void aKeyWhoseNodeIsFullGoesToTheNextOneOnTheRing() {
        HashRing plain = HashRing.of(Cluster.nodes(3));
        BoundedLoadRing ring = BoundedLoadRing.of(plain, 1.5);
        int[] preference = plain.bucketsFor(77, 2);

        // one unit in flight, capacity ceil(1.5 * 1 / 3) = 1; the second makes it ceil(1.5 * 2 / 3) = 1
        assertThat(ring.acquire(77)).isEqualTo(preference[0]);
        assertThat(ring.bucketFor(77)).isEqualTo(preference[1]);
        assertThat(ring.acquire(77)).isEqualTo(preference[1]);
        ring.release(preference[0]);
        assertThat(ring.acquire(77)).isEqualTo(preference[0]);
    }

    @Test
    void concurrentThreadsStayWithinCapacity() throws Exception {
        BoundedLoadRing ring = BoundedLoadRing.of(HashRing.of(Cluster.nodes(8)), 1.1);
        int threads = 4;
        int unitsPerThread = 5_000;
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Callable<Long>> tasks = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                long key = thread;
                tasks.add(() -> {
                    for (int i = 0; i < unitsPerThread; i++) {
                        ring.acquire(key);
                    }
                    return key;
                });
            }
            for (Future<Long> task : executor.invokeAll(tasks)) {
                task.get();
            }
        }

        assertThat(ring.totalLoad()).isEqualTo((long) threads * unitsPerThread);
        for (int bucket = 0; bucket < 8; bucket++) {
            assertThat(ring.load(bucket)).isLessThanOrEqualTo(ring.capacity(bucket, ring.totalLoad()));
        }
    }

    @Test
    void loadsFollowTheirNodesIntoTheNextSnapshot() {
        BoundedLoadRing before = BoundedLoadRing.of(HashRing.of(Cluster.nodes(3)), 2);
        int bucket = before.acquire(5);
        String name = before.nodes().get(bucket).name();
        BoundedLoadRing after = before.with(Node.of("newcomer"));

        assertThat(after.load(bucket)).isEqualTo(1);
        after.release(bucket);
        assertThat(before.load(bucket)).isZero();

        before.acquire(5);
        assertThat(before.without(name).totalLoad()).isZero();
        before.release(bucket);
    }

    @Test
    void refusesWhatCannotBe() {
        HashRing plain = HashRing.of(Cluster.nodes(3));

        assertThatThrownBy(() -> BoundedLoadRing.of(plain, 1)).hasMessageContaining("balance=1.0");
        assertThatThrownBy(() -> BoundedLoadRing.of(plain, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BoundedLoadRing.of(plain, 2).release(0)).isInstanceOf(IllegalStateException.class);
    }
}
