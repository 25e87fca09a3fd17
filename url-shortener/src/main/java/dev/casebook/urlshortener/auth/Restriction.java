package dev.casebook.urlshortener.auth;

/** Something an API key may not do. A key without any is an administrator's; several add up. */
public sealed interface Restriction {
    /** Sees and changes only links that it made. */
    record OwnLinksOnly() implements Restriction {}

    /**
     * Sees, makes and changes only links on one domain.
     *
     * @param domain in the form of {@code LinkKey.domain}: empty for the default one
     */
    record OnlyDomain(String domain) implements Restriction {}

    /** Changes nothing. */
    record ReadOnly() implements Restriction {}

    /** The restriction as stored. */
    default String toText() {
        return switch (this) {
            case OwnLinksOnly own -> "own-links";
            case ReadOnly readOnly -> "read-only";
            case OnlyDomain only -> "domain:" + only.domain();
        };
    }

    /**
     * The restriction that {@link #toText} wrote.
     *
     * @throws IllegalArgumentException when it is not such: an unknown restriction must not become none
     */
    static Restriction ofText(String text) {
        return switch (text) {
            case "own-links" -> new OwnLinksOnly();
            case "read-only" -> new ReadOnly();
            default -> {
                if (!text.startsWith("domain:")) {
                    throw new IllegalArgumentException("unknown restriction: " + text);
                }
                yield new OnlyDomain(text.substring("domain:".length()));
            }
        };
    }
}
