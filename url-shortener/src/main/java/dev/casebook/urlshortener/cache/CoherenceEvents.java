package dev.casebook.urlshortener.cache;

/**
 * What a cache hears from the shared tier. {@link #invalidated} and {@link #cleared} come from the tracking connection's
 * I/O thread and must not block; {@link #armed} and {@link #lost} never overlap each other.
 */
interface CoherenceEvents {
    /** A key was published; the bytes are {@code domain/slug}. */
    void invalidated(byte[] key);

    /** All keys were dropped (FLUSHALL, FLUSHDB). */
    void cleared();

    /**
     * Tracking is armed: every publication from now on will be heard until {@link #lost}.
     *
     * @param session may be used for reads once this returns
     */
    void armed(SharedSession session);

    /** Publications may be missed from now on, or have been for up to the command timeout. */
    void lost(SharedSession session);
}
