package dev.casebook.common.id;

import dev.casebook.common.codec.Crockford32;
import java.nio.charset.StandardCharsets;

/**
 * ULID: 48 bits of Unix time in milliseconds and 80 random bits, written as 26 characters of Crockford's Base32 that sort
 * like the value. UUIDv7 has since become the standard for the same idea; ULID's text is shorter and needs no hyphens.
 *
 * @param high time and the 16 upper random bits
 * @param low the 64 lower random bits
 * @see <a href="https://github.com/ulid/spec">ULID specification</a>
 */
public record Ulid(long high, long low) implements Comparable<Ulid> {
    /** Characters of a ULID. */
    public static final int LENGTH = 26;

    private static final int TIME_LENGTH = 10;
    private static final int HALF_LENGTH = 8;
    private static final int HALF_BITS = 40;
    private static final long HALF_MASK = (1L << HALF_BITS) - 1;

    /**
     * The ULID of a text; letters in either case.
     *
     * @throws IllegalArgumentException if the text has another length, a character that is no digit, or exceeds 128 bits
     */
    public static Ulid parse(CharSequence text) {
        if (text.length() != LENGTH) {
            throw new IllegalArgumentException("must have " + LENGTH + " characters: length=" + text.length());
        }
        long time = Crockford32.decode(text.subSequence(0, TIME_LENGTH));
        if (time >>> 48 != 0) {
            throw new IllegalArgumentException("must be at most 7ZZZZZZZZZZZZZZZZZZZZZZZZZ: " + text);
        }
        long upper = Crockford32.decode(text.subSequence(TIME_LENGTH, TIME_LENGTH + HALF_LENGTH));
        long lower = Crockford32.decode(text.subSequence(TIME_LENGTH + HALF_LENGTH, LENGTH));
        return new Ulid((time << 16) | (upper >>> 24), (upper << HALF_BITS) | lower);
    }

    /** The time of this id, Unix time in milliseconds. */
    public long unixMillis() {
        return high >>> 16;
    }

    /** The next value; past 80 random bits it carries into the time. */
    Ulid increment() {
        return new Ulid(low == -1 ? high + 1 : high, low + 1);
    }

    /** By value, which is by time first; the same order as that of the texts. */
    @Override
    public int compareTo(Ulid other) {
        int order = Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }

    /** {@value #LENGTH} characters, upper case. */
    @Override
    public String toString() {
        byte[] text = new byte[LENGTH];
        Crockford32.encode(unixMillis(), text, 0, TIME_LENGTH);
        Crockford32.encode(((high & 0xFFFF) << 24) | (low >>> HALF_BITS), text, TIME_LENGTH, HALF_LENGTH);
        Crockford32.encode(low & HALF_MASK, text, TIME_LENGTH + HALF_LENGTH, HALF_LENGTH);
        return new String(text, StandardCharsets.ISO_8859_1);
    }
}
