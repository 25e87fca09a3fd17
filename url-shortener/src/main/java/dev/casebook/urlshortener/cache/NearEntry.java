package dev.casebook.urlshortener.cache;

import dev.casebook.urlshortener.link.Link;
import org.jspecify.annotations.Nullable;

/** A key's state in L1: a link with its prepared answer, or the knowledge that there is none. Immutable. */
public final class NearEntry {
    /** Fixed heap of an entry with its key, link and map node, estimated with JOL-style arithmetic; strings come on top. */
    private static final int FIXED_BYTES = 400;

    private final @Nullable Link link;
    private final @Nullable PreparedAnswer answer;
    private final long generation;
    private final long loadedAtNanos;
    private final long freshNanos;

    NearEntry(
            @Nullable Link link,
            @Nullable PreparedAnswer answer,
            long generation,
            long loadedAtNanos,
            long freshNanos) {
        this.link = link;
        this.answer = answer;
        this.generation = generation;
        this.loadedAtNanos = loadedAtNanos;
        this.freshNanos = freshNanos;
    }

    /** The link, or null when the key is known not to exist. */
    public @Nullable Link link() {
        return link;
    }

    /** The prepared answer, or null when the answer depends on the visitor. */
    public @Nullable PreparedAnswer answer() {
        return answer;
    }

    long generation() {
        return generation;
    }

    long ageNanos(long nowNanos) {
        return nowNanos - loadedAtNanos;
    }

    long freshNanos() {
        return freshNanos;
    }

    int weightBytes() {
        int weight = FIXED_BYTES;
        if (link != null) {
            weight += link.longUrl().length() + link.rules().size() * FIXED_BYTES;
            weight += link.title() == null ? 0 : link.title().length();
        }
        return answer == null ? weight : weight + answer.bytes().length;
    }
}
