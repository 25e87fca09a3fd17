package dev.casebook.urlshortener.analytics;

/** What clicks are told apart by. {@link #code} is what the database stores and never changes. */
public enum Dimension {
    /** Not told apart: the sum. Its only value is the empty string. */
    TOTAL(0),
    /** Host of the referring page; empty for none. */
    REFERRER(1),
    BROWSER(2),
    OS(3),
    DEVICE(4),
    /** ISO 3166-1 alpha-2; empty for unknown. */
    COUNTRY(5),
    /** The visitor's first language, without region; empty for unknown. */
    LANGUAGE(6);

    /** A link has at most so many distinct values a day in each dimension; clicks of further ones count as {@link #OTHER}. */
    public static final int VALUES_MAX = 100;

    /** Stands for all values beyond {@link #VALUES_MAX}. */
    public static final String OTHER = "(other)";

    private final int code;

    Dimension(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
