package dev.casebook.benchmarks.common.ring;

import com.dynatrace.hash4j.consistent.ConsistentBucketHasher;
import com.dynatrace.hash4j.consistent.ConsistentHashing;
import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.lab.RoundResults;
import dev.casebook.benchmarks.lab.Rounds;
import dev.casebook.benchmarks.report.Axis;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.LineChart;
import dev.casebook.benchmarks.report.Table;
import dev.casebook.common.ring.BoundedLoadRing;
import dev.casebook.common.ring.ConsistentHash;
import dev.casebook.common.ring.HashRing;
import dev.casebook.common.ring.JumpHash;
import dev.casebook.common.ring.MaglevHash;
import dev.casebook.common.ring.Node;
import dev.casebook.common.ring.RendezvousHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How many keys change their node when one node joins or leaves, as a multiple of what has to move, and how even is the load? A node that joins n others must get 1/(n+1) of the
 * keys, one that leaves must give its 1/n away; whatever moves beyond that is a cache miss or a transfer for nothing. Every algorithm of {@code common} and hash4j's
 * JumpBackHash, over the same random keys.
 *
 * <p>Unfair would be a single join: what a node gets on a ring varies by 3 % with its points, so each round has memberships of its own and takes the mean of several joins. Removals
 * take out nodes anywhere in the list; algorithms on numbered buckets are at a disadvantage there by design, and JumpBackHash, which has nothing but buckets, can only lose the last.
 */
public final class ResizeLab implements Lab {
    private static final List<Integer> SIZES = List.of(10, 40, 160, 640);
    private static final int KEYS = 500_000;
    private static final int KEYS_QUICK = 50_000;
    private static final int CHANGES = 8;
    private static final double MOVED_TARGET = 1.05;
    /** Next prime after 1,000 slots for each of 655 nodes: ten times the default. */
    private static final int TABLE_SIZE_LARGE = 655_373;

    private static final String RING = "ring, 1,024 points per node";
    private static final String BOUNDED = "ring with bounded loads, 1.25";
    private static final String JUMP = "jump";
    private static final String RENDEZVOUS = "rendezvous";
    private static final String MAGLEV = "Maglev, 65,537 slots";
    private static final String MAGLEV_LARGE = "Maglev, 655,373 slots";
    private static final String JUMP_BACK = "JumpBackHash of hash4j";
    private static final List<String> OURS = List.of(RING, BOUNDED, JUMP, RENDEZVOUS, MAGLEV, MAGLEV_LARGE);

    @Override
    public String name() {
        return "resize";
    }

    @Override
    public String question() {
        return "How many keys move when a node joins or leaves?";
    }

    @Override
    public String prediction() {
        return "One node joins ten others, or 640 others. Which algorithms move no more than the new node's share? Which one moves a fixed share of all keys besides, and from how"
                + " many nodes on is that more than what has to move? Which pays double when a node leaves that did not come last?";
    }

    @Override
    public String method() {
        return "Random 64-bit keys on clusters of 10, 40, 160 and 640 nodes of equal weight, with names of their own in each round. Moved keys are counted for eight joins and eight"
                + " departures of nodes from anywhere in the list, each from the same membership, and divided by the keys that a node holds on average after or before.";
    }

    @Override
    public Duration expectedDuration() {
        return Duration.ofMinutes(2);
    }

    @Override
    public LabResult run(LabContext context) throws Exception {
        int keys = context.isQuick() ? KEYS_QUICK : KEYS;
        Rounds rounds = context.rounds(5);
        Map<String, Function<List<Node>, ConsistentHash>> algorithms = new LinkedHashMap<>();
        algorithms.put(RING, HashRing::of);
        algorithms.put(BOUNDED, nodes -> BoundedLoadRing.of(HashRing.of(nodes), BoundedLoadRing.BALANCE_DEFAULT));
        algorithms.put(JUMP, JumpHash::of);
        algorithms.put(RENDEZVOUS, RendezvousHash::of);
        algorithms.put(MAGLEV, MaglevHash::of);
        algorithms.put(MAGLEV_LARGE, nodes -> MaglevHash.of(nodes, TABLE_SIZE_LARGE));
        algorithms.forEach((name, algorithm) ->
                rounds.contender(name, round -> measure(algorithm, new Draw(context.seed(), round, keys))));
        rounds.contender(JUMP_BACK, round -> measureJumpBack(new Draw(context.seed(), round, keys)));
        RoundResults results = rounds.run();

        LabResult.Builder result = LabResult.builder();
        for (String name : OURS) {
            double worst = SIZES.stream()
                    .mapToDouble(size -> results.spread(name, joins(size)).median())
                    .max()
                    .orElseThrow();
            result.verdict(
                    name + ": a node that joins moves at most 1.05 times what it has to get",
                    worst <= MOVED_TARGET,
                    "at most " + Figures.ratio(worst));
        }
        ToDoubleFunction<Integer> maglev =
                size -> results.spread(MAGLEV, joins(size)).median();
        return result.block(
                        table(results, "Keys moved by a join, as a multiple of the new node's share", ResizeLab::joins))
                .block(table(
                        results, "Keys moved by a departure, as a multiple of the node's share", ResizeLab::departures))
                .block(table(results, "Load of the fullest node, as a multiple of the mean", ResizeLab::peak))
                .block(chart(results, "Keys moved by a join", "moved / the new node's share", ResizeLab::joins))
                .block(chart(results, "Keys moved by a departure", "moved / the node's share", ResizeLab::departures))
                .data("keys", keys)
                .data("changes", CHANGES)
                .data("rounds", results.data())
                .conclusion("Maglev with its default table moved " + Figures.ratio(maglev.applyAsDouble(10))
                        + " the new node's share at 10 nodes and " + Figures.ratio(maglev.applyAsDouble(640))
                        + " at 640; ten times as many slots brought that to "
                        + Figures.ratio(results.spread(MAGLEV_LARGE, joins(640)).median())
                        + ". Jump moved "
                        + Figures.ratio(results.spread(JUMP, joins(640)).median())
                        + " for a join and "
                        + Figures.ratio(results.spread(JUMP, departures(640)).median())
                        + " for a departure from the middle, rendezvous "
                        + Figures.ratio(results.spread(RENDEZVOUS, joins(640)).median()) + " and "
                        + Figures.ratio(
                                results.spread(RENDEZVOUS, departures(640)).median())
                        + ". The fullest of 640 nodes had "
                        + Figures.ratio(results.spread(RING, peak(640)).median())
                        + " the mean load on the ring and "
                        + Figures.ratio(results.spread(RENDEZVOUS, peak(640)).median()) + " with rendezvous.");
    }

    private static String joins(int size) {
        return "join" + size;
    }

    private static String departures(int size) {
        return "departure" + size;
    }

    private static String peak(int size) {
        return "peak" + size;
    }

    /** A round's keys and memberships, the same for all algorithms. */
    private static final class Draw {
        private final long[] keys;
        private final SplittableRandom random;
        private final String prefix;

        Draw(long seed, int round, int count) {
            random = new SplittableRandom(seed * 1_000 + round);
            keys = random.longs(count).toArray();
            prefix = Long.toHexString(random.nextLong()) + "-";
        }

        List<Node> nodes(int size) {
            return IntStream.range(0, size).mapToObj(i -> Node.of(prefix + i)).toList();
        }

        Node newcomer(int change) {
            return Node.of(prefix + "new-" + change);
        }

        /** Distinct positions in the list, the last left out. */
        int[] leavers(int size) {
            return random.ints(0, size - 1).distinct().limit(CHANGES).toArray();
        }
    }

    private static Map<String, Double> measure(Function<List<Node>, ConsistentHash> algorithm, Draw draw) {
        Map<String, Double> sample = new HashMap<>();
        for (int size : SIZES) {
            ConsistentHash before = algorithm.apply(draw.nodes(size));
            int[] buckets = place(before, draw.keys);
            int[] loads = new int[size];
            for (int bucket : buckets) {
                loads[bucket]++;
            }
            sample.put(peak(size), IntStream.of(loads).max().orElseThrow() * (double) size / draw.keys.length);
            long joined = 0;
            for (int change = 0; change < CHANGES; change++) {
                // A new node is the last of the list: the others keep their index.
                int[] now =
                        place(algorithm.apply(before.with(draw.newcomer(change)).nodes()), draw.keys);
                joined += IntStream.range(0, now.length)
                        .filter(key -> now[key] != buckets[key])
                        .count();
            }
            sample.put(joins(size), joined * (size + 1.0) / ((double) CHANGES * draw.keys.length));
            long departed = 0;
            int[] leavers = draw.leavers(size);
            for (int leaver : leavers) {
                ConsistentHash after = before.without(before.nodes().get(leaver).name());
                departed += moved(
                        after instanceof BoundedLoadRing ? algorithm.apply(after.nodes()) : after,
                        leaver,
                        buckets,
                        draw.keys);
            }
            sample.put(departures(size), departed * (double) size / ((double) leavers.length * draw.keys.length));
        }
        return sample;
    }

    private static long moved(ConsistentHash after, int leaver, int[] buckets, long[] keys) {
        int[] now = place(after, keys);
        return IntStream.range(0, now.length)
                .filter(key -> {
                    // Those behind the one that left have moved up by one index.
                    int same = buckets[key] > leaver ? buckets[key] - 1 : buckets[key];
                    return buckets[key] == leaver || now[key] != same;
                })
                .count();
    }

    /** Each key's bucket; on a ring with bounded loads all keys are in flight at once, in the same order every time. */
    private static int[] place(ConsistentHash algorithm, long[] keys) {
        int[] buckets = new int[keys.length];
        for (int key = 0; key < keys.length; key++) {
            buckets[key] = algorithm instanceof BoundedLoadRing bounded
                    ? bounded.acquire(keys[key])
                    : algorithm.bucketFor(keys[key]);
        }
        return buckets;
    }

    private static Map<String, Double> measureJumpBack(Draw draw) {
        ConsistentBucketHasher hasher = ConsistentHashing.jumpBackHashSplitMix64();
        Map<String, Double> sample = new HashMap<>();
        for (int size : SIZES) {
            int[] loads = new int[size];
            long joined = 0;
            long departed = 0;
            for (long key : draw.keys) {
                int bucket = hasher.getBucket(key, size);
                loads[bucket]++;
                joined += hasher.getBucket(key, size + 1) == bucket ? 0 : 1;
                departed += hasher.getBucket(key, size - 1) == bucket ? 0 : 1;
            }
            sample.put(peak(size), IntStream.of(loads).max().orElseThrow() * (double) size / draw.keys.length);
            sample.put(joins(size), joined * (size + 1.0) / draw.keys.length);
            sample.put(departures(size), departed * (double) size / draw.keys.length);
        }
        return sample;
    }

    private static Table table(RoundResults results, String title, Function<Integer, String> metric) {
        List<String> columns = new ArrayList<>(List.of(""));
        SIZES.forEach(size -> columns.add(size + " nodes"));
        List<List<String>> rows = new ArrayList<>();
        for (String name : results.samples().keySet()) {
            List<String> row = new ArrayList<>(List.of(name));
            for (int size : SIZES) {
                row.add(Figures.number(results.spread(name, metric.apply(size)).median()) + " ("
                        + Figures.number(
                                results.spread(name, metric.apply(size)).min()) + " to "
                        + Figures.number(
                                results.spread(name, metric.apply(size)).max()) + ")");
            }
            rows.add(row);
        }
        return new Table(title, columns, rows);
    }

    private static LineChart chart(RoundResults results, String title, String unit, Function<Integer, String> metric) {
        List<LineChart.Series> series = results.samples().keySet().stream()
                .map(name -> new LineChart.Series(
                        name,
                        SIZES.stream()
                                .map(size -> {
                                    var spread = results.spread(name, metric.apply(size));
                                    return new LineChart.Point(size, spread.median(), spread.min(), spread.max());
                                })
                                .toList()))
                .toList();
        return LineChart.of(title, Axis.logarithmic("nodes"), Axis.linear(unit), series);
    }
}
