package dev.casebook.benchmarks.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Compares contenders in interleaved rounds: every round measures each of them once, and the order rotates from round to
 * round. What drifts (clock speed, neighbours on the machine, page cache) then falls on all alike, which measuring one
 * after the other would charge to the last.
 *
 * <p>{@code context.rounds(5).warmUp(1).contender("nginx", ...).contender("casebook", ...).run()}
 */
public final class Rounds {
    private final int count;
    private final Consumer<String> progress;
    private final List<Contender> contenders = new ArrayList<>();
    private int warmUps;

    /**
     * A comparison without contenders yet.
     *
     * @param count how many rounds are measured, at least 1
     * @param progress told in words what runs now
     */
    public Rounds(int count, Consumer<String> progress) {
        if (count < 1) {
            throw new IllegalArgumentException("rounds must be >= 1: " + count);
        }
        this.count = count;
        this.progress = progress;
    }

    /** Runs this many rounds first whose measurements are thrown away. */
    public Rounds warmUp(int rounds) {
        if (rounds < 0) {
            throw new IllegalArgumentException("warm-up rounds must be >= 0: " + rounds);
        }
        warmUps = rounds;
        return this;
    }

    /** Adds a contender. */
    public Rounds contender(String name, Trial trial) {
        if (contenders.stream().anyMatch(other -> other.name.equals(name))) {
            throw new IllegalArgumentException("two contenders have the name " + name);
        }
        contenders.add(new Contender(name, trial, new ArrayList<>()));
        return this;
    }

    /**
     * Runs all rounds.
     *
     * @throws Exception whatever a trial throws: a comparison with a hole in it is none
     */
    public RoundResults run() throws Exception {
        if (contenders.isEmpty()) {
            throw new IllegalStateException("nothing to measure: no contender was added");
        }
        for (int round = -warmUps; round < count; round++) {
            for (int turn = 0; turn < contenders.size(); turn++) {
                Contender contender = contenders.get(Math.floorMod(round + turn, contenders.size()));
                progress.accept(
                        (round < 0 ? "warm-up" : "round " + (round + 1) + " of " + count) + ": " + contender.name);
                Map<String, Double> sample = contender.trial.measure(round);
                if (round >= 0) {
                    contender.samples.add(Map.copyOf(sample));
                }
            }
        }
        Map<String, List<Map<String, Double>>> samples = new LinkedHashMap<>();
        contenders.forEach(contender -> samples.put(contender.name, List.copyOf(contender.samples)));
        return new RoundResults(samples);
    }

    private record Contender(String name, Trial trial, List<Map<String, Double>> samples) {}

    /** Measures one contender once. */
    @FunctionalInterface
    public interface Trial {
        /**
         * Measures now.
         *
         * @param round from 0; negative during warm-up
         * @return the measurements by metric, the same metrics every time
         */
        Map<String, Double> measure(int round) throws Exception;
    }
}
