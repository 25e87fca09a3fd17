package dev.casebook.urlshortener.link;

import org.jspecify.annotations.Nullable;

/**
 * A committed change of one key, as caches need to hear of it.
 *
 * @param version the version that the change committed; see {@link Link#version}
 * @param link the link as it now is, or null when it was deleted
 */
public record LinkChange(
        LinkKey key, long version, @Nullable Link link) {}
