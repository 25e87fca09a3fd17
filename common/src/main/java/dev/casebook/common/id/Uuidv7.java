package dev.casebook.common.id;

import dev.casebook.common.permute.SipHash;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * UUIDs of version 7, strictly increasing per generator, by the fixed-length counter method (RFC 9562, section 6.2, method 1).
 *
 * <pre>
 * bits  48              4        12           2        6            56
 *       unix_ts_ms      version  counter 17-6 variant  counter 5-0  random
 * </pre>
 *
 * <p>Time and the 18-bit counter are one {@link TimeSequence}. The counter begins each millisecond at a random number with the top bit
 * zero, which the RFC advises as a guard: 131,072 more ids fit into any millisecond, and more than that borrow
 * from the next one.
 *
 * <p>The random bits are SipHash-2-4 of the unique (time, counter) under a key drawn once from a secure source, not fresh
 * draws: they can't be told from random bits without the key, so neighbours cannot be guessed (adding 1 to the last id, as
 * faster libraries do, gives them away), and there is neither a lock nor a buffer of entropy to share. Across generators 56 + 17 random bits
 * keep ids apart, with no worker id to lease.
 *
 * <p>Thread-safe and lock-free; allocates the UUID.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9562.html#name-uuid-version-7">RFC 9562, UUID Version 7</a>
 */
public final class Uuidv7 {
    private static final int COUNTER_BITS = 18;
    private static final int COUNTER_MASK = (1 << COUNTER_BITS) - 1;
    private static final int COUNTER_LOW_BITS = COUNTER_BITS - 12;
    private static final int COUNTER_LOW_MASK = (1 << COUNTER_LOW_BITS) - 1;
    private static final int TAIL_BITS = Long.SIZE - 2 - COUNTER_LOW_BITS;
    private static final long TAIL_MASK = (1L << TAIL_BITS) - 1;

    /** The low seven bytes of the stamp repeat after nine years, which does no harm: the time before them differs. */
    private static final int TAIL_INPUT_BYTES = 7;

    private static final long TAIL_INPUT_MASK = (1L << (Byte.SIZE * TAIL_INPUT_BYTES)) - 1;

    /** 45 bits: what fits beside the counter; the year 3084. */
    private static final long UNIX_MILLIS_MAX = (1L << (Long.SIZE - 1 - COUNTER_BITS)) - 2;

    private static final long TIMESTAMP_MAX = (1L << 48) - 1;
    private static final int RAND_A_MAX = (1 << 12) - 1;
    private static final long RAND_B_MAX = (1L << 62) - 1;
    private static final long VERSION_7 = 0x7000;
    private static final long VARIANT = 1L << 63;

    private final SipHash tail;
    private final TimeSequence sequence;

    /**
     * A generator.
     *
     * @param clock wall-clock time; best a {@link SteadyClock}
     * @param secureRandom source of the two keys; asked now and not later
     */
    public Uuidv7(ClockRollbackPolicy policy, InstantSource clock, RandomGenerator secureRandom) {
        this(policy, clock, secureRandom, Waiting.parking());
    }

    Uuidv7(ClockRollbackPolicy policy, InstantSource clock, RandomGenerator secureRandom, Waiting waiting) {
        tail = keyed(secureRandom);
        SipHash first = keyed(secureRandom);
        long guardMask = (1L << (COUNTER_BITS - 1)) - 1;
        sequence = new TimeSequence(
                new TickClock(clock, waiting, 0, 1, policy), COUNTER_BITS, tick -> first.hash(tick) & guardMask);
    }

    private static SipHash keyed(RandomGenerator secureRandom) {
        byte[] key = new byte[SipHash.KEY_BYTES];
        secureRandom.nextBytes(key);
        return new SipHash(key);
    }

    /** A generator on the system's clock and secure random source with the default policy. */
    public static Uuidv7 create() {
        return new Uuidv7(ClockRollbackPolicy.defaults(), SteadyClock.system(), new SecureRandom());
    }

    /**
     * Issues a UUID that is greater, compared as unsigned bytes or as text, than all before from this generator. May park the
     * caller when the clock was set back, for at most about the policy's tolerance.
     *
     * @throws IdUnavailableException if the clock forbids it
     */
    public UUID next() {
        long stamp = sequence.next(-1, UNIX_MILLIS_MAX);
        if (stamp == TimeSequence.BEYOND_LAST_TICK) {
            throw new IllegalStateException("the clock is beyond the year 3084");
        }
        long counter = stamp & COUNTER_MASK;
        long high = ((stamp >>> COUNTER_BITS) << 16) | VERSION_7 | (counter >>> COUNTER_LOW_BITS);
        long low = VARIANT
                | ((counter & COUNTER_LOW_MASK) << TAIL_BITS)
                | (tail.hashShort(stamp & TAIL_INPUT_MASK, TAIL_INPUT_BYTES) & TAIL_MASK);
        return new UUID(high, low);
    }

    /**
     * A UUID of version 7 from its fields.
     *
     * @param unixMillis 0 to 2<sup>48</sup> - 1
     * @param randA 0 to 2<sup>12</sup> - 1
     * @param randB 0 to 2<sup>62</sup> - 1
     * @throws IllegalArgumentException if one is out of its bounds
     */
    public static UUID of(long unixMillis, int randA, long randB) {
        if (unixMillis < 0 || unixMillis > TIMESTAMP_MAX) {
            throw new IllegalArgumentException("must be 0 to " + TIMESTAMP_MAX + ": unixMillis=" + unixMillis);
        }
        if (randA < 0 || randA > RAND_A_MAX) {
            throw new IllegalArgumentException("must be 0 to " + RAND_A_MAX + ": randA=" + randA);
        }
        if (randB < 0 || randB > RAND_B_MAX) {
            throw new IllegalArgumentException("must be 0 to " + RAND_B_MAX + ": randB=" + randB);
        }
        return new UUID((unixMillis << 16) | VERSION_7 | randA, VARIANT | randB);
    }

    /**
     * The time in a UUID of version 7, Unix time in milliseconds.
     *
     * @throws IllegalArgumentException if the UUID has another version or variant
     */
    public static long unixMillisOf(UUID uuid) {
        if (uuid.version() != 7 || uuid.variant() != 2) {
            throw new IllegalArgumentException("must be a UUID of version 7: " + uuid);
        }
        return uuid.getMostSignificantBits() >>> 16;
    }
}
