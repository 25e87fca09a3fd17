package dev.casebook.common.codec;

/**
 * Base62: digits, then upper-case, then lower-case letters, which is ASCII order, so that texts of equal width sort like their
 * numbers. Every character may stand unescaped in a URL path.
 *
 * <p>All functions are pure and thread-safe. Those on a {@code long} allocate nothing unless they return a String, take
 * time proportional to the number of digits, and cover 0 to {@link Long#MAX_VALUE}; a leading zero digit changes no value.
 */
public final class Base62 {
    /** Digits of {@link Long#MAX_VALUE}: the widest text that decodes to a long. */
    public static final int LENGTH_MAX = 11;

    /** What {@code tryDecode} returns for text that is not a number from 0 to {@link Long#MAX_VALUE}. */
    public static final long MALFORMED = Radix.MALFORMED;

    /** Longest array that {@link #encodeBytes} and {@link #decodeBytes} convert; the work is quadratic in the length. */
    public static final int BYTES_MAX = Radix.BYTES_MAX;

    private static final Radix RADIX = Radix.of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private Base62() {}

    /**
     * Writes the shortest text of a number.
     *
     * @param value at least 0
     * @return how many bytes were written at {@code offset}: 1 to {@link #LENGTH_MAX}
     * @throws IllegalArgumentException if {@code value} is negative
     * @throws IndexOutOfBoundsException if {@code out} ends too early
     */
    public static int encode(long value, byte[] out, int offset) {
        int length = RADIX.lengthOf(value);
        RADIX.encode(value, out, offset, length);
        return length;
    }

    /**
     * Writes a number as exactly {@code width} digits, zeros in front.
     *
     * @param value at least 0
     * @throws IllegalArgumentException if {@code value} is negative or needs more than {@code width} digits
     * @throws IndexOutOfBoundsException if {@code out} ends too early
     */
    public static void encode(long value, byte[] out, int offset, int width) {
        RADIX.encode(value, out, offset, width);
    }

    /**
     * The shortest text of a number.
     *
     * @param value at least 0
     * @throws IllegalArgumentException if {@code value} is negative
     */
    public static String encode(long value) {
        return RADIX.encode(value);
    }

    /**
     * Reads a number from ASCII bytes; bad input is an answer here, not an exception, because it comes from strangers.
     *
     * @return the number, or {@link #MALFORMED} if the text is empty, longer than {@link #LENGTH_MAX}, has a character
     *     that is no digit, or exceeds {@link Long#MAX_VALUE}
     * @throws IndexOutOfBoundsException if the range is outside {@code in}
     */
    public static long tryDecode(byte[] in, int offset, int length) {
        return RADIX.tryDecode(in, offset, length);
    }

    /**
     * Reads a number from text.
     *
     * @return the number, or {@link #MALFORMED} in the cases of {@link #tryDecode(byte[], int, int)}
     */
    public static long tryDecode(CharSequence in) {
        return RADIX.tryDecode(in);
    }

    /**
     * Reads a number from text that is expected to be good.
     *
     * @throws IllegalArgumentException in the cases where {@link #tryDecode(CharSequence)} returns {@link #MALFORMED}
     */
    public static long decode(CharSequence in) {
        return RADIX.decode(in);
    }

    /**
     * Text of a byte array read as one big-endian number; each leading zero byte is one leading zero digit.
     *
     * @throws IllegalArgumentException if {@code in} is longer than {@link #BYTES_MAX}
     */
    public static String encodeBytes(byte[] in) {
        return RADIX.encodeBytes(in);
    }

    /**
     * The bytes whose text {@link #encodeBytes} gives.
     *
     * @throws IllegalArgumentException if a character is no digit or the text is longer than {@link #BYTES_MAX} bytes' text
     */
    public static byte[] decodeBytes(CharSequence in) {
        return RADIX.decodeBytes(in);
    }
}
