package dev.casebook.urlshortener.cache;

import org.jspecify.annotations.Nullable;

/**
 * A reusable lookup key made of request bytes. Each event loop owns one: fill it with {@link #start} and
 * {@link #append}, then pass it to {@link TieredLinkCache#probe}. Not thread-safe, never stored.
 */
public final class LinkProbe implements CacheKey {
    /** A host name (253), the slash and a slug (256) fit; longer keys are not looked up from bytes. */
    public static final int BYTES_MAX = 512;

    private final long seed;
    private final byte[] bytes = new byte[BYTES_MAX];
    private int length;
    private int hash;

    LinkProbe(long seed) {
        this.seed = seed;
    }

    /** Empties the probe. */
    public LinkProbe start() {
        length = 0;
        return this;
    }

    /**
     * Appends one byte of {@code domain/slug}.
     *
     * @return false when the key has grown beyond {@link #BYTES_MAX}: it is in no cache
     */
    public boolean append(byte value) {
        if (length == BYTES_MAX) {
            return false;
        }
        bytes[length++] = value;
        return true;
    }

    LinkProbe seal() {
        hash = CacheKey.hash(bytes, length, seed);
        return this;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof Stored stored && stored.hasBytes(bytes, length, hash));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
