package dev.casebook.common.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Real threads against one generator, on the real clock and on one whose readings jump about. */
class ConcurrentIdsTest {
    private static final int THREADS = 4;
    private static final int IDS_PER_THREAD = Boolean.getBoolean("casebook.soak") ? 5_000_000 : 50_000;
    private static final int JITTER_MILLIS = 5;
    private static final ClockRollbackPolicy POLICY = new ClockRollbackPolicy(2 * JITTER_MILLIS, 1_000);

    @Test
    void snowflakeIssuesNothingTwiceAtItsCap() throws Exception {
        Snowflake snowflake = Snowflake.create(SnowflakeLayout.TWITTER, WorkerIdLease.permanent(1));

        assertAscendingAndUnique(issueFromAllThreads(snowflake::next), Comparator.naturalOrder());
    }

    @Test
    void snowflakeIssuesNothingTwiceOnAJitteringClock() throws Exception {
        Snowflake snowflake =
                new Snowflake(SnowflakeLayout.TWITTER, WorkerIdLease.permanent(1), POLICY, jitteringClock());

        assertAscendingAndUnique(issueFromAllThreads(snowflake::next), Comparator.naturalOrder());
    }

    @Test
    void uuidv7IssuesNothingTwiceOnAJitteringClock() throws Exception {
        Uuidv7 generator = new Uuidv7(POLICY, jitteringClock(), new SecureRandom());

        assertAscendingAndUnique(issueFromAllThreads(generator::next), Comparator.naturalOrder());
    }

    @Test
    void ulidIssuesNothingTwiceOnAJitteringClock() throws Exception {
        UlidGenerator generator = new UlidGenerator(POLICY, jitteringClock(), new SecureRandom());

        assertAscendingAndUnique(issueFromAllThreads(generator::next), Comparator.naturalOrder());
    }

    @Test
    void noIdIsIssuedAboveWhatStopReturned() throws Exception {
        for (int round = 0; round < 200; round++) {
            Snowflake snowflake = Snowflake.create(SnowflakeLayout.TWITTER, WorkerIdLease.permanent(1));
            CyclicBarrier start = new CyclicBarrier(2);
            try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
                Future<Long> last = threads.submit(() -> {
                    start.await();
                    long id = 0;
                    try {
                        while (true) {
                            id = snowflake.next();
                        }
                    } catch (IdUnavailableException e) {
                        assertThat(e.reason()).isEqualTo(IdUnavailableException.Reason.STOPPED);
                    }
                    return id;
                });
                start.await();
                while (ThreadLocalRandom.current().nextInt(1_000) != 0) {
                    Thread.onSpinWait();
                }
                long issuedThroughMillis = snowflake.stop();
                assertThat(SnowflakeLayout.TWITTER.unixMillisOf(last.get()))
                        .isLessThanOrEqualTo(Math.max(issuedThroughMillis, SnowflakeLayout.TWITTER.epochMillis()));
            }
        }
    }

    /** The system's time off by up to 5 ms either way, differently at each reading. */
    private static InstantSource jitteringClock() {
        return () -> Instant.now().plusMillis(ThreadLocalRandom.current().nextInt(-JITTER_MILLIS, JITTER_MILLIS + 1));
    }

    private static <T> List<List<T>> issueFromAllThreads(Supplier<T> generator) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<List<T>>> running = new ArrayList<>();
        List<List<T>> issued = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int thread = 0; thread < THREADS; thread++) {
                running.add(threads.submit(() -> {
                    List<T> ids = new ArrayList<>(IDS_PER_THREAD);
                    start.await();
                    for (int i = 0; i < IDS_PER_THREAD; i++) {
                        ids.add(generator.get());
                    }
                    return ids;
                }));
            }
            for (Future<List<T>> thread : running) {
                issued.add(thread.get());
            }
        }
        return issued;
    }

    private static <T> void assertAscendingAndUnique(List<List<T>> issued, Comparator<T> order) {
        Set<T> all = new HashSet<>();
        for (List<T> ofOneThread : issued) {
            for (int i = 1; i < ofOneThread.size(); i++) {
                assertThat(order.compare(ofOneThread.get(i - 1), ofOneThread.get(i)))
                        .isNegative();
            }
            all.addAll(ofOneThread);
        }
        assertThat(all).hasSize(THREADS * IDS_PER_THREAD);
    }
}
