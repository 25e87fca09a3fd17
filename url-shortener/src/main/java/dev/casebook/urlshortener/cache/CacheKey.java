package dev.casebook.urlshortener.cache;

import dev.casebook.common.hash.Xxh3;
import dev.casebook.urlshortener.link.LinkKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What L1 is keyed by: the UTF-8 bytes of {@code domain/slug}, which is also a Redis key without its prefix. A domain
 * holds no slash, so the first one separates the two.
 *
 * <p>There are two kinds, equal in hash but not interchangeable: {@link Stored} is immutable and lives in the map;
 * {@link LinkProbe} is an event loop's reusable buffer and is only ever looked up. A hash map compares
 * {@code probe.equals(stored)}, so a lookup from request bytes creates neither a String nor a key. (A map from the
 * generated code's number instead would save some nanoseconds, but aliases and further domains would need a second map
 * and a second invalidation path.)
 */
sealed interface CacheKey permits CacheKey.Stored, LinkProbe {
    /** The key as it stands in the map. */
    final class Stored implements CacheKey {
        final byte[] bytes;
        private final int hash;

        private Stored(byte[] bytes, long seed) {
            this.bytes = bytes;
            this.hash = hash(bytes, bytes.length, seed);
        }

        static Stored of(LinkKey key, long seed) {
            return new Stored(bytesOf(key), seed);
        }

        static Stored of(byte[] bytes, long seed) {
            return new Stored(bytes, seed);
        }

        /** True when the first {@code length} bytes of {@code other} are this key. */
        boolean hasBytes(byte[] other, int length, int otherHash) {
            return hash == otherHash && Arrays.equals(bytes, 0, bytes.length, other, 0, length);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other
                    || (other instanceof Stored that && hash == that.hash && Arrays.equals(bytes, that.bytes));
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** Visitors choose the keys, so the seed is drawn per process: without it one could send slugs that share one bin. */
    static int hash(byte[] bytes, int length, long seed) {
        return Long.hashCode(Xxh3.hash64(bytes, 0, length, seed));
    }

    /** {@code domain/slug} in UTF-8. */
    static byte[] bytesOf(LinkKey key) {
        return (key.domain() + "/" + key.slug()).getBytes(StandardCharsets.UTF_8);
    }

    /** The inverse of {@link #bytesOf}; empty for bytes that no key has, as an operator may write them. */
    static Optional<LinkKey> linkKey(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int slash = text.indexOf('/');
        return slash < 0
                ? Optional.empty()
                : Optional.of(new LinkKey(text.substring(0, slash), text.substring(slash + 1)));
    }
}
