package dev.casebook.common.id;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/**
 * Strictly increasing ULIDs: the first of a millisecond is random, each further one is the last plus 1, as the
 * specification's monotonicity section says. The random part begins with a zero bit, so that the overflow for which
 * the specification has generation fail cannot happen within 2<sup>79</sup> ids.
 *
 * <p>The state is the last ULID itself, 128 bits behind one reference that is replaced by compare-and-set: the object
 * is made anyway to be returned. Within a millisecond neighbours are guessable by design; take {@link Uuidv7} where ids are
 * secrets.
 *
 * <p>Thread-safe and lock-free; allocates the ULID (and again when another call was faster).
 */
public final class UlidGenerator {
    private static final long UNIX_MILLIS_MAX = (1L << 48) - 1;

    private final TickClock clock;
    private final RandomGenerator random;
    private final AtomicReference<Ulid> state = new AtomicReference<>(new Ulid(0, 0));

    /**
     * A generator.
     *
     * @param clock wall-clock time; best a {@link SteadyClock}
     * @param random thread-safe, such as {@link SecureRandom}; asked once a millisecond
     */
    public UlidGenerator(ClockRollbackPolicy policy, InstantSource clock, RandomGenerator random) {
        this(policy, clock, random, Waiting.parking());
    }

    UlidGenerator(ClockRollbackPolicy policy, InstantSource clock, RandomGenerator random, Waiting waiting) {
        this.clock = new TickClock(clock, waiting, 0, 1, policy);
        this.random = random;
    }

    /** A generator on the system's clock and secure random source with the default policy. */
    public static UlidGenerator create() {
        return new UlidGenerator(ClockRollbackPolicy.defaults(), SteadyClock.system(), new SecureRandom());
    }

    /**
     * Issues a ULID greater than all before from this generator. May park the caller when the clock was set back, for at most about the policy's
     * tolerance.
     *
     * @throws IdUnavailableException if the clock forbids it
     */
    public Ulid next() {
        for (; ; ) {
            Ulid last = Objects.requireNonNull(state.get()); // before the clock: see TickClock
            long now = clock.now();
            Ulid next = last.unixMillis() < now ? first(now) : last.increment();
            if (!clock.admits(next.unixMillis(), last.unixMillis(), now)) {
                clock.await(next.unixMillis(), last.unixMillis());
            } else if (state.compareAndSet(last, next)) {
                return next;
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private Ulid first(long unixMillis) {
        if (unixMillis > UNIX_MILLIS_MAX) {
            throw new IllegalStateException("the clock is beyond 48 bits: unixMillis=" + unixMillis);
        }
        return new Ulid((unixMillis << 16) | random.nextInt(1 << 15), random.nextLong());
    }
}
