package dev.casebook.urlshortener.cache;

import dev.casebook.urlshortener.link.Link;
import org.jspecify.annotations.Nullable;

/** Prepares a link's answer when the link enters L1. Safe for concurrent use. */
@FunctionalInterface
public interface AnswerEncoder {
    /** The answer, or null when it depends on the visitor. */
    @Nullable
    PreparedAnswer encode(Link link);
}
