package dev.casebook.benchmarks.load;

import dev.casebook.benchmarks.measure.ProcessCpu;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Runs one step of load: gives every lane its share of the schedule, watches once a second, and adds up what the lanes
 * recorded. See {@link LanePacer} for what makes it open-loop.
 */
public final class LoadDriver {
    private static final long START_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LoadTarget target;
    private final Duration grace;
    private final @Nullable ProcessCpu server;

    /**
     * A driver of one target.
     *
     * @param grace how long answers are awaited after the last request was due
     * @param server whose CPU time to report, null when not known
     */
    public LoadDriver(LoadTarget target, Duration grace, @Nullable ProcessCpu server) {
        this.target = target;
        this.grace = grace;
        this.server = server;
    }

    /**
     * Runs the plan; blocks until it is over.
     *
     * @param watcher told every second
     * @throws InterruptedException when interrupted; lanes then stop at their next turn
     */
    public LoadResult run(LoadPlan plan, Consumer<LoadResult.Second> watcher) throws InterruptedException {
        List<? extends LoadLane> lanes = target.lanes();
        double intervalNanos = SECOND / plan.ratePerSecond() * lanes.size();
        long start = System.nanoTime() + START_DELAY_NANOS;
        long measureFrom = start + plan.warmUp().toNanos();
        long end = measureFrom + plan.duration().toNanos();
        List<LaneRecorder> recorders = new ArrayList<>();
        List<LanePacer> pacers = new ArrayList<>();
        for (int i = 0; i < lanes.size(); i++) {
            LaneRecorder recorder = new LaneRecorder(target.operations().size(), measureFrom, end, target::isExpected);
            // Lanes take turns: together they send evenly.
            long first = start + (long) (intervalNanos * i / lanes.size());
            LanePacer pacer = new LanePacer(lanes.get(i), recorder, System::nanoTime, first, intervalNanos, end);
            recorders.add(recorder);
            pacers.add(pacer);
            lanes.get(i).execute(pacer::start);
        }
        try {
            return watch(plan, lanes, pacers, recorders, start, measureFrom, end, watcher);
        } finally {
            for (int i = 0; i < lanes.size(); i++) {
                lanes.get(i).execute(pacers.get(i)::abandon);
            }
        }
    }

    private LoadResult watch(
            LoadPlan plan,
            List<? extends LoadLane> lanes,
            List<LanePacer> pacers,
            List<LaneRecorder> recorders,
            long start,
            long measureFrom,
            long end,
            Consumer<LoadResult.Second> watcher)
            throws InterruptedException {
        List<LoadResult.Second> timeline = new ArrayList<>();
        Seconds seconds = new Seconds(recorders, start);
        await(measureFrom, seconds, timeline, watcher);
        Duration cpuBefore = server == null ? Duration.ZERO : server.used();
        await(end, seconds, timeline, watcher);
        long answers =
                recorders.stream().mapToLong(LaneRecorder::answersInWindow).sum();
        OptionalDouble cpu = server == null || answers == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(server.microsPerOperation(cpuBefore, answers));

        long giveUp = end + grace.toNanos();
        while (!onLanes(lanes, i -> pacers.get(i).isDone()) && System.nanoTime() - giveUp < 0) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        // Also the hand-over: what lanes wrote before this task is visible after it.
        onLanes(lanes, i -> {
            pacers.get(i).abandon();
            return true;
        });
        return result(plan, answers, recorders, timeline, cpu);
    }

    private static void await(
            long until, Seconds seconds, List<LoadResult.Second> timeline, Consumer<LoadResult.Second> watcher)
            throws InterruptedException {
        while (System.nanoTime() - until < 0) {
            long next = Math.min(until - System.nanoTime(), seconds.nextNanos - System.nanoTime());
            LockSupport.parkNanos(next);
            if (Thread.interrupted()) {
                throw new InterruptedException("the load was interrupted");
            }
            if (System.nanoTime() - seconds.nextNanos >= 0) {
                LoadResult.Second second = seconds.take();
                timeline.add(second);
                watcher.accept(second);
            }
        }
    }

    private LoadResult result(
            LoadPlan plan,
            long answers,
            List<LaneRecorder> recorders,
            List<LoadResult.Second> timeline,
            OptionalDouble cpu) {
        Histogram all = histogram();
        Histogram lateness = histogram();
        Histogram wait = histogram();
        Map<String, Histogram> operations = new TreeMap<>();
        Map<String, Long> outcomes = new TreeMap<>();
        long requests = 0;
        long expected = 0;
        for (LaneRecorder recorder : recorders) {
            lateness.add(recorder.lateness());
            wait.add(recorder.connectionWait());
            for (int operation = 0; operation < target.operations().size(); operation++) {
                all.add(recorder.latency(operation));
                operations
                        .computeIfAbsent(target.operations().get(operation), key -> histogram())
                        .add(recorder.latency(operation));
                for (Map.Entry<Integer, long[]> status :
                        recorder.statuses(operation).entrySet()) {
                    long count = status.getValue()[0];
                    outcomes.merge(target.statusName(status.getKey()), count, Long::sum);
                    requests += count;
                    expected += target.isExpected(operation, status.getKey()) ? count : 0;
                }
            }
            for (Map.Entry<LoadLane.Failure, long[]> failure :
                    recorder.failures().entrySet()) {
                outcomes.merge(failure.getKey().text(), failure.getValue()[0], Long::sum);
                requests += failure.getValue()[0];
            }
        }
        operations.values().removeIf(histogram -> histogram.getTotalCount() == 0);
        double measuredSeconds = plan.duration().toNanos() / 1e9;
        return new LoadResult(
                plan,
                answers / measuredSeconds,
                requests,
                expected,
                outcomes,
                all,
                operations,
                lateness,
                wait,
                timeline,
                cpu);
    }

    private static boolean onLanes(List<? extends LoadLane> lanes, LaneCheck check) {
        List<CompletableFuture<Boolean>> answers = new ArrayList<>();
        for (int i = 0; i < lanes.size(); i++) {
            int lane = i;
            CompletableFuture<Boolean> answer = new CompletableFuture<>();
            lanes.get(i).execute(() -> {
                try {
                    answer.complete(check.test(lane));
                } catch (RuntimeException failure) {
                    answer.completeExceptionally(failure);
                }
            });
            answers.add(answer);
        }
        return answers.stream().map(CompletableFuture::join).reduce(true, Boolean::logicalAnd);
    }

    private static Histogram histogram() {
        return new Histogram(1, LaneRecorder.LATENCY_NANOS_MAX, LaneRecorder.DIGITS);
    }

    @FunctionalInterface
    private interface LaneCheck {
        boolean test(int lane);
    }

    /** Cuts the run into seconds. */
    private static final class Seconds {
        private final List<LaneRecorder> recorders;
        private final long startNanos;
        private long lastNanos;
        private long nextNanos;
        private long errorsBefore;

        Seconds(List<LaneRecorder> recorders, long startNanos) {
            this.recorders = recorders;
            this.startNanos = startNanos;
            this.lastNanos = startNanos;
            this.nextNanos = startNanos + SECOND;
        }

        LoadResult.Second take() {
            long now = System.nanoTime();
            Histogram interval = histogram();
            long errors = 0;
            for (LaneRecorder recorder : recorders) {
                interval.add(recorder.interval());
                errors += recorder.errors();
            }
            LoadResult.Second second = new LoadResult.Second(
                    (now - startNanos) / 1e9,
                    interval.getTotalCount() * 1e9 / (now - lastNanos),
                    interval.getValueAtPercentile(50),
                    interval.getValueAtPercentile(99),
                    interval.getMaxValue(),
                    errors - errorsBefore);
            errorsBefore = errors;
            lastNanos = now;
            nextNanos += SECOND;
            return second;
        }
    }
}
