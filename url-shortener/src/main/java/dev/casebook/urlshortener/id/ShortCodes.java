package dev.casebook.urlshortener.id;

import org.jspecify.annotations.Nullable;

/**
 * The generators of an installation: its strategy, and random codes for links that ask for privacy or a length.
 *
 * @param strategy for links that ask for neither
 * @param random for those that do
 */
public record ShortCodes(ShortCodeGenerator strategy, RandomGenerator random) {
    /**
     * The generator for a link.
     *
     * @param privateCode whether the code must be safe from guessing
     * @param length the length asked for, {@value RandomGenerator#LENGTH_MIN}..{@value RandomGenerator#LENGTH_MAX}; null
     *     for none in particular
     */
    public ShortCodeGenerator choose(boolean privateCode, @Nullable Integer length) {
        if (privateCode) {
            return random.withLength(
                    length == null ? RandomGenerator.PRIVATE_LENGTH : Math.max(length, RandomGenerator.PRIVATE_LENGTH));
        }
        return length == null ? strategy : random.withLength(length);
    }
}
