package dev.casebook.benchmarks.report;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** One part of a {@link Report}, top to bottom. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Prose.class, name = "prose"),
    @JsonSubTypes.Type(value = Tiles.class, name = "tiles"),
    @JsonSubTypes.Type(value = Table.class, name = "table"),
    @JsonSubTypes.Type(value = Verdict.class, name = "verdict"),
    @JsonSubTypes.Type(value = LineChart.class, name = "lineChart"),
    @JsonSubTypes.Type(value = BarChart.class, name = "barChart")
})
public sealed interface Block permits Prose, Tiles, Table, Verdict, Chart {}
