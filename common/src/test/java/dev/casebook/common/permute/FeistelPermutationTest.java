package dev.casebook.common.permute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeistelPermutationTest {
    private static final long SEED = 20_261_121;
    private static final long BASE62_7 = 3_521_614_606_208L;

    @Test
    void everyDomainUpToThreeHundredIsPermuted() {
        for (int size = 1; size <= 300; size++) {
            assertThatAllOfTheDomainIsHitOnce(new FeistelPermutation(key(size), size));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {62 * 62 * 62, 65_535, 65_536, 65_537, 262_145})
    void largerDomainsArePermutedExhaustively(long size) {
        assertThatAllOfTheDomainIsHitOnce(new FeistelPermutation(key(1), size));
    }

    private static void assertThatAllOfTheDomainIsHitOnce(KeyedPermutation permutation) {
        BitSet hit = new BitSet();
        for (int value = 0; value < permutation.size(); value++) {
            long image = permutation.permute(value);
            assertThat(image).isBetween(0L, permutation.size() - 1);
            assertThat(hit.get((int) image))
                    .as("%d hit twice, size %d", image, permutation.size())
                    .isFalse();
            hit.set((int) image);
            assertThat(permutation.invert(image)).isEqualTo(value);
        }
    }

    /** One network call by hand, on bytes through the hash of arrays, for a domain that is a power of four. */
    @Test
    void isTheFeistelNetworkOfTheDesignComment() {
        SipHash hash = new SipHash(key(7));
        FeistelPermutation permutation = new FeistelPermutation(key(7), 1L << 42);
        int mask = (1 << 21) - 1;

        for (long value : new long[] {0, 1, 123_456_789_012L, (1L << 42) - 1}) {
            int left = (int) (value >>> 21);
            int right = (int) value & mask;
            for (int round = 0; round < 8; round++) {
                byte[] message = {
                    (byte) right, (byte) (right >>> 8), (byte) (right >>> 16), (byte) (right >>> 24), (byte) round
                };
                int next = left ^ ((int) hash.hash(message) & mask);
                left = right;
                right = next;
            }
            assertThat(permutation.permute(value)).isEqualTo(((long) left << 21) | right);
        }
    }

    /** Flipping one bit of a counter should flip each bit of the code about half of the time: mean of 2,000 x 42 tries. */
    @Test
    void neighboursDifferInHalfOfTheirBits() {
        FeistelPermutation permutation = new FeistelPermutation(key(3), 1L << 42);
        Random random = new Random(SEED);
        int[] flips = new int[42];
        int samples = 2_000;

        for (int sample = 0; sample < samples; sample++) {
            long value = random.nextLong(1L << 42);
            for (int bit = 0; bit < 42; bit++) {
                long difference = permutation.permute(value) ^ permutation.permute(value ^ (1L << bit));
                flips[bit] += Long.bitCount(difference);
            }
        }

        // binomial: the mean of 84,000 fair coins has a standard deviation of 0.0017
        assertThat(IntStream.of(flips).mapToDouble(count -> count / (42.0 * samples)))
                .allSatisfy(share -> assertThat(share).isBetween(0.49, 0.51));
    }

    @Test
    void countersInARowGiveCodesSpreadEvenlyOverTheDomain() {
        FeistelPermutation permutation = new FeistelPermutation(key(4), BASE62_7);
        int[] firstDigit = new int[62];
        int samples = 62_000;

        for (int counter = 0; counter < samples; counter++) {
            firstDigit[(int) (permutation.permute(counter) / (BASE62_7 / 62))]++;
        }

        double chiSquare = IntStream.of(firstDigit)
                .mapToDouble(count -> (count - 1000.0) * (count - 1000.0) / 1000)
                .sum();
        assertThat(chiSquare).isLessThan(120); // 61 degrees of freedom: exceeded with probability 1e-5
    }

    @Test
    void anotherKeyIsAnotherPermutation() {
        FeistelPermutation one = new FeistelPermutation(key(1), BASE62_7);
        FeistelPermutation other = new FeistelPermutation(key(2), BASE62_7);

        assertThat(IntStream.range(0, 1000).filter(value -> one.permute(value) == other.permute(value)))
                .isEmpty();
    }

    @Test
    void badArgumentsAreRefused() {
        FeistelPermutation permutation = new FeistelPermutation(key(1), 100);

        assertThatThrownBy(() -> new FeistelPermutation(key(1), 0)).hasMessageContaining("size=0");
        assertThatThrownBy(() -> new FeistelPermutation(key(1), (1L << 62) + 1)).hasMessageContaining("2^62");
        assertThatThrownBy(() -> new FeistelPermutation(key(1), 100, 7)).hasMessageContaining("rounds=7");
        assertThatThrownBy(() -> permutation.permute(100)).hasMessageContaining("must be 0 to 99: value=100");
        assertThatThrownBy(() -> permutation.invert(-1)).hasMessageContaining("value=-1");
    }

    private static byte[] key(long seed) {
        byte[] key = new byte[16];
        new Random(seed).nextBytes(key);
        return key;
    }
}
