package dev.casebook.common.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.openhft.hashing.LongHashFunction;
import net.openhft.hashing.LongTupleHashFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Xxh3Test {
    private static final Path XXHSUM = Path.of("/usr/bin/xxhsum");

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 0x9E3779B185EBCA8DL, Long.MIN_VALUE})
    void agreesWithTwoOtherLibrariesOn64Bits(long seed) {
        var hash4j = Hashing.xxh3_64(seed);
        var zeroAllocationHashing = LongHashFunction.xx3(seed);

        Inputs.lengths().forEach(length -> {
            byte[] input = Inputs.random(length);
            assertThat(Xxh3.hash64(input, seed))
                    .as("length %d", length)
                    .isEqualTo(hash4j.hashBytesToLong(input))
                    .isEqualTo(zeroAllocationHashing.hashBytes(input));
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 0x9E3779B185EBCA8DL, Long.MIN_VALUE})
    void agreesWithTwoOtherLibrariesOn128Bits(long seed) {
        var hash4j = Hashing.xxh3_128(seed);
        var zeroAllocationHashing = LongTupleHashFunction.xx128(seed);
        long[] out = new long[2];

        Inputs.lengths().forEach(length -> {
            byte[] input = Inputs.random(length);
            Xxh3.hash128(input, 0, length, seed, out);
            HashValue128 expected = hash4j.hashBytesTo128Bits(input);
            assertThat(out)
                    .as("length %d", length)
                    .containsExactly(expected.getLeastSignificantBits(), expected.getMostSignificantBits())
                    .containsExactly(zeroAllocationHashing.hashBytes(input));
        });
    }

    /** Values that the reference implementation prints for its sanity-check buffer. */
    @Test
    void givesTheValuesOfTheReference() {
        byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
        long[] out = new long[2];
        Xxh3.hash128(abc, out);

        assertThat(Xxh3.hash64(new byte[0])).isEqualTo(0x2D06800538D394C2L);
        assertThat(Xxh3.hash64(abc)).isEqualTo(0x78AF5F94892F3950L);
        assertThat(out).containsExactly(0x78AF5F94892F3950L, 0x06B05AB6733A6185L);
    }

    @Test
    void agreesWithTheReferenceProgramXxhsum(@TempDir Path directory) throws IOException, InterruptedException {
        assumeTrue(
                Files.isExecutable(XXHSUM) || Boolean.getBoolean("casebook.tools.required"),
                "SKIPPED: " + XXHSUM + " is not installed (Debian package xxhash), so the C reference was not asked");
        List<Integer> lengths = Inputs.lengths()
                .filter(n -> n < 300 || n % 37 == 0 || n > 1000)
                .boxed()
                .toList();
        for (int length : lengths) {
            Files.write(directory.resolve("%07d".formatted(length)), Inputs.random(length));
        }
        List<String> command = new ArrayList<>(List.of(XXHSUM.toString(), "-H2"));
        lengths.forEach(length -> command.add("%07d".formatted(length)));

        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD) // progress of long files
                .start();
        List<String> lines = process.inputReader().lines().toList();

        assertThat(process.waitFor()).isZero();
        assertThat(lines).hasSize(lengths.size());
        long[] out = new long[2];
        for (int i = 0; i < lines.size(); i++) {
            Xxh3.hash128(Inputs.random(lengths.get(i)), out);
            assertThat(HexFormat.of().toHexDigits(out[1]) + HexFormat.of().toHexDigits(out[0]))
                    .as(lines.get(i))
                    .isEqualTo(lines.get(i).substring(0, 32));
        }
    }

    @Test
    void hashesALongAsItsEightLittleEndianBytes() {
        long value = 0x0123_4567_89AB_CDEFL;
        byte[] bytes = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();

        assertThat(Xxh3.hash64(value, 42)).isEqualTo(Xxh3.hash64(bytes, 42));
    }

    @Test
    void refusesRangesOutsideTheInput() {
        byte[] array = new byte[10];
        ByteBuf direct = Unpooled.directBuffer(10, 10);

        assertThatThrownBy(() -> Xxh3.hash64(array, 3, 8, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Xxh3.hash64(array, -1, 4, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Xxh3.hash64(direct, 3, 8, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Xxh3.hash128(direct, 11, 0, 0, new long[2]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        direct.release();
    }

    @Test
    void refusesAReleasedBufferInsteadOfReadingFreedMemory() {
        ByteBuf direct = Unpooled.directBuffer(64).writeZero(64);
        direct.release();

        assertThatThrownBy(() -> Xxh3.hash64(direct, 0, 64, 0)).isInstanceOf(IllegalReferenceCountException.class);
    }
}
