package dev.casebook.urlshortener.auth;

import dev.casebook.urlshortener.link.PasswordHasher;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Hashes of links' passwords: PBKDF2 with HMAC-SHA-256 (RFC 8018), a salt of its own for each, written as
 * {@code pbkdf2-sha256$iterations$salt$hash} in unpadded Base64. The cost stands in the hash, so that it can be raised for new ones
 * while old ones still verify. PBKDF2 because it is what the JDK has; Argon2id would resist graphics cards better. Thread-safe; a
 * call takes a tenth of a second of processor time on purpose, so callers limit how often strangers cause one.
 */
public final class PasswordHash implements PasswordHasher {
    /** What OWASP's password storage cheat sheet asks of PBKDF2-HMAC-SHA-256. */
    public static final int ITERATIONS_DEFAULT = 600_000;

    /** A hash that asks for more is refused: it was not made here and would only burn processor time. */
    static final int ITERATIONS_MAX = 10_000_000;

    private static final String SCHEME = "pbkdf2-sha256";
    private static final String ALGORITHM = "PBKDF2WithHmacSHA256";
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    private final RandomGenerator random;
    private final int iterations;

    /**
     * Makes hashes of a cost.
     *
     * @param random for salts
     * @param iterations 1..{@value #ITERATIONS_MAX}
     */
    public PasswordHash(RandomGenerator random, int iterations) {
        if (iterations < 1 || iterations > ITERATIONS_MAX) {
            throw new IllegalArgumentException("iterations must be 1.." + ITERATIONS_MAX + ": " + iterations);
        }
        this.random = random;
        this.iterations = iterations;
    }

    @Override
    public String hash(String password) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return SCHEME + "$" + iterations + "$" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(derive(password, salt, iterations));
    }

    /**
     * Whether a password is the one that was hashed, compared in constant time.
     *
     * @throws IllegalArgumentException when the hash is not of {@link #hash}'s form
     */
    public static boolean verify(String password, String hash) {
        String[] parts = hash.split("\\$", -1);
        if (parts.length != 4 || !parts[0].equals(SCHEME)) {
            throw new IllegalArgumentException("not a password hash of scheme " + SCHEME);
        }
        int iterations = Integer.parseInt(parts[1]);
        if (iterations < 1 || iterations > ITERATIONS_MAX) {
            throw new IllegalArgumentException("iterations must be 1.." + ITERATIONS_MAX + ": " + iterations);
        }
        byte[] salt = Base64.getDecoder().decode(parts[2]);
        byte[] expected = Base64.getDecoder().decode(parts[3]);
        return MessageDigest.isEqual(expected, derive(password, salt, iterations));
    }

    private static byte[] derive(String password, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, HASH_BYTES * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, impossible);
        } finally {
            spec.clearPassword();
        }
    }
}
