package dev.casebook.common.sketch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.casebook.common.hash.Xxh3;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes that are no sketch give a {@link CorruptSketchException} and nothing else: no other exception, no great allocation. */
class StoredSketchTest {
    enum Kind {
        BLOOM {
            @Override
            byte[] sample() {
                BloomFilter filter = BloomFilter.create(50, 0.01);
                new SplittableRandom(1).longs(50).forEach(filter::add);
                return filter.toBytes();
            }

            @Override
            byte[] rewritten(byte[] bytes) {
                return BloomFilter.fromBytes(bytes).toBytes();
            }
        },
        BLOCKED_BLOOM {
            @Override
            byte[] sample() {
                BlockedBloomFilter filter = BlockedBloomFilter.create(50, 0.01);
                new SplittableRandom(1).longs(50).forEach(filter::add);
                return filter.toBytes();
            }

            @Override
            byte[] rewritten(byte[] bytes) {
                return BlockedBloomFilter.fromBytes(bytes).toBytes();
            }
        },
        COUNT_MIN {
            @Override
            byte[] sample() {
                CountMinSketch sketch = CountMinSketch.create(0.3, 0.1, true);
                new SplittableRandom(1).longs(50).forEach(hash -> sketch.add(hash, 3));
                return sketch.toBytes();
            }

            @Override
            byte[] rewritten(byte[] bytes) {
                return CountMinSketch.fromBytes(bytes).toBytes();
            }
        },
        HYPER_LOG_LOG_SPARSE {
            @Override
            byte[] sample() {
                HyperLogLog sketch = HyperLogLog.create(10);
                new SplittableRandom(1).longs(20).forEach(sketch::add);
                return sketch.toBytes();
            }

            @Override
            byte[] rewritten(byte[] bytes) {
                return HyperLogLog.fromBytes(bytes).toBytes();
            }
        },
        HYPER_LOG_LOG_DENSE {
            @Override
            byte[] sample() {
                HyperLogLog sketch = HyperLogLog.create(6);
                new SplittableRandom(1).longs(2000).forEach(sketch::add);
                return sketch.toBytes();
            }

            @Override
            byte[] rewritten(byte[] bytes) {
                return HyperLogLog.fromBytes(bytes).toBytes();
            }
        },
        SPACE_SAVING {
            @Override
            byte[] sample() {
                SpaceSaving<String> sketch = SpaceSaving.create(8);
                for (int i = 0; i < 40; i++) {
                    sketch.add("element-" + i % 11, i + 1);
                }
                return sketch.toBytes(StoredSketchTest::utf8);
            }

            @Override
            byte[] rewritten(byte[] bytes) {
                return SpaceSaving.fromBytes(bytes, StoredSketchTest::string).toBytes(StoredSketchTest::utf8);
            }
        };

        abstract byte[] sample();

        abstract byte[] rewritten(byte[] bytes);
    }

    private static byte[] utf8(String element) {
        return element.getBytes(StandardCharsets.UTF_8);
    }

    private static String string(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] withValidChecksum(byte[] bytes) {
        int end = bytes.length - Long.BYTES;
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(end, Xxh3.hash64(bytes, 0, end, 0));
        return bytes;
    }

    @ParameterizedTest
    @EnumSource
    void readsBackWhatItWrote(Kind kind) {
        assertThat(kind.rewritten(kind.sample())).isEqualTo(kind.sample());
    }

    @ParameterizedTest
    @EnumSource
    void rejectsAnyFlippedBit(Kind kind) {
        byte[] bytes = kind.sample();
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> kind.rewritten(damaged)).isInstanceOf(CorruptSketchException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rejectsAnyTruncation(Kind kind) {
        byte[] bytes = kind.sample();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> kind.rewritten(cut)).isInstanceOf(CorruptSketchException.class);
        }
    }

    /** What a checksum cannot catch: a forged one. The body then is nonsense, or happens to be a sketch. */
    @ParameterizedTest
    @EnumSource
    void toleratesForgedContentWithoutAnyOtherException(Kind kind) {
        SplittableRandom random = new SplittableRandom(kind.name().hashCode());
        byte[] sample = kind.sample();
        int rejected = 0;
        for (int round = 0; round < 2_000; round++) {
            byte[] forged = Arrays.copyOf(sample, Math.max(12, sample.length - random.nextInt(3)));
            for (int i = 0; i <= random.nextInt(3); i++) {
                forged[4 + random.nextInt(forged.length - 4)] = (byte) (random.nextBoolean() ? 0xFF : random.nextInt());
            }
            Throwable thrown = catchThrowable(() -> kind.rewritten(withValidChecksum(forged)));
            if (thrown != null) {
                assertThat(thrown).isInstanceOf(CorruptSketchException.class);
                rejected++;
            }
        }
        assertThat(rejected).isPositive();
    }

    @Test
    void rejectsASketchOfAnotherKind() {
        assertThatThrownBy(() -> HyperLogLog.fromBytes(Kind.BLOOM.sample()))
                .isInstanceOf(CorruptSketchException.class)
                .hasMessageContaining("kind 1 instead of 4");
    }

    @Test
    void rejectsALaterVersion() {
        byte[] bytes = Kind.BLOOM.sample();
        bytes[3] = 2;

        assertThatThrownBy(() -> BloomFilter.fromBytes(withValidChecksum(bytes)))
                .isInstanceOf(CorruptSketchException.class)
                .hasMessageContaining("version 2");
    }
}
