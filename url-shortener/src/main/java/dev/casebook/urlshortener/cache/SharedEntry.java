package dev.casebook.urlshortener.cache;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key's state in L2. On the wire: a header of {@link #HEADER_BYTES} bytes that the scripts of {@link RedisScripts}
 * compare, then the link.
 *
 * <pre>
 * version 8 | incarnation 8 | fresh until (epoch ms) 8 | kind 1 | link as in {@link LinkEncoding}
 * </pre>
 *
 * Numbers are big-endian, so that Lua can compare a version as two unsigned halves; a double would lose bits above 2^53.
 *
 * @param version the link's version; for an absence the deletion's, or {@link #VERSION_UNKNOWN} when a load found nothing
 * @param freshUntilEpochMillis after it someone should reload the entry; others may still serve it
 * @param link null when the key does not exist
 */
record SharedEntry(
        long version, long freshUntilEpochMillis, @Nullable Link link) {
    /** A load that finds no row learns no version. Links' versions are positive. */
    static final long VERSION_UNKNOWN = 0;

    static final int HEADER_BYTES = 25;
    private static final byte ABSENT = 0;
    private static final byte PRESENT = 1;

    static SharedEntry loaded(Optional<Link> link, long freshUntilEpochMillis) {
        return new SharedEntry(
                link.map(Link::version).orElse(VERSION_UNKNOWN), freshUntilEpochMillis, link.orElse(null));
    }

    byte[] encode(long incarnation) {
        byte[] body = link == null ? new byte[0] : LinkEncoding.encode(link);
        return header(this, incarnation, HEADER_BYTES + body.length).put(body).array();
    }

    private static ByteBuffer header(SharedEntry entry, long incarnation, int capacity) {
        return ByteBuffer.allocate(capacity)
                .putLong(entry.version)
                .putLong(incarnation)
                .putLong(entry.freshUntilEpochMillis)
                .put(entry.link == null ? ABSENT : PRESENT);
    }

    /**
     * Reads an entry, if it counts: one of another incarnation, or written by a release with another encoding, does not.
     */
    static Optional<SharedEntry> decode(LinkKey key, byte @Nullable [] bytes, long incarnation) {
        if (bytes == null || bytes.length < HEADER_BYTES) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        long version = in.getLong();
        if (in.getLong() != incarnation) {
            return Optional.empty();
        }
        long freshUntil = in.getLong();
        if (in.get() == ABSENT) {
            return Optional.of(new SharedEntry(version, freshUntil, null));
        }
        try {
            return LinkEncoding.decode(key, version, in).map(link -> new SharedEntry(version, freshUntil, link));
        } catch (BufferUnderflowException | IllegalArgumentException damaged) {
            return Optional.empty(); // what cannot be read is loaded again and overwritten
        }
    }

    /** What identifies this very filling of the entry. */
    static byte[] fillMark(SharedEntry entry, long incarnation) {
        return header(entry, incarnation, HEADER_BYTES).array();
    }
}
