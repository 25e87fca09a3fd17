package dev.casebook.common.permute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.crypto.fpe.FPEFF1Engine;
import org.bouncycastle.crypto.params.FPEParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Ff1Test {
    private static final String KEY =
            "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94"; // its first 16, 24, 32 bytes

    /** The nine samples of NIST's "FF1samples" for SP 800-38G. */
    @ParameterizedTest
    @CsvSource({
        "16, 10, '',                     0123456789,          2433477484",
        "16, 10, 39383736353433323130,   0123456789,          6124200773",
        "16, 36, 3737373770717273373737, 0123456789abcdefghi, a9tv40mll9kdu509eum",
        "24, 10, '',                     0123456789,          2830668132",
        "24, 10, 39383736353433323130,   0123456789,          2496655549",
        "24, 36, 3737373770717273373737, 0123456789abcdefghi, xbj3kv35jrawxv32ysr",
        "32, 10, '',                     0123456789,          6657667009",
        "32, 10, 39383736353433323130,   0123456789,          1001623463",
        "32, 36, 3737373770717273373737, 0123456789abcdefghi, xs8a0azh2avyalyzuwd"
    })
    void agreesWithTheNistSamples(int keyBytes, int radix, String tweakHex, String plain, String cipher) {
        byte[] tweak = HexFormat.of().parseHex(tweakHex);
        Ff1 ff1 = new Ff1(HexFormat.of().parseHex(KEY, 0, 2 * keyBytes), radix);

        assertThat(ff1.encrypt(numerals(plain), tweak)).isEqualTo(numerals(cipher));
        assertThat(ff1.decrypt(numerals(cipher), tweak)).isEqualTo(numerals(plain));
    }

    private static int[] numerals(String text) {
        return text.chars().map(digit -> Character.digit(digit, 36)).toArray();
    }

    /** Not radix 2^16: Bouncy Castle 1.86 writes the radix in two of the three bytes that the source gives it. */
    @Property(tries = 300)
    void agreesWithBouncyCastle(
            @ForAll @Size(16) byte[] key,
            @ForAll @Size(max = 40) byte[] tweak,
            @ForAll @IntRange(min = 2, max = (1 << 16) - 1) int radix,
            @ForAll @IntRange(min = 2, max = 100) int length,
            @ForAll long seed) {
        Assume.that(length * Math.log(radix) > Math.log(Ff1.DOMAIN_MIN));
        int[] plain = new Random(seed).ints(length, 0, radix).toArray();

        int[] cipher = new Ff1(key, radix).encrypt(plain, tweak);

        assertThat(cipher).isEqualTo(bouncyCastle(key, tweak, radix, plain));
        assertThat(new Ff1(key, radix).decrypt(cipher, tweak)).isEqualTo(plain);
    }

    /** Bouncy Castle takes a byte per numeral up to radix 256 and two above. */
    private static int[] bouncyCastle(byte[] key, byte[] tweak, int radix, int[] plain) {
        int width = radix <= 256 ? 1 : 2;
        ByteBuffer in = ByteBuffer.allocate(plain.length * width);
        for (int numeral : plain) {
            if (width == 1) {
                in.put((byte) numeral);
            } else {
                in.putShort((short) numeral);
            }
        }
        FPEFF1Engine engine = new FPEFF1Engine();
        engine.init(true, new FPEParameters(new KeyParameter(key), radix, tweak));
        ByteBuffer out = ByteBuffer.allocate(in.capacity());
        engine.processBlock(in.array(), 0, in.capacity(), out.array(), 0);
        int[] numerals = new int[plain.length];
        for (int i = 0; i < numerals.length; i++) {
            numerals[i] = width == 1 ? out.get() & 0xFF : out.getShort() & 0xFFFF;
        }
        return numerals;
    }

    @Test
    void oneInstanceServesManyThreads() throws Exception {
        Ff1Permutation permutation = new Ff1Permutation(HexFormat.of().parseHex(KEY, 0, 32), new byte[0], 62, 7);
        List<Future<Boolean>> results = new ArrayList<>();

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int task = 0; task < 64; task++) {
                long start = task * 1_000L;
                results.add(threads.submit(() -> {
                    for (long value = start; value < start + 300; value++) {
                        if (permutation.invert(permutation.permute(value)) != value) {
                            return false;
                        }
                    }
                    return true;
                }));
            }
        }

        for (Future<Boolean> result : results) {
            assertThat(result.get()).isTrue();
        }
    }

    @Test
    void badArgumentsAreRefused() {
        byte[] key = new byte[16];
        Ff1 decimal = new Ff1(key, 10);

        assertThatThrownBy(() -> new Ff1(new byte[17], 10)).hasMessageContaining("length=17");
        assertThatThrownBy(() -> new Ff1(key, 1)).hasMessageContaining("radix=1");
        assertThatThrownBy(() -> new Ff1(key, 65_537)).hasMessageContaining("radix=65537");
        assertThatThrownBy(() -> decimal.encrypt(new int[5], new byte[0])).hasMessageContaining("length=5 radix=10");
        assertThatThrownBy(() -> decimal.encrypt(new int[] {0, 1, 2, 3, 10, 5}, new byte[0]))
                .hasMessageContaining("numerals[4]=10");
        assertThatThrownBy(() -> new Ff1Permutation(key, new byte[0], 62, 11)).hasMessageContaining("digits=11");
        assertThat(new Ff1Permutation(key, new byte[0], 10, 6).size()).isEqualTo(1_000_000);
    }
}
