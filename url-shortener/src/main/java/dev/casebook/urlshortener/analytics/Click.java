package dev.casebook.urlshortener.analytics;

/**
 * One visit on its way from the redirect to the queue: a mutable flyweight that each event loop owns and fills anew for
 * every click, so that a click allocates nothing. Not thread-safe; the recorder copies what it keeps.
 *
 * <p>All variable parts lie in {@link #bytes} at the offsets given. A length of 0 means absent.
 */
public final class Click {
    /** Longer header values are cut to this many bytes. */
    public static final int HEADER_BYTES_MAX = 512;

    /** An address is 4 or 16 bytes. */
    public static final int ADDRESS_BYTES_MAX = 16;

    /** The link visited, or one of the ids of {@link OrphanKind} when the visitor met no link. */
    public long linkId;

    public long epochMillis;

    /** True when the browser says that nobody has asked for the page yet ({@code Sec-Purpose: prefetch} and its like). */
    public boolean prefetch;

    public final byte[] bytes = new byte[ADDRESS_BYTES_MAX + 3 * HEADER_BYTES_MAX];
    /** Client address, 4 or 16 bytes at offset 0, not yet anonymised. */
    public int addressLength;

    public int userAgentOffset;
    public int userAgentLength;
    public int refererOffset;
    public int refererLength;
    public int acceptLanguageOffset;
    public int acceptLanguageLength;
}
