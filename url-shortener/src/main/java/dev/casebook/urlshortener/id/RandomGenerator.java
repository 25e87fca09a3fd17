package dev.casebook.urlshortener.id;

import java.util.Locale;

/**
 * Codes of independent, uniformly random Base62 characters: log2(62) = 5.95 bits each. By the birthday bound collisions
 * begin at about sqrt(62^n) links, and by density at n = 7 a random guess hits one of 10^9 links after about 3,500
 * tries; {@link #PRIVATE_LENGTH} characters carry 71 bits and cannot be found by guessing.
 *
 * <p>Thread-safe if the source is.
 */
public final class RandomGenerator implements ShortCodeGenerator {
    /** Characters of a code that must not be guessed: 71.4 bits. */
    public static final int PRIVATE_LENGTH = 12;

    /** Fewer characters than this fill up at once. */
    public static final int LENGTH_MIN = 4;

    /** More characters than this serve nobody. */
    public static final int LENGTH_MAX = 64;

    static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private final java.util.random.RandomGenerator random;
    private final int length;

    /**
     * Makes a generator.
     *
     * @param random a cryptographically strong source, as {@link java.security.SecureRandom}
     * @param length characters per code, {@value #LENGTH_MIN}..{@value #LENGTH_MAX}
     */
    public RandomGenerator(java.util.random.RandomGenerator random, int length) {
        if (length < LENGTH_MIN || length > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "length must be %d..%d: %d", LENGTH_MIN, LENGTH_MAX, length));
        }
        this.random = random;
        this.length = length;
    }

    @Override
    public String next(String longUrl, int attempt) {
        return next();
    }

    /** A code that depends on nothing. */
    public String next() {
        char[] code = new char[length];
        for (int i = 0; i < length; i++) {
            code[i] = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
        }
        return new String(code);
    }

    /** The same source at another length. */
    public RandomGenerator withLength(int value) {
        return new RandomGenerator(random, value);
    }

    @Override
    public String name() {
        return "random";
    }
}
