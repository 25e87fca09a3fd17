package dev.casebook.common.permute;

/**
 * A secret bijection of the numbers from 0 to {@code size - 1}: distinct inputs have distinct outputs, and who does not know
 * the key can tell neither an output's predecessor nor how many were given out. It hides order, not density: a guess still
 * hits with the probability that a number of the domain is in use.
 *
 * <p>Implementations are immutable or otherwise thread-safe.
 */
public interface KeyedPermutation {
    /** How many numbers are permuted: at least 1, at most 2<sup>62</sup>. */
    long size();

    /**
     * The image of a number.
     *
     * @param value 0 to {@code size() - 1}
     * @return 0 to {@code size() - 1}
     * @throws IllegalArgumentException if {@code value} is outside that range
     */
    long permute(long value);

    /**
     * The number whose image this is: {@code invert(permute(x)) == x}.
     *
     * @param value 0 to {@code size() - 1}
     * @return 0 to {@code size() - 1}
     * @throws IllegalArgumentException if {@code value} is outside that range
     */
    long invert(long value);
}
