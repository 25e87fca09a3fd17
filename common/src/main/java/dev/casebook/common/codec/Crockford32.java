package dev.casebook.common.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Crockford's Base32, the alphabet of ULID and TSID: digits and upper-case letters without {@code I L O U}. Reading is
 * forgiving as the source says: case does not matter, {@code O} is 0, {@code I} and {@code L} are 1. It is strict in
 * everything else: no hyphens, no check symbol, no {@code U}.
 *
 * <p>Longs are unsigned 64-bit here, because a TSID uses all 64 bits; five bits a digit need no division. Byte arrays
 * are cut into groups of five bits from the front, the last group filled with zero bits, as RFC 4648 does for its Base32.
 *
 * <p>All functions are pure and thread-safe; those on a {@code long} allocate nothing unless they return a String.
 *
 * @see <a href="https://www.crockford.com/base32.html">Douglas Crockford, Base 32</a>
 */
public final class Crockford32 {
    /** Digits of the largest unsigned 64-bit number; its first digit is at most {@code F}. */
    public static final int LENGTH_MAX = 13;

    /** Longest array that {@link #encodeBytes} converts. */
    public static final int BYTES_MAX = 1 << 20;

    private static final int BITS = 5;
    private static final int MASK = (1 << BITS) - 1;
    private static final int ASCII = 128;
    private static final byte[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VALUES = values();

    private Crockford32() {}

    /**
     * Writes the shortest text of an unsigned number.
     *
     * @return how many bytes were written at {@code offset}: 1 to {@link #LENGTH_MAX}
     * @throws IndexOutOfBoundsException if {@code out} ends too early
     */
    public static int encode(long value, byte[] out, int offset) {
        int bits = Math.max(1, Long.SIZE - Long.numberOfLeadingZeros(value));
        int length = (bits + BITS - 1) / BITS;
        encode(value, out, offset, length);
        return length;
    }

    /**
     * Writes an unsigned number as exactly {@code width} digits, zeros in front.
     *
     * @throws IllegalArgumentException if {@code value} needs more than {@code width} digits
     * @throws IndexOutOfBoundsException if {@code out} ends too early
     */
    public static void encode(long value, byte[] out, int offset, int width) {
        long rest = value;
        for (int position = offset + width - 1; position >= offset; position--) {
            out[position] = DIGITS[(int) rest & MASK];
            rest >>>= BITS;
        }
        if (rest != 0) {
            throw new IllegalArgumentException(
                    "must fit in " + width + " base-32 digits: value=" + Long.toUnsignedString(value));
        }
    }

    /** The shortest text of an unsigned number. */
    public static String encode(long value) {
        byte[] text = new byte[LENGTH_MAX];
        return new String(text, 0, encode(value, text, 0), StandardCharsets.ISO_8859_1);
    }

    /** Whether {@link #decode(byte[], int, int)} would accept these ASCII bytes. */
    public static boolean isValid(byte[] in, int offset, int length) {
        if (length < 1 || length > LENGTH_MAX) {
            return false;
        }
        int firstValue = valueOf(in[offset]);
        int anyInvalid = firstValue;
        for (int i = offset + 1; i < offset + length; i++) {
            anyInvalid |= valueOf(in[i]);
        }
        return anyInvalid >= 0 && (length < LENGTH_MAX || firstValue <= 0xF);
    }

    /** Whether {@link #decode(CharSequence)} would accept this text. */
    public static boolean isValid(CharSequence in) {
        int length = in.length();
        if (length < 1 || length > LENGTH_MAX) {
            return false;
        }
        int firstValue = valueOf(in.charAt(0));
        int anyInvalid = firstValue;
        for (int i = 1; i < length; i++) {
            anyInvalid |= valueOf(in.charAt(i));
        }
        return anyInvalid >= 0 && (length < LENGTH_MAX || firstValue <= 0xF);
    }

    /**
     * Reads an unsigned 64-bit number from ASCII bytes.
     *
     * @throws IllegalArgumentException if the text is empty, longer than {@link #LENGTH_MAX}, has a character that is no
     *     digit, or exceeds 64 bits; ask {@link #isValid(byte[], int, int)} first where bad input is common
     * @throws IndexOutOfBoundsException if the range is outside {@code in}
     */
    public static long decode(byte[] in, int offset, int length) {
        if (!isValid(in, offset, length)) {
            throw malformed(new String(in, offset, length, StandardCharsets.ISO_8859_1));
        }
        long value = 0;
        for (int i = offset; i < offset + length; i++) {
            value = (value << BITS) | valueOf(in[i]);
        }
        return value;
    }

    /**
     * Reads an unsigned 64-bit number from text.
     *
     * @throws IllegalArgumentException in the cases of {@link #decode(byte[], int, int)}
     */
    public static long decode(CharSequence in) {
        if (!isValid(in)) {
            throw malformed(in);
        }
        long value = 0;
        for (int i = 0; i < in.length(); i++) {
            value = (value << BITS) | valueOf(in.charAt(i));
        }
        return value;
    }

    /**
     * Text of a byte array, {@code ceil(8n / 5)} digits.
     *
     * @throws IllegalArgumentException if {@code in} is longer than {@link #BYTES_MAX}
     */
    public static String encodeBytes(byte[] in) {
        if (in.length > BYTES_MAX) {
            throw new IllegalArgumentException("must be at most " + BYTES_MAX + " bytes: length=" + in.length);
        }
        byte[] text = new byte[(in.length * Byte.SIZE + BITS - 1) / BITS];
        int buffer = 0;
        int bits = 0;
        int position = 0;
        for (byte octet : in) {
            buffer = (buffer << Byte.SIZE) | (octet & 0xFF);
            bits += Byte.SIZE;
            while (bits >= BITS) {
                bits -= BITS;
                text[position++] = DIGITS[(buffer >>> bits) & MASK];
            }
        }
        if (bits > 0) {
            text[position] = DIGITS[(buffer << (BITS - bits)) & MASK];
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /**
     * The bytes whose text {@link #encodeBytes} gives.
     *
     * @throws IllegalArgumentException if a character is no digit, the length is one that no array has, or the filling bits
     *     of the last digit are not zero, so that each array has one text (but for case and look-alikes)
     */
    public static byte[] decodeBytes(CharSequence in) {
        int length = in.length();
        byte[] out = new byte[(int) ((long) length * BITS / Byte.SIZE)];
        int fillingBits = length * BITS - out.length * Byte.SIZE;
        int buffer = 0;
        int bits = 0;
        int position = 0;
        for (int i = 0; i < length; i++) {
            int value = valueOf(in.charAt(i));
            if (value < 0) {
                throw malformed(in);
            }
            buffer = (buffer << BITS) | value;
            bits += BITS;
            if (bits >= Byte.SIZE) {
                bits -= Byte.SIZE;
                out[position++] = (byte) (buffer >>> bits);
            }
        }
        if (fillingBits >= BITS || (buffer & ((1 << fillingBits) - 1)) != 0) {
            throw malformed(in);
        }
        return out;
    }

    private static int valueOf(int character) {
        return character >= 0 && character < ASCII ? VALUES[character] : -1;
    }

    private static IllegalArgumentException malformed(CharSequence in) {
        String shown = in.length() <= 64 ? in.toString() : in.subSequence(0, 64) + "...";
        return new IllegalArgumentException(
                "must be Crockford base-32 text, for a long at most FZZZZZZZZZZZZ: \"" + shown + '"');
    }

    private static byte[] values() {
        byte[] values = new byte[ASCII];
        Arrays.fill(values, (byte) -1);
        for (int value = 0; value < DIGITS.length; value++) {
            values[DIGITS[value]] = (byte) value;
            values[Character.toLowerCase(DIGITS[value])] = (byte) value;
        }
        for (char lookAlike : new char[] {'O', 'o', 'I', 'i', 'L', 'l'}) {
            values[lookAlike] = (byte) (Character.toUpperCase(lookAlike) == 'O' ? 0 : 1);
        }
        return values;
    }
}
