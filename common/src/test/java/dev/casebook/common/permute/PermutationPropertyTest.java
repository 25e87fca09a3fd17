package dev.casebook.common.permute;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class PermutationPropertyTest {
    /** Numerals of so many digits to a radix, few enough for a long and many enough for FF1. */
    record Numerals(int radix, int digits) {
        boolean isDomain() {
            BigInteger size = BigInteger.valueOf(radix).pow(digits);
            BigInteger longerHalf = BigInteger.valueOf(radix).pow(digits - digits / 2);
            return size.compareTo(BigInteger.valueOf(Ff1.DOMAIN_MIN)) >= 0
                    && size.bitLength() <= 62
                    && longerHalf.bitLength() <= 31;
        }
    }

    /** Drawn radix first, as most pairs are no domain. */
    @Provide
    static Arbitrary<Numerals> numerals() {
        return Arbitraries.integers()
                .between(2, 1 << 16)
                .flatMap(radix -> Arbitraries.of(IntStream.rangeClosed(2, 62)
                        .mapToObj(digits -> new Numerals(radix, digits))
                        .filter(Numerals::isDomain)
                        .toList()));
    }

    @Property
    void feistelInvertsWhatItPermutesInAnyDomain(
            @ForAll @Size(16) byte[] key,
            @ForAll @LongRange(min = 1, max = FeistelPermutation.SIZE_MAX) long size,
            @ForAll @LongRange(min = 0) long any) {
        KeyedPermutation permutation = new FeistelPermutation(key, size);

        assertInverts(permutation, any % size);
        assertInverts(permutation, 0);
        assertInverts(permutation, size - 1);
    }

    @Property
    void ff1OnNumbersIsFf1OnTheirDigits(
            @ForAll @Size(16) byte[] key,
            @ForAll @Size(max = 40) byte[] tweak,
            @ForAll("numerals") Numerals numerals,
            @ForAll @LongRange(min = 0) long any) {
        int radix = numerals.radix();
        int digits = numerals.digits();
        KeyedPermutation permutation = new Ff1Permutation(key, tweak, radix, digits);
        long value = any % permutation.size();

        int[] encrypted = new Ff1(key, radix).encrypt(digitsOf(value, radix, digits), tweak);

        assertThat(digitsOf(permutation.permute(value), radix, digits)).isEqualTo(encrypted);
        assertInverts(permutation, value);
    }

    private static void assertInverts(KeyedPermutation permutation, long value) {
        long image = permutation.permute(value);
        assertThat(image).isBetween(0L, permutation.size() - 1);
        assertThat(permutation.invert(image)).isEqualTo(value);
        assertThat(permutation.permute(permutation.invert(value))).isEqualTo(value);
    }

    private static int[] digitsOf(long value, int radix, int count) {
        int[] digits = new int[count];
        long rest = value;
        for (int i = count - 1; i >= 0; i--) {
            digits[i] = (int) (rest % radix);
            rest /= radix;
        }
        return digits;
    }
}
