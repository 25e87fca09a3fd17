package dev.casebook.urlshortener.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many visitors of one link at once, on three nodes that share the record of grants. */
class VisitLimiterTest {
    private static final int NODES = 3;
    private static final int VISITORS = 600;
    private static final long LINK = 7;

    /** The durable record, with PostgreSQL's meaning; loses answers when told to. */
    private static final class Ledger implements VisitGrants {
        private final Random random;
        private final int losesOneIn;
        private int granted;
        private int lost;

        Ledger(Random random, int losesOneIn) {
            this.random = random;
            this.losesOneIn = losesOneIn;
        }

        @Override
        public synchronized int grant(long linkId, int wanted, int max) {
            int now = Math.min(wanted, max - granted);
            granted += now;
            if (losesOneIn > 0 && random.nextInt(losesOneIn) == 0) {
                lost += now;
                throw new LinkStoreUnavailableException("cut off", new IllegalStateException("after the commit"));
            }
            return now;
        }
    }

    static Stream<Long> seeds() {
        long first = new Random().nextLong();
        return Stream.iterate(first, seed -> seed + 1).limit(20); // a failure names its seed
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void exactlyAsManyAsTheLimitAllowsGetThrough(long seed) throws Exception {
        Random random = new Random(seed);
        int max = 1 + random.nextInt(VISITORS - 1);
        List<VisitLimiter> nodes = nodes(new Ledger(random, 0));
        AtomicInteger through = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();

        visit(
                VISITORS,
                visitor -> (nodes.get(visitor % NODES).tryVisit(LINK, max) ? through : refused).incrementAndGet());

        assertThat(through).hasValue(max);
        assertThat(refused).hasValue(VISITORS - max);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsLostWithAnAnswerBelongsToVisitorsWhoWereToldToAskAgain(long seed) throws Exception {
        Random random = new Random(seed);
        int max = 1 + random.nextInt(VISITORS / 2);
        Ledger ledger = new Ledger(random, 4);
        List<VisitLimiter> nodes = nodes(ledger);
        AtomicInteger through = new AtomicInteger();
        AtomicInteger toldToAskAgain = new AtomicInteger();

        visit(VISITORS, visitor -> {
            while (true) {
                try {
                    if (nodes.get(visitor % NODES).tryVisit(LINK, max)) {
                        through.incrementAndGet();
                    }
                    return;
                } catch (LinkStoreUnavailableException again) {
                    toldToAskAgain.incrementAndGet();
                }
            }
        });

        assertThat(through.get() + ledger.lost).isEqualTo(max);
        assertThat(ledger.lost).isLessThanOrEqualTo(toldToAskAgain.get());
    }

    @Test
    void visitorsWhoComeDuringAGrantAreCountedByOneMore() throws Exception {
        List<Integer> asked = new CopyOnWriteArrayList<>();
        CountDownLatch gate = new CountDownLatch(1);
        VisitLimiter limiter = new VisitLimiter((link, wanted, max) -> {
            asked.add(wanted);
            awaitUninterrupted(gate);
            return wanted;
        });
        AtomicInteger through = new AtomicInteger();
        Runnable visit = () -> through.addAndGet(limiter.tryVisit(LINK, 1_000) ? 1 : 0);

        Thread first = Thread.startVirtualThread(visit);
        await().until(() -> asked.size() == 1);
        List<Thread> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            others.add(Thread.startVirtualThread(visit));
        }
        await().until(() -> others.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
        gate.countDown();
        first.join();
        for (Thread other : others) {
            other.join();
        }

        assertThat(asked).containsExactly(1, 20);
        assertThat(through).hasValue(21);
    }

    @Test
    void aSpentLimitIsNotAskedForAgainAndARaisedOneIs() {
        AtomicInteger asked = new AtomicInteger();
        Ledger ledger = new Ledger(new Random(1), 0);
        VisitLimiter limiter = new VisitLimiter((link, wanted, max) -> {
            asked.incrementAndGet();
            return ledger.grant(link, wanted, max);
        });

        assertThat(limiter.tryVisit(LINK, 1)).isTrue();
        assertThat(limiter.tryVisit(LINK, 1)).isFalse();
        assertThat(limiter.tryVisit(LINK, 1)).isFalse();
        assertThat(asked).hasValue(2);
        assertThat(limiter.tryVisit(LINK, 2)).isTrue();
        assertThat(limiter.tryVisit(LINK, 0)).isFalse();
    }

    private static List<VisitLimiter> nodes(VisitGrants grants) {
        return Stream.generate(() -> new VisitLimiter(grants)).limit(NODES).toList();
    }

    private interface Visit {
        void by(int visitor);
    }

    private static void visit(int visitors, Visit visit) throws InterruptedException {
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < visitors; i++) {
            int visitor = i;
            Thread thread = Thread.ofVirtual().unstarted(() -> visit.by(visitor));
            thread.setUncaughtExceptionHandler((dead, failure) -> failures.add(failure));
            threads.add(thread);
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }

    private static void awaitUninterrupted(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
