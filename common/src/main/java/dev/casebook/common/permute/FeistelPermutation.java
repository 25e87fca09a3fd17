package dev.casebook.common.permute;

/**
 * A balanced Feistel network over any domain of up to 2<sup>62</sup> numbers, with cycle walking.
 *
 * <p>The domain is embedded in the smallest power of four that holds it. A number is cut into two halves of w bits; each
 * round replaces (left, right) by (right, left xor F(round, right)), which can be undone whatever F is, so the whole is a
 * permutation of 2<sup>2w</sup> numbers. If the result falls outside the domain it is fed in again: following the cycle of a
 * number of the domain must come back to the domain, and the walk maps it one to one. The expected number of calls of the
 * network is 2<sup>2w</sup> / size: below 4 for any domain, 1.25 for 62<sup>7</sup> in 42 bits. There is no bound on the worst case short
 * of the cycle's length, but k calls are needed with probability (1 - size / 2<sup>2w</sup>)<sup>k - 1</sup>: below 10<sup>-12</sup> for k = 98 in the
 * worst domain, for k = 18 with 62<sup>7</sup>.
 *
 * <p>F is SipHash-2-4 of five bytes (half, then round number), cut to w bits. Four rounds with a random F are
 * indistinguishable from a random permutation only against an attacker who has seen far fewer than 2<sup>w/2</sup> pairs (Luby and
 * Rackoff 1988); on small halves 4 rounds are practically weak and each further round buys security
 * (Patarin 2010), hence {@value #ROUNDS} by default, at least {@value #ROUNDS_MIN}, as NIST has 10 for {@link Ff1}. A multiplicative or xor "obfuscation"
 * is undone from two or three codes.
 *
 * <p>Immutable and thread-safe; allocates nothing.
 *
 * @see <a href="https://web.cs.ucdavis.edu/~rogaway/papers/subset.pdf">Black, Rogaway: Ciphers with Arbitrary Finite
 *     Domains, 2002 (cycle walking)</a>
 */
public final class FeistelPermutation implements KeyedPermutation {
    /** Largest domain: halves of 31 bits. */
    public static final long SIZE_MAX = 1L << 62;

    /** Rounds unless asked otherwise. */
    public static final int ROUNDS = 8;

    /** Fewest rounds that are accepted. */
    public static final int ROUNDS_MIN = 8;

    /** Most rounds that are accepted; the round number is one byte of the function's input. */
    public static final int ROUNDS_MAX = 64;

    private static final int MESSAGE_BYTES = 5;

    private final SipHash function;
    private final long size;
    private final int rounds;
    private final int halfBits;
    private final int halfMask;

    /**
     * A permutation with {@value #ROUNDS} rounds.
     *
     * @param key {@value SipHash#KEY_BYTES} secret bytes; copied
     * @param size how many numbers, 1 to {@link #SIZE_MAX}
     * @throws IllegalArgumentException if either is out of its bounds
     */
    public FeistelPermutation(byte[] key, long size) {
        this(key, size, ROUNDS);
    }

    /**
     * A permutation.
     *
     * @param key {@value SipHash#KEY_BYTES} secret bytes; copied
     * @param size how many numbers, 1 to {@link #SIZE_MAX}
     * @param rounds {@value #ROUNDS_MIN} to {@value #ROUNDS_MAX}
     * @throws IllegalArgumentException if one is out of its bounds
     */
    public FeistelPermutation(byte[] key, long size, int rounds) {
        if (size < 1 || size > SIZE_MAX) {
            throw new IllegalArgumentException("must be 1 to 2^62: size=" + size);
        }
        if (rounds < ROUNDS_MIN || rounds > ROUNDS_MAX) {
            throw new IllegalArgumentException("must be " + ROUNDS_MIN + " to " + ROUNDS_MAX + ": rounds=" + rounds);
        }
        this.function = new SipHash(key);
        this.size = size;
        this.rounds = rounds;
        int bits = Long.SIZE - Long.numberOfLeadingZeros(size - 1);
        this.halfBits = Math.max(1, (bits + 1) / 2);
        this.halfMask = (int) ((1L << halfBits) - 1);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long permute(long value) {
        requireInDomain(value);
        long walked = value;
        do {
            walked = encrypt(walked);
        } while (walked >= size);
        return walked;
    }

    @Override
    public long invert(long value) {
        requireInDomain(value);
        long walked = value;
        do {
            walked = decrypt(walked);
        } while (walked >= size);
        return walked;
    }

    private long encrypt(long block) {
        int left = (int) (block >>> halfBits);
        int right = (int) block & halfMask;
        for (int round = 0; round < rounds; round++) {
            int next = left ^ function(round, right);
            left = right;
            right = next;
        }
        return ((long) left << halfBits) | right;
    }

    private long decrypt(long block) {
        int left = (int) (block >>> halfBits);
        int right = (int) block & halfMask;
        for (int round = rounds - 1; round >= 0; round--) {
            int previous = right ^ function(round, left);
            right = left;
            left = previous;
        }
        return ((long) left << halfBits) | right;
    }

    private int function(int round, int half) {
        return (int) function.hashShort(((long) round << Integer.SIZE) | half, MESSAGE_BYTES) & halfMask;
    }

    private void requireInDomain(long value) {
        if (value < 0 || value >= size) {
            throw new IllegalArgumentException("must be 0 to " + (size - 1) + ": value=" + value);
        }
    }
}
