package dev.casebook.common.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Positional notation in a base that is not a power of two; what {@link Base62} and {@link Base58} have in common.
 *
 * <p>Longs: digits are written from the right, two per step, from a table of all {@code base²} pairs: each step's division
 * waits for the one before it, so half the steps is nearly half the time. The base divides as a multiplication because
 * the JIT treats the components of a record held in a static final field as constants; the same fields in an ordinary
 * class would cost a 64-bit divide instruction per digit.
 *
 * <p>Bytes: the number is an array of 32-bit limbs, divided (or multiplied) by {@code base⁵}, the largest power that fits
 * an int for bases up to 73, so one pass over the limbs yields five digits. Quadratic in the length, which is why there is
 * {@link #BYTES_MAX}. Leading zero bytes become leading zero digits, one each (Bitcoin's Base58 rule), so that every
 * byte array has exactly one text and back.
 *
 * @param base between 2 and 73
 * @param pairs the two digits of i at {@code 2 * i}, for i below base²
 * @param values the value of each ASCII character, -1 where it is no digit
 * @param chunk base⁵
 * @param lengthMax digits of {@link Long#MAX_VALUE}
 */
@SuppressWarnings("ArrayRecordComponent") // a record for its constant-foldable fields; never compared or handed out
record Radix(int base, byte[] pairs, byte[] values, int chunk, int lengthMax) {
    /** Longest byte array that is converted; the work grows with the square of the length. */
    static final int BYTES_MAX = 1024;

    static final long MALFORMED = -1;

    private static final int CHUNK_DIGITS = 5;
    private static final int ASCII = 128;
    private static final long LIMB_MASK = 0xFFFF_FFFFL;

    static Radix of(String alphabet) {
        byte[] digits = alphabet.getBytes(StandardCharsets.US_ASCII);
        int base = digits.length;
        byte[] values = new byte[ASCII];
        Arrays.fill(values, (byte) -1);
        byte[] pairs = new byte[2 * base * base];
        for (int high = 0; high < base; high++) {
            values[digits[high]] = (byte) high;
            for (int low = 0; low < base; low++) {
                pairs[2 * (high * base + low)] = digits[high];
                pairs[2 * (high * base + low) + 1] = digits[low];
            }
        }
        int lengthMax = 0;
        for (long rest = Long.MAX_VALUE; rest > 0; rest /= base) {
            lengthMax++;
        }
        return new Radix(base, pairs, values, base * base * base * base * base, lengthMax);
    }

    int lengthOf(long value) {
        requireNotNegative(value);
        int length = 1;
        for (long rest = value / base; rest > 0; rest /= base) {
            length++;
        }
        return length;
    }

    void encode(long value, byte[] out, int offset, int width) {
        requireNotNegative(value);
        int pairCount = base * base;
        long rest = value;
        int position = offset + width;
        while (position - 2 >= offset) {
            long quotient = rest / pairCount;
            int pair = 2 * (int) (rest - quotient * pairCount);
            position -= 2;
            out[position] = pairs[pair];
            out[position + 1] = pairs[pair + 1];
            rest = quotient;
        }
        if (position > offset) {
            long quotient = rest / base;
            out[offset] = pairs[2 * (int) (rest - quotient * base) + 1];
            rest = quotient;
        }
        if (rest != 0) {
            throw new IllegalArgumentException("must fit in " + width + " base-" + base + " digits: value=" + value);
        }
    }

    String encode(long value) {
        byte[] text = new byte[lengthOf(value)];
        encode(value, text, 0, text.length);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    long tryDecode(byte[] in, int offset, int length) {
        if (length < 1 || length > lengthMax) {
            return MALFORMED;
        }
        long value = 0;
        for (int i = offset; i < offset + length; i++) {
            byte character = in[i];
            value = append(value, character < 0 ? -1 : values[character]);
            if (value < 0) {
                return MALFORMED;
            }
        }
        return value;
    }

    long tryDecode(CharSequence in) {
        int length = in.length();
        if (length < 1 || length > lengthMax) {
            return MALFORMED;
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            value = append(value, valueOf(in.charAt(i)));
            if (value < 0) {
                return MALFORMED;
            }
        }
        return value;
    }

    long decode(CharSequence in) {
        long value = tryDecode(in);
        if (value < 0) {
            throw malformed(in, "at most " + Long.MAX_VALUE);
        }
        return value;
    }

    /** The number with one more digit, or something negative when the digit is none or the number leaves 63 bits. */
    private long append(long value, int digit) {
        if (digit < 0) {
            return MALFORMED;
        }
        long product = value * base;
        if (product < 0 || Math.multiplyHigh(value, base) != 0) {
            return MALFORMED;
        }
        return product + digit; // negative where this passes 2^63 - 1
    }

    private int valueOf(char character) {
        return character < ASCII ? values[character] : -1;
    }

    String encodeBytes(byte[] in) {
        if (in.length > BYTES_MAX) {
            throw new IllegalArgumentException("must be at most " + BYTES_MAX + " bytes: length=" + in.length);
        }
        int zeros = 0;
        while (zeros < in.length && in[zeros] == 0) {
            zeros++;
        }
        int[] limbs = limbs(in, zeros);
        byte[] text = new byte[zeros + digitsMax(in.length - zeros)];
        int position = text.length;
        int first = 0;
        while (first < limbs.length) {
            long remainder = 0;
            for (int i = first; i < limbs.length; i++) {
                long dividend = (remainder << 32) | (limbs[i] & LIMB_MASK);
                limbs[i] = (int) (dividend / chunk);
                remainder = dividend % chunk;
            }
            while (first < limbs.length && limbs[first] == 0) {
                first++;
            }
            for (int digit = 0; digit < CHUNK_DIGITS && (first < limbs.length || remainder > 0); digit++) {
                text[--position] = digit(remainder % base);
                remainder /= base;
            }
        }
        for (int i = 0; i < zeros; i++) {
            text[--position] = digit(0);
        }
        return new String(text, position, text.length - position, StandardCharsets.ISO_8859_1);
    }

    byte[] decodeBytes(CharSequence in) {
        int length = in.length();
        if (length > digitsMax(BYTES_MAX)) {
            throw new IllegalArgumentException("must be at most " + digitsMax(BYTES_MAX) + " digits: length=" + length);
        }
        int zeros = 0;
        while (zeros < length && valueOf(in.charAt(zeros)) == 0) {
            zeros++;
        }
        int[] limbs = new int[length / CHUNK_DIGITS + 1]; // five digits are less than 31 bits
        for (int i = zeros; i < length; i++) {
            long carry = valueOf(in.charAt(i));
            if (carry < 0) {
                throw malformed(in, "at most " + BYTES_MAX + " bytes");
            }
            for (int limb = limbs.length - 1; limb >= 0; limb--) {
                long sum = (limbs[limb] & LIMB_MASK) * base + carry;
                limbs[limb] = (int) sum;
                carry = sum >>> 32;
            }
        }
        byte[] bytes = new byte[limbs.length * Integer.BYTES];
        int first = bytes.length;
        for (int i = bytes.length - 1; i >= 0; i--) {
            bytes[i] = (byte) (limbs[i / Integer.BYTES] >>> (8 * (Integer.BYTES - 1 - i % Integer.BYTES)));
            first = bytes[i] == 0 ? first : i;
        }
        byte[] out = new byte[zeros + bytes.length - first];
        System.arraycopy(bytes, first, out, zeros, bytes.length - first);
        return out;
    }

    private static int[] limbs(byte[] bigEndian, int from) {
        int length = bigEndian.length - from;
        int[] limbs = new int[(length + Integer.BYTES - 1) / Integer.BYTES];
        for (int i = 0; i < length; i++) {
            limbs[limbs.length - 1 - i / Integer.BYTES] |=
                    (bigEndian[bigEndian.length - 1 - i] & 0xFF) << (8 * (i % Integer.BYTES));
        }
        return limbs;
    }

    private int digitsMax(int byteCount) {
        return (int) Math.ceil(byteCount * Math.log(256) / Math.log(base)) + 1;
    }

    private byte digit(long value) {
        return pairs[2 * (int) value + 1];
    }

    private IllegalArgumentException malformed(CharSequence in, String bound) {
        String shown = in.length() <= 64 ? in.toString() : in.subSequence(0, 64) + "...";
        return new IllegalArgumentException("must be base-" + base + " text of " + bound + ": \"" + shown + '"');
    }

    private static void requireNotNegative(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("must be >= 0: value=" + value);
        }
    }
}
