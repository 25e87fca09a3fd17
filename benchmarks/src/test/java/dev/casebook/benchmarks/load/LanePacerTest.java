package dev.casebook.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** The pacer on a simulated lane whose clock only moves from event to event, so every latency is known exactly. */
class LanePacerTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void aSteadyServiceShowsItsServiceTime() {
        Simulation simulation = new Simulation(1, now -> now + 3 * MILLI);

        LaneRecorder recorder = simulation.run(100, 2 * SECOND);

        assertThat(recorder.latency(0).getTotalCount()).isEqualTo(200);
        assertThat(recorder.latency(0).getMaxValue() / (double) MILLI).isBetween(2.99, 3.01);
        assertThat(recorder.lateness().getMaxValue()).isEqualTo(1);
    }

    @Test
    void aStallIsChargedWithEveryRequestThatWasDueMeanwhile() {
        // 100 requests a second; everything that arrives during [1 s, 2 s) is answered at 2 s.
        Simulation simulation = new Simulation(1000, now -> Math.max(now, stalled(now) ? 2 * SECOND : now) + MILLI);

        Histogram latency = simulation.run(100, 4 * SECOND).latency(0);

        assertThat(latency.getTotalCount()).isEqualTo(400);
        // Due at 1.00, 1.01, ... 1.99 s: they wait 1000, 990, ... 10 ms. A closed loop would have seen one.
        assertThat(latency.getCountBetweenValues(500 * MILLI, SECOND * 2)).isBetween(50L, 52L);
        assertThat(latency.getValueAtPercentile(99) / (double) MILLI).isBetween(955.0, 975.0);
        assertThat(latency.getMaxValue() / (double) MILLI).isBetween(1000.0, 1003.0);
    }

    @Test
    void theStallShowsJustAsMuchWhenItBlocksTheOnlyConnection() {
        Simulation one = new Simulation(1, now -> Math.max(now, stalled(now) ? 2 * SECOND : now) + MILLI / 10);

        LaneRecorder recorder = one.run(100, 4 * SECOND);

        // Requests behind the stalled one wait for the connection, with their due times.
        assertThat(recorder.latency(0).getCountBetweenValues(500 * MILLI, SECOND * 2))
                .isBetween(50L, 53L);
        assertThat(recorder.connectionWait().getMaxValue()).isGreaterThan(980 * MILLI);
        assertThat(recorder.lateness().getMaxValue()).isEqualTo(1);
    }

    @Test
    void aServiceThatIsTooSlowFallsFurtherAndFurtherBehind() {
        // One connection, 20 ms each: 50 a second where 100 are asked for.
        Simulation slow = new Simulation(1, now -> now + 20 * MILLI);

        Histogram latency = slow.run(100, 2 * SECOND).latency(0);

        assertThat(latency.getTotalCount()).isEqualTo(200);
        assertThat(latency.getMaxValue() / (double) SECOND).isBetween(1.9, 2.1);
    }

    @Test
    void aLateDriverIsRecordedAsLateAndInTheLatency() {
        Simulation simulation = new Simulation(1000, now -> now + MILLI);
        simulation.timersLateBy = 40 * MILLI;

        LaneRecorder recorder = simulation.run(100, 2 * SECOND);

        assertThat(recorder.lateness().getValueAtPercentile(50)).isGreaterThan(5 * MILLI);
        assertThat(recorder.lateness().getMaxValue() / (double) MILLI).isBetween(39.0, 51.0);
        assertThat(recorder.latency(0).getMaxValue()).isGreaterThan(40 * MILLI);
        assertThat(recorder.latency(0).getTotalCount()).isEqualTo(200);
    }

    @Test
    void warmUpIsSentAndNotCounted() {
        Simulation simulation = new Simulation(10, now -> now + MILLI);
        simulation.measureFrom = SECOND;

        LaneRecorder recorder = simulation.run(100, 3 * SECOND);

        assertThat(simulation.sent).hasSize(300);
        assertThat(recorder.latency(0).getTotalCount()).isEqualTo(200);
        assertThat(recorder.interval().getTotalCount()).isEqualTo(300);
    }

    @Test
    void whatStillWaitsWhenItGivesUpCountsWithItsWait() {
        Simulation dead = new Simulation(1, now -> Long.MAX_VALUE);

        LaneRecorder recorder = dead.run(100, SECOND);

        // The one in flight is the lane's to fail; the 99 behind it were never sent.
        assertThat(recorder.failures().get(LoadLane.Failure.NOT_SENT)).containsExactly(99);
        assertThat(recorder.latency(0).getMaxValue() / (double) MILLI).isGreaterThan(900);
    }

    private static boolean stalled(long now) {
        return now >= SECOND && now < 2 * SECOND;
    }

    /** A lane, its connections, the service and the clock, all in one thread. */
    private static final class Simulation implements LoadLane {
        private static final long LIMIT = 100 * SECOND;

        private final LongUnaryOperator answerAt;
        private final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
        private final List<Long> sent = new ArrayList<>();
        private int free;
        private long now;
        private long order;
        private long timersLateBy;
        private long measureFrom;
        private Completions completions = new NoCompletions();

        private record Event(long at, long order, Runnable task) {}

        Simulation(int connections, LongUnaryOperator answerAt) {
            this.free = connections;
            this.answerAt = answerAt;
        }

        LaneRecorder run(double ratePerSecond, long end) {
            LaneRecorder recorder = new LaneRecorder(1, measureFrom, end, (operation, status) -> status == 200);
            LanePacer pacer = new LanePacer(this, recorder, () -> now, 0, SECOND / ratePerSecond, end);
            pacer.start();
            while (!pacer.isDone() && !events.isEmpty() && events.peek().at() < LIMIT) {
                Event event = events.remove();
                now = Math.max(now, event.at());
                event.task().run();
            }
            pacer.abandon();
            return recorder;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void schedule(Runnable task, long delayNanos) {
            events.add(new Event(now + delayNanos + timersLateBy, order++, task));
        }

        @Override
        public void attach(Completions told) {
            completions = told;
        }

        @Override
        public boolean trySend(long intendedNanos) {
            if (free == 0) {
                return false;
            }
            free--;
            sent.add(intendedNanos);
            events.add(new Event(answerAt.applyAsLong(now), order++, () -> {
                free++;
                completions.answered(0, 200, intendedNanos);
            }));
            return true;
        }
    }

    private static final class NoCompletions implements LoadLane.Completions {
        @Override
        public void answered(int operation, int status, long intendedNanos) {
            throw new IllegalStateException("nobody is attached");
        }

        @Override
        public void failed(int operation, LoadLane.Failure failure, long intendedNanos) {
            throw new IllegalStateException("nobody is attached");
        }

        @Override
        public void connected() {
            throw new IllegalStateException("nobody is attached");
        }
    }
}
