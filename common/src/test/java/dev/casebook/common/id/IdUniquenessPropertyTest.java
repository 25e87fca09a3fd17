package dev.casebook.common.id;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.casebook.common.id.IdUnavailableException.Reason;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What must hold under any behaviour of clocks, pauses, crashes and stores: no id twice. */
class IdUniquenessPropertyTest {
    private static final SnowflakeLayout LAYOUT = new SnowflakeLayout(0, 1, 42, 10, 4, false);

    /** Thousands of outages are on purpose. */
    @BeforeContainer
    static void silenceWarnings() {
        holderLog().setLevel(Level.OFF);
    }

    @AfterContainer
    static void restoreWarnings() {
        holderLog().setLevel(null);
    }

    private static Logger holderLog() {
        return (Logger) LoggerFactory.getLogger(WorkerIdLeaseHolder.class);
    }

    /** Something happens to the clock, then some ids are asked for. */
    record ClockStep(long setMillis, long advanceMicros, int ids) {}

    @Provide
    Arbitrary<ClockStep> clockSteps() {
        Arbitrary<Long> jitter = Arbitraries.longs().between(-20, 20);
        Arbitrary<Long> jumps = Arbitraries.longs().between(-4_000_000, 4_000_000);
        Arbitrary<Long> sets =
                Arbitraries.frequencyOf(Tuple.of(6, Arbitraries.just(0L)), Tuple.of(3, jitter), Tuple.of(1, jumps));
        Arbitrary<Long> advances = Arbitraries.longs().between(0, 5_000);
        Arbitrary<Integer> counts = Arbitraries.integers().between(0, 40);
        return Combinators.combine(sets, advances, counts).as(ClockStep::new);
    }

    @Property(tries = 300)
    void idsOfOneGeneratorAscendWhateverTheClockDoes(
            @ForAll @Size(max = 60) List<@From("clockSteps") ClockStep> steps,
            @ForAll @IntRange(max = 50) int borrowMillis,
            @ForAll @IntRange(max = 2_000) int moreToleranceMillis) {
        ClockRollbackPolicy policy = new ClockRollbackPolicy(borrowMillis, borrowMillis + moreToleranceMillis);
        SimulatedTime time = new SimulatedTime();
        Snowflake snowflake = new Snowflake(LAYOUT, WorkerIdLease.permanent(1), policy, time, time, tick -> 0);
        long last = -1;

        for (ClockStep step : steps) {
            time.set(Duration.ofMillis(step.setMillis())).advance(Duration.ofNanos(1_000 * step.advanceMicros()));
            for (int i = 0; i < step.ids(); i++) {
                try {
                    long id = snowflake.next();
                    assertThat(id).isGreaterThan(last);
                    assertThat(LAYOUT.unixMillisOf(id) - time.millis()).isLessThanOrEqualTo(policy.toleranceMillis());
                    last = id;
                } catch (IdUnavailableException e) {
                    assertThat(e.reason()).isEqualTo(Reason.CLOCK_ROLLED_BACK);
                    assertThat(LAYOUT.unixMillisOf(last) - time.millis()).isGreaterThan(policy.toleranceMillis());
                }
            }
        }
    }

    /**
     * Three nodes, each with its own wrong clock, share two worker ids over a store that fails before or after taking effect;
     * they are paused, crash, restart, release, have their clocks set. Steps are drawn from the seed. All times are whole
     * seconds, so that wherever two nodes could meet in a timestamp they do.
     */
    @Property(tries = 200)
    void idsOfNodesThatShareWorkerIdsNeverRepeat(@ForAll long seed) {
        Random random = new Random(seed);
        SimulatedTime storeTime = new SimulatedTime();
        InMemoryLeaseStore store = new InMemoryLeaseStore(storeTime);
        Set<Long> ids = new HashSet<>();
        try (ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1)) {
            Node[] nodes = new Node[3];
            for (int i = 0; i < nodes.length; i++) {
                nodes[i] = new Node("node " + i, store, scheduler);
                nodes[i].time.set(Duration.ofSeconds(random.nextInt(-3, 4)));
            }
            for (int step = 0; step < 150; step++) {
                Duration passed = Duration.ofSeconds(random.nextInt(0, random.nextInt(10) == 0 ? 40 : 3));
                storeTime.advance(passed);
                for (Node node : nodes) {
                    node.time.advance(passed);
                }
                InMemoryLeaseStore.Outage[] outages = InMemoryLeaseStore.Outage.values();
                store.outage(outages[Math.max(0, random.nextInt(-5, outages.length))]);
                nodes[random.nextInt(nodes.length)].act(random, ids);
            }
            scheduler.shutdownNow();
        }
        assertThat(ids).as("seed %d issued too little to show anything", seed).hasSizeGreaterThan(50);
    }

    private static final class Node {
        private final String name;
        private final InMemoryLeaseStore store;
        private final ScheduledThreadPoolExecutor scheduler;
        private final SimulatedTime time = new SimulatedTime();
        private @Nullable WorkerIdLeaseHolder holder;
        private @Nullable Snowflake snowflake;

        Node(String name, InMemoryLeaseStore store, ScheduledThreadPoolExecutor scheduler) {
            this.name = name;
            this.store = store;
            this.scheduler = scheduler;
        }

        void act(Random random, Set<Long> ids) {
            try {
                if (holder == null || snowflake == null) {
                    start();
                    return;
                }
                switch (random.nextInt(12)) {
                    case 0 -> crash();
                    case 1 -> time.set(Duration.ofSeconds(random.nextInt(-6, 7)));
                    case 2 -> {
                        WorkerIdLeaseHolder released = holder;
                        long issuedThroughMillis = snowflake.stop();
                        crash();
                        released.release(issuedThroughMillis);
                    }
                    case 3, 4, 5 -> holder.renew();
                    default -> issue(snowflake, random.nextInt(1, 60), ids);
                }
            } catch (WorkerIdLeaseStoreException e) {
                assertThat(e).hasMessage("store is down");
            } catch (IdUnavailableException e) {
                assertThat(e.reason()).isIn(Reason.WORKER_ID_NOT_HELD, Reason.CLOCK_ROLLED_BACK);
            }
        }

        private void start() {
            LeaseTerms terms =
                    new LeaseTerms(name, 0, 1, Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(2));
            WorkerIdLeaseHolder acquired = WorkerIdLeaseHolder.acquire(store, terms, time, time, scheduler);
            holder = acquired;
            snowflake = new Snowflake(LAYOUT, acquired, ClockRollbackPolicy.defaults(), time, time, tick -> 0);
        }

        private void crash() {
            holder = null;
            snowflake = null;
        }

        private static void issue(Snowflake snowflake, int count, Set<Long> ids) {
            for (int i = 0; i < count; i++) {
                long id = snowflake.next();
                assertThat(ids.add(id)).as("id %d twice", id).isTrue();
            }
        }
    }
}
