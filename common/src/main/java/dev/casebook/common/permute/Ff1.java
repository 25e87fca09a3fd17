package dev.casebook.common.permute;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * FF1, the format-preserving encryption of NIST: a permutation of the strings of n numerals in a radix, chosen by an AES key
 * and a public tweak. A ten-round Feistel network like {@link FeistelPermutation}, but the halves are strings of numerals that
 * are added modulo radix<sup>m</sup>, so that it needs no cycle walking, and the round function is a CBC-MAC of AES over the tweak,
 * the round and the other half. The standard to name where an auditor asks; about as strong, several times slower here.
 *
 * <p>This class takes strings of any length through {@link BigInteger}; {@link Ff1Permutation} is the same function on numbers
 * that fit a long. Step numbers in the code are those of algorithms 7 and 8 of the source.
 *
 * <p>Thread-safe.
 *
 * @see <a href="https://doi.org/10.6028/NIST.SP.800-38G">NIST SP 800-38G, Methods for Format-Preserving Encryption, 2016</a>
 */
public final class Ff1 {
    /** Smallest radix. */
    public static final int RADIX_MIN = 2;

    /** Largest radix. */
    public static final int RADIX_MAX = 1 << 16;

    /** Most numerals in a string; the source allows 2<sup>32</sup> - 1, the conversion's work grows with the square. */
    public static final int LENGTH_MAX = 4096;

    /** Longest tweak in bytes. */
    public static final int TWEAK_BYTES_MAX = 1 << 16;

    /** Fewest strings that a length and radix must allow: below it a codebook can be collected (SP 800-38G Rev. 1). */
    public static final int DOMAIN_MIN = 1_000_000;

    static final int ROUNDS = 10;

    private static final int BLOCK_BYTES = AesBlockCipher.BLOCK_BYTES;

    private final AesBlockCipher aes;
    private final int radix;
    private final BigInteger bigRadix;

    /**
     * FF1 under a key.
     *
     * @param key an AES key of 16, 24 or 32 bytes; copied
     * @param radix {@value #RADIX_MIN} to {@value #RADIX_MAX}
     * @throws IllegalArgumentException if either is out of its bounds
     */
    public Ff1(byte[] key, int radix) {
        if (radix < RADIX_MIN || radix > RADIX_MAX) {
            throw new IllegalArgumentException("must be " + RADIX_MIN + " to " + RADIX_MAX + ": radix=" + radix);
        }
        this.aes = new AesBlockCipher(key);
        this.radix = radix;
        this.bigRadix = BigInteger.valueOf(radix);
    }

    /** Values of a numeral: 0 to {@code radix() - 1}. */
    public int radix() {
        return radix;
    }

    /**
     * Encrypts a string of numerals.
     *
     * @param plain most significant numeral first, each 0 to {@code radix() - 1}; not changed
     * @param tweak public, may be empty, at most {@value #TWEAK_BYTES_MAX} bytes; the same is needed to decrypt
     * @return as many numerals
     * @throws IllegalArgumentException if a numeral is out of range, the string is longer than {@value #LENGTH_MAX} or allows
     *     fewer than {@value #DOMAIN_MIN} values, or the tweak is too long
     */
    public int[] encrypt(int[] plain, byte[] tweak) {
        return run(plain, tweak, true);
    }

    /**
     * Decrypts a string of numerals.
     *
     * @param cipher what {@link #encrypt} returned for the same key, radix and tweak
     * @param tweak the tweak used there
     * @return as many numerals
     * @throws IllegalArgumentException in the cases of {@link #encrypt}
     */
    public int[] decrypt(int[] cipher, byte[] tweak) {
        return run(cipher, tweak, false);
    }

    private int[] run(int[] numerals, byte[] tweak, boolean encrypting) {
        int n = numerals.length;
        requireBounds(numerals, tweak);
        int u = n / 2; // step 1
        int v = n - u;
        BigInteger[] moduli = {bigRadix.pow(u), bigRadix.pow(v)};
        BigInteger a = number(numerals, 0, u); // step 2
        BigInteger b = number(numerals, u, v);
        int numberBytes = numberBytes(moduli[1]);
        byte[] message = messageTemplate(radix, n, tweak, numberBytes); // step 5
        AesBlockCipher.Session session = aes.take();
        for (int step = 0; step < ROUNDS; step++) { // step 6
            if (encrypting) {
                BigInteger y = roundFunction(session, message, step, b, numberBytes);
                BigInteger c = a.add(y).mod(moduli[step & 1]);
                a = b;
                b = c;
            } else {
                int round = ROUNDS - 1 - step;
                BigInteger y = roundFunction(session, message, round, a, numberBytes);
                BigInteger c = b.subtract(y).mod(moduli[round & 1]);
                b = a;
                a = c;
            }
        }
        aes.giveBack(session);
        int[] out = new int[n];
        write(a, out, 0, u);
        write(b, out, u, v);
        return out;
    }

    /** Steps 6i to 6iv: the number that is added to one half, drawn from the other. */
    private static BigInteger roundFunction(
            AesBlockCipher.Session session, byte[] message, int round, BigInteger half, int numberBytes) {
        message[message.length - numberBytes - 1] = (byte) round;
        writeRightAligned(half, message, numberBytes);
        session.cbcMac(message);
        byte[] r = session.block().clone();
        byte[] s = Arrays.copyOf(r, (numberBytes + 3) / 4 * 4 + 4);
        for (int filled = BLOCK_BYTES; filled < s.length; filled += BLOCK_BYTES) {
            byte[] counted = r.clone();
            int counter = filled / BLOCK_BYTES;
            for (int i = 0; i < Integer.BYTES; i++) {
                counted[BLOCK_BYTES - 1 - i] ^= (byte) (counter >>> (Byte.SIZE * i));
            }
            session.cbcMac(counted);
            System.arraycopy(session.block(), 0, s, filled, Math.min(BLOCK_BYTES, s.length - filled));
        }
        return new BigInteger(1, s);
    }

    /** Step 3: the bytes of the longer half's number. */
    static int numberBytes(BigInteger modulus) {
        return (modulus.subtract(BigInteger.ONE).bitLength() + Byte.SIZE - 1) / Byte.SIZE;
    }

    /** P, then Q with the round and the number still zero: they are the last {@code 1 + numberBytes} bytes. */
    static byte[] messageTemplate(int radix, int n, byte[] tweak, int numberBytes) {
        int q = (tweak.length + numberBytes + 1 + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
        return ByteBuffer.allocate(BLOCK_BYTES + q)
                .put((byte) 1)
                .put((byte) 2)
                .put((byte) 1)
                .put((byte) (radix >>> 16))
                .putShort((short) radix)
                .put((byte) ROUNDS)
                .put((byte) (n / 2))
                .putInt(n)
                .putInt(tweak.length)
                .put(tweak)
                .array();
    }

    private static void writeRightAligned(BigInteger number, byte[] message, int width) {
        byte[] bytes = number.toByteArray(); // may have one leading sign byte
        int length = Math.min(bytes.length, width);
        Arrays.fill(message, message.length - width, message.length, (byte) 0);
        System.arraycopy(bytes, bytes.length - length, message, message.length - length, length);
    }

    private BigInteger number(int[] numerals, int from, int length) {
        BigInteger number = BigInteger.ZERO;
        for (int i = from; i < from + length; i++) {
            number = number.multiply(bigRadix).add(BigInteger.valueOf(numerals[i]));
        }
        return number;
    }

    private void write(BigInteger number, int[] out, int from, int length) {
        BigInteger rest = number;
        for (int i = from + length - 1; i >= from; i--) {
            BigInteger[] quotientAndRemainder = rest.divideAndRemainder(bigRadix);
            out[i] = quotientAndRemainder[1].intValue();
            rest = quotientAndRemainder[0];
        }
    }

    private void requireBounds(int[] numerals, byte[] tweak) {
        requireDomain(radix, numerals.length);
        for (int i = 0; i < numerals.length; i++) {
            if (numerals[i] < 0 || numerals[i] >= radix) {
                throw new IllegalArgumentException(
                        "must be 0 to " + (radix - 1) + ": numerals[" + i + "]=" + numerals[i]);
            }
        }
        requireTweak(tweak);
    }

    static void requireDomain(int radix, int length) {
        if (length < 2 || length > LENGTH_MAX || length * Math.log(radix) < Math.log(DOMAIN_MIN) - 1e-9) {
            throw new IllegalArgumentException("must be 2 to " + LENGTH_MAX + " numerals that allow at least "
                    + DOMAIN_MIN + " values: length=" + length + " radix=" + radix);
        }
    }

    static void requireTweak(byte[] tweak) {
        if (tweak.length > TWEAK_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "tweak must be at most " + TWEAK_BYTES_MAX + " bytes: length=" + tweak.length);
        }
    }
}
