package dev.casebook.common.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import net.openhft.hashing.LongTupleHashFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Murmur3Test {
    // Guava takes the seed as a signed number, which differs from the reference for negative ones
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 0x1234_5678, Integer.MAX_VALUE})
    void agreesWithTwoOtherLibrariesOn32Bits(int seed) {
        var hash4j = com.dynatrace.hash4j.hashing.Hashing.murmur3_32(seed);
        HashFunction guava = Hashing.murmur3_32_fixed(seed);

        Inputs.lengths().forEach(length -> {
            byte[] input = Inputs.random(length);
            assertThat(Murmur3.hash32(input, 0, length, seed))
                    .as("length %d", length)
                    .isEqualTo(hash4j.hashBytesToInt(input))
                    .isEqualTo(guava.hashBytes(input).asInt());
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 0x1234_5678, Integer.MAX_VALUE})
    void agreesWithThreeOtherLibrariesOn128Bits(int seed) {
        var hash4j = com.dynatrace.hash4j.hashing.Hashing.murmur3_128(seed);
        HashFunction guava = Hashing.murmur3_128(seed);
        var zeroAllocationHashing = LongTupleHashFunction.murmur_3(seed);
        long[] out = new long[2];

        Inputs.lengths().forEach(length -> {
            byte[] input = Inputs.random(length);
            Murmur3.hash128(input, 0, length, seed, out);
            HashValue128 expected = hash4j.hashBytesTo128Bits(input);
            ByteBuffer fromGuava =
                    ByteBuffer.wrap(guava.hashBytes(input).asBytes()).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(out)
                    .as("length %d", length)
                    .containsExactly(expected.getLeastSignificantBits(), expected.getMostSignificantBits())
                    .containsExactly(zeroAllocationHashing.hashBytes(input))
                    .containsExactly(fromGuava.getLong(0), fromGuava.getLong(8));
            assertThat(Murmur3.hash64(input, 0, length, seed)).isEqualTo(out[0]);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE})
    void takesTheSeedAsAnUnsignedNumber(int seed) {
        var hash4j = com.dynatrace.hash4j.hashing.Hashing.murmur3_128(seed);
        var zeroAllocationHashing = LongTupleHashFunction.murmur_3(Integer.toUnsignedLong(seed));
        byte[] input = Inputs.random(100);
        long[] out = new long[2];

        Murmur3.hash128(input, 0, 100, seed, out);

        assertThat(out[0]).isEqualTo(hash4j.hashBytesTo128Bits(input).getLeastSignificantBits());
        assertThat(out).containsExactly(zeroAllocationHashing.hashBytes(input));
    }

    /** The verification values of SMHasher: the hash of the hashes of 0, 01, 012, ... with seeds 256, 255, 254, ... */
    @Test
    void passesTheVerificationOfTheReference() {
        byte[] keys = new byte[256];
        ByteBuffer hashes32 = ByteBuffer.allocate(256 * 4).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer hashes128 = ByteBuffer.allocate(256 * 16).order(ByteOrder.LITTLE_ENDIAN);
        long[] out = new long[2];
        for (int i = 0; i < 256; i++) {
            keys[i] = (byte) i;
            hashes32.putInt(Murmur3.hash32(keys, 0, i, 256 - i));
            Murmur3.hash128(keys, 0, i, 256 - i, out);
            hashes128.putLong(out[0]).putLong(out[1]);
        }

        assertThat(Murmur3.hash32(hashes32.array())).isEqualTo(0xB0F57EE3);
        assertThat((int) Murmur3.hash64(hashes128.array())).isEqualTo(0x6384BA69);
    }

    @Test
    void givesThePublishedValues() {
        byte[] fox = "The quick brown fox jumps over the lazy dog".getBytes(StandardCharsets.US_ASCII);
        long[] out = new long[2];
        Murmur3.hash128(fox, out);

        assertThat(Murmur3.hash32(fox)).isEqualTo(0x2E4FF723);
        assertThat(out).containsExactly(0xE34BBC7BBC071B6CL, 0x7A433CA9C49A9347L);
    }

    @Test
    void refusesRangesOutsideTheInput() {
        byte[] array = new byte[10];

        assertThatThrownBy(() -> Murmur3.hash32(array, 3, 8, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Murmur3.hash128(array, -1, 4, 0, new long[2]))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
