package dev.casebook.common.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The same bytes hash alike wherever they lie, and the bytes around them do not matter. */
class MemoryKindsPropertyTest {
    private record Hashes(long xxh3, List<Long> xxh3Wide, int murmur32, List<Long> murmur128) {}

    @Property(tries = 300)
    void everyKindOfMemoryGivesTheSameHash(
            @ForAll @IntRange(max = 2500) int length,
            @ForAll @IntRange(max = 70) int before,
            @ForAll @IntRange(max = 70) int after,
            @ForAll long seed) {
        assertAllKindsAgree(length, before, after, seed);
    }

    @Test
    void everyKindOfMemoryGivesTheSameHashAtEveryLengthUpTo1025AndSomeLarge() {
        IntStream.concat(IntStream.rangeClosed(0, 1025), IntStream.of(65_537, 1 << 20))
                .forEach(length -> assertAllKindsAgree(length, length % 13, length % 7, length % 3 == 0 ? 0 : length));
    }

    private static void assertAllKindsAgree(int length, int before, int after, long seed) {
        byte[] bytes = Inputs.random(length);
        byte[] padded = new byte[before + length + after];
        new Random(seed).nextBytes(padded);
        System.arraycopy(bytes, 0, padded, before, length);
        Hashes expected = ofArray(bytes, 0, length, seed);

        assertThat(ofArray(padded, before, length, seed)).as("array").isEqualTo(expected);
        for (ByteBuf buffer : List.of(
                Unpooled.wrappedBuffer(padded),
                Unpooled.wrappedBuffer(new byte[3], padded).slice(3, padded.length),
                Unpooled.directBuffer(padded.length + 1).writeBytes(padded),
                PooledByteBufAllocator.DEFAULT.directBuffer(padded.length + 1).writeBytes(padded),
                PooledByteBufAllocator.DEFAULT.heapBuffer(padded.length + 1).writeBytes(padded),
                Unpooled.wrappedBuffer(padded).asReadOnly(),
                composite(padded))) {
            assertThat(ofBuffer(buffer, before, length, seed))
                    .as(buffer.toString())
                    .isEqualTo(expected);
            buffer.release();
        }
        assertThat(ofSegment(MemorySegment.ofArray(padded), before, length, seed))
                .as("heap segment")
                .isEqualTo(expected);
        assertThat(ofSegment(MemorySegment.ofArray(padded).asReadOnly(), before, length, seed))
                .as("read-only segment")
                .isEqualTo(expected);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment nativeSegment = arena.allocate(padded.length + 1L);
            MemorySegment.copy(MemorySegment.ofArray(padded), 0, nativeSegment, 0, padded.length);
            assertThat(ofSegment(nativeSegment, before, length, seed))
                    .as("native")
                    .isEqualTo(expected);
        }
    }

    private static CompositeByteBuf composite(byte[] bytes) {
        int cut = bytes.length / 3;
        return Unpooled.compositeBuffer()
                .addComponent(true, Unpooled.wrappedBuffer(Arrays.copyOf(bytes, cut)))
                .addComponent(true, Unpooled.directBuffer().writeBytes(bytes, cut, bytes.length - cut));
    }

    private static Hashes ofArray(byte[] in, int offset, int length, long seed) {
        long[] wide = new long[2];
        long[] murmur = new long[2];
        Xxh3.hash128(in, offset, length, seed, wide);
        Murmur3.hash128(in, offset, length, (int) seed, murmur);
        return new Hashes(
                Xxh3.hash64(in, offset, length, seed),
                List.of(wide[0], wide[1]),
                Murmur3.hash32(in, offset, length, (int) seed),
                List.of(murmur[0], murmur[1]));
    }

    private static Hashes ofBuffer(ByteBuf in, int index, int length, long seed) {
        long[] wide = new long[2];
        long[] murmur = new long[2];
        Xxh3.hash128(in, index, length, seed, wide);
        Murmur3.hash128(in, index, length, (int) seed, murmur);
        return new Hashes(
                Xxh3.hash64(in, index, length, seed),
                List.of(wide[0], wide[1]),
                Murmur3.hash32(in, index, length, (int) seed),
                List.of(murmur[0], murmur[1]));
    }

    private static Hashes ofSegment(MemorySegment in, long offset, long length, long seed) {
        long[] wide = new long[2];
        long[] murmur = new long[2];
        Xxh3.hash128(in, offset, length, seed, wide);
        Murmur3.hash128(in, offset, length, (int) seed, murmur);
        return new Hashes(
                Xxh3.hash64(in, offset, length, seed),
                List.of(wide[0], wide[1]),
                Murmur3.hash32(in, offset, length, (int) seed),
                List.of(murmur[0], murmur[1]));
    }
}
