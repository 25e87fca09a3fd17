package dev.casebook.common.id;

import dev.casebook.common.codec.Crockford32;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * TSID, a Snowflake id as 13 characters of Crockford's Base32 that sort like the ids: 42 bits of milliseconds since 2020, then
 * 22 bits that are divided between node and sequence number. What differs from {@link Snowflake} is that the number begins
 * each millisecond at random rather than at 0, so that ids of quiet times are not all alike in their low bits (which is
 * what hash partitions see). It begins in the lower half, so at least half of the numbers of a millisecond remain.
 *
 * <p>Thread-safe: functions only.
 *
 * @see <a href="https://github.com/f4b6a3/tsid-creator">tsid-creator, which defines the format</a>
 */
public final class Tsid {
    /** Characters of a TSID. */
    public static final int LENGTH = 13;

    private Tsid() {}

    /**
     * A generator of TSIDs.
     *
     * @param nodeBits 0 to 20 of the 22 bits
     * @param clock best a {@link SteadyClock}
     * @param random thread-safe, such as {@link java.security.SecureRandom}; asked once a millisecond
     */
    public static Snowflake generator(
            int nodeBits,
            WorkerIdLease lease,
            ClockRollbackPolicy policy,
            InstantSource clock,
            RandomGenerator random) {
        SnowflakeLayout layout = SnowflakeLayout.TSID.withNodeBits(nodeBits);
        int lowerHalf = layout.sequenceMax() / 2 + 1;
        return new Snowflake(layout, lease, policy, clock, Waiting.parking(), tick -> random.nextInt(lowerHalf));
    }

    /** The text of an id, {@value #LENGTH} characters. */
    public static String toString(long id) {
        byte[] text = new byte[LENGTH];
        Crockford32.encode(id, text, 0, LENGTH);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /**
     * The id of a text; letters in either case.
     *
     * @throws IllegalArgumentException if the text has another length or a character that is no digit, or exceeds 64 bits
     */
    public static long parse(CharSequence text) {
        if (text.length() != LENGTH) {
            throw new IllegalArgumentException("must have " + LENGTH + " characters: length=" + text.length());
        }
        return Crockford32.decode(text);
    }
}
