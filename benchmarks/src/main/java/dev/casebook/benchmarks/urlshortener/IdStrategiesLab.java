package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.lab.RoundResults;
import dev.casebook.benchmarks.lab.Rounds;
import dev.casebook.benchmarks.report.Axis;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.LineChart;
import dev.casebook.benchmarks.report.Table;
import dev.casebook.urlshortener.id.ShortCodeGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What do the five strategies for short codes cost, and what do they give away? Each makes links by the thousand on real PostgreSQL and Redis: round trips before the
 * INSERT (counted where they are sent), INSERTs that met a taken code, time per code. A guesser then tries to hit what was made, from one or two codes he knows.
 *
 * <p>A plain counter in Base62 takes part as what people build first; it lives in this process and so costs no round trip, which one shared by nodes would. Guessing at
 * random is not measured: it hits with the share of codes taken, whoever made them. Seven characters cannot be filled here, so what fill costs is measured in a space of
 * 10,000 codes ({@link CodeSpaceFilling}). A restart is that of the generator, with the same keys and stores, after Redis has lost its counter.
 */
final class IdStrategiesLab implements Lab {
    private static final int GUESSES = 1_000;

    @Override
    public String name() {
        return "id-strategies";
    }

    @Override
    public String question() {
        return "What do the five ways to make short codes cost, and what does a guesser find?";
    }

    @Override
    public String prediction() {
        return "Which strategies need a network call per code, which one per thousand, which none? What happens to each when the same destination is shortened a thousand"
                + " times, and which of them let somebody who knows two codes find their neighbours?";
    }

    @Override
    public String method() {
        return "Each strategy's own generator, with its leases in PostgreSQL and its counter in Redis, makes codes that are inserted one by one under a UNIQUE key: 1,000 for"
                + " different destinations and 1,000 for one and the same, in rounds, by one thread without pause (a Snowflake's neighbours are as near as links are frequent). Then guesses are checked against all codes made.";
    }

    @Override
    public Duration expectedDuration() {
        return Duration.ofSeconds(90);
    }

    @Override
    public LabResult run(LabContext context) throws Exception {
        Installation installation = Installation.start(context);
        CodeStrategies strategies = context.own(CodeStrategies.open(installation.services()));
        Rounds rounds = context.rounds(7).warmUp(2);
        for (ShortCodeGenerator generator : strategies.all()) {
            rounds.contender(generator.name(), round -> strategies.makeLinks(generator));
        }
        RoundResults results = rounds.run();

        Map<String, String> headings = new LinkedHashMap<>();
        headings.put("µs per link with its INSERT", "linkMicros");
        headings.put("characters", "characters");
        headings.put("round trips per 1,000 codes before the INSERT", "trips");
        headings.put("INSERTs per 1,000 links, different destinations", "inserts");
        headings.put("INSERTs per 1,000 links, one destination", "insertsSame");
        headings.put("µs per code", "codeMicros");

        Map<String, Integer> neighbours = new LinkedHashMap<>();
        Table.Builder guessed = Table.of(
                GUESSES + " guesses by somebody who knows two codes", "strategy", "best way to guess", "links found");
        for (ShortCodeGenerator generator : strategies.all()) {
            Guesser.Finding found = Guesser.neighbours(strategies.made(generator), GUESSES);
            neighbours.put(generator.name(), found.hits());
            guessed.row(generator.name(), found.way(), Figures.count(found.hits()));
        }
        Map<String, CodeStrategies.Restarted> restarted = strategies.restart();
        Table.Builder restarts = Table.of(
                CodeStrategies.LINKS_AFTER_RESTART + " links after a restart, Redis' counter lost",
                "strategy",
                "INSERTs",
                "links without a code");
        restarted.forEach((name, outcome) ->
                restarts.row(name, Figures.count(outcome.inserts()), Figures.count(outcome.without())));
        context.progress("filling a space of 10,000 codes");
        CodeSpaceFilling filling = CodeSpaceFilling.measure(strategies.connection(), context.seed());

        String sequence = "sequence-block";
        double trips = results.spread(sequence, "trips").median();
        int sequenceHits = neighbours.getOrDefault(sequence, -1);
        double lastRandom = filling.randomInserts().getLast();
        double worstPermuted = Collections.max(filling.permutedInserts());
        CodeStrategies.Restarted redisRestart = Objects.requireNonNull(restarted.get("redis-incr"));
        CodeStrategies.Restarted sequenceRestart = Objects.requireNonNull(restarted.get(sequence));
        double worstInserts = results.spread(sequence, "insertsSame").max();
        return LabResult.builder()
                .verdict(
                        "blocks of a sequence: at most 2 round trips per 1,000 codes",
                        trips <= 2,
                        Figures.number(trips))
                .verdict(
                        "and never a taken code, whatever the destinations",
                        worstInserts == 1_000
                                && results.spread(sequence, "inserts").max() == 1_000,
                        Figures.number(worstInserts) + " INSERTs for 1,000 links at worst")
                .verdict(
                        "nor after a restart",
                        sequenceRestart.inserts() == CodeStrategies.LINKS_AFTER_RESTART,
                        sequenceRestart.inserts() + " INSERTs for " + CodeStrategies.LINKS_AFTER_RESTART + " links")
                .verdict(
                        "and two known codes lead to no other within " + GUESSES + " guesses",
                        sequenceHits == 0,
                        sequenceHits + " found")
                .block(results.table("1,000 links each, medians of rounds", sequence, headings))
                .block(results.chart(
                        "INSERTs for 1,000 links to one destination",
                        "INSERTs (less is better)",
                        "insertsSame",
                        sequence))
                .block(guessed.build())
                .block(restarts.build())
                .block(LineChart.of(
                        "INSERTs per link while a space of 10,000 codes fills",
                        Axis.linear("share of codes taken, middle of each tenth"),
                        Axis.linear("INSERTs"),
                        List.of(
                                series("random codes", filling.randomInserts()),
                                series("permuted counter", filling.permutedInserts()))))
                .data("rounds", results.data())
                .data("neighbours_found", neighbours)
                .data("restarted", restarted)
                .data(
                        "inserts_per_link_by_tenth_filled",
                        Map.of(
                                "random", filling.randomInserts(),
                                "permuted_counter", filling.permutedInserts()))
                .conclusion("A block of a sequence cost " + Figures.number(trips)
                        + " statements per 1,000 codes before the INSERTs; a counter in Redis cost "
                        + Figures.number(results.spread("redis-incr", "trips").median())
                        + ". Of " + GUESSES + " guesses from two known codes, " + neighbours.get("snowflake")
                        + " hit a Snowflake's neighbour (links made without pause; fewer the rarer links are), "
                        + neighbours.get(CodeStrategies.PLAIN_COUNTER)
                        + " a plain counter's, " + sequenceHits
                        + " a permuted counter's. Against random guesses none of seven characters is better than another: they hit with the share of codes taken. While a"
                        + " space filled, random codes came to " + Figures.number(lastRandom)
                        + " INSERTs per link in its ninth tenth, permuted counters to at most "
                        + Figures.number(worstPermuted) + ". After a restart with Redis' counter lost, "
                        + CodeStrategies.LINKS_AFTER_RESTART + " links took " + redisRestart.inserts()
                        + " INSERTs with the counter in Redis and " + sequenceRestart.inserts()
                        + " with blocks.");
    }

    private static LineChart.Series series(String name, List<Double> byTenth) {
        List<LineChart.Point> points = new ArrayList<>();
        for (int tenth = 0; tenth < byTenth.size(); tenth++) {
            points.add(LineChart.Point.of((tenth + 0.5) / CodeSpaceFilling.TENTHS, byTenth.get(tenth)));
        }
        return new LineChart.Series(name, points);
    }
}
