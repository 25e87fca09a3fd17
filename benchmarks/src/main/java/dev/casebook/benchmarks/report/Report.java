package dev.casebook.benchmarks.report;

import dev.casebook.benchmarks.measure.RunEnvironment;
import java.util.List;
import java.util.Map;

/**
 * The result of one run, complete: rendering it needs nothing else, so that committed JSON can be drawn again later.
 *
 * @param kind which command made it: load, bench or lab
 * @param module whose it is, as in {@code ./casebook KIND MODULE}
 * @param name of the scenario, suite or lab; names the files
 * @param command what to type to get it again
 * @param data the measurements behind the blocks, unrounded
 */
public record Report(
        String kind,
        String module,
        String name,
        String title,
        String command,
        RunEnvironment environment,
        List<Block> blocks,
        Map<String, Object> data) {
    public Report {
        blocks = List.copyOf(blocks);
        data = Map.copyOf(data);
    }
}
