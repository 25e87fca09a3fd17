package dev.casebook.benchmarks.lab;

import dev.casebook.benchmarks.report.Block;
import dev.casebook.benchmarks.report.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a lab found.
 *
 * @param conclusion two or three sentences that read the result, made from the measured values and not written beforehand
 * @param data the measurements, unrounded: numbers, strings, and lists and maps of them
 */
public record LabResult(List<Block> blocks, String conclusion, Map<String, Object> data) {
    public LabResult {
        blocks = List.copyOf(blocks);
        data = Map.copyOf(data);
    }

    /** Starts a result. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects a result in the order in which the report shows it. */
    public static final class Builder {
        private final List<Block> blocks = new ArrayList<>();
        private final Map<String, Object> data = new LinkedHashMap<>();

        private Builder() {}

        /** Adds a table, chart, paragraph or row of tiles. */
        public Builder block(Block block) {
            blocks.add(block);
            return this;
        }

        /** Adds a target and whether this run met it. */
        public Builder verdict(String claim, boolean met, String measured) {
            return block(new Verdict(claim, met, measured));
        }

        /** Adds measurements to the JSON. */
        public Builder data(String name, Object value) {
            data.put(name, value);
            return this;
        }

        /** Ends with what follows from it all. */
        public LabResult conclusion(String conclusion) {
            return new LabResult(blocks, conclusion, data);
        }
    }
}
