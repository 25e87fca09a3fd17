package dev.casebook.benchmarks.report;

import java.util.List;

/** The few figures a reader looks for first, side by side. */
public record Tiles(List<Tile> tiles) implements Block {
    public Tiles {
        tiles = List.copyOf(tiles);
    }

    /** The given tiles in order. */
    public static Tiles of(Tile... tiles) {
        return new Tiles(List.of(tiles));
    }

    /**
     * One figure.
     *
     * @param value formatted, with its unit
     * @param note small print below; empty for none
     */
    public record Tile(String label, String value, String note) {}
}
