package dev.casebook.common.permute;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class PermutationPropertyTest {
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
            @ForAll @IntRange(min = 2, max = 1 << 16) int radix,
            @ForAll @IntRange(min = 2, max = 62) int digits,
            @ForAll @LongRange(min = 0) long any) {
        BigInteger size = BigInteger.valueOf(radix).pow(digits);
        Assume.that(size.compareTo(BigInteger.valueOf(Ff1.DOMAIN_MIN)) >= 0);
        Assume.that(BigInteger.valueOf(radix).pow(digits - digits / 2).bitLength() <= 31 && size.bitLength() <= 62);
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
