package dev.casebook.benchmarks.common.hash;

import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hasher32;
import com.dynatrace.hash4j.hashing.Hashing;
import com.google.common.hash.HashFunction;
import dev.casebook.common.hash.Murmur3;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does MurmurHash3 of a byte array cost, 32 and 128 bits?
 *
 * <p>Peers: hash4j and Guava, the same function with the same results. Guava's API gives an object; what it returns is that object.
 *
 * <p>Unfair would be: zero-allocation-hashing's MurmurHash3, which is a 64-bit cut of the 128-bit one and is left out for that.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Murmur3Benchmark {
    /** Bytes hashed. */
    @Param({"4", "15", "100", "1024", "1048576"})
    public int size;

    private static final Hasher32 HASH4J_32 = Hashing.murmur3_32();
    private static final Hasher128 HASH4J_128 = Hashing.murmur3_128();
    private static final HashFunction GUAVA_32 = com.google.common.hash.Hashing.murmur3_32_fixed();
    private static final HashFunction GUAVA_128 = com.google.common.hash.Hashing.murmur3_128();

    private byte[] input = {};
    private final long[] out = new long[2];

    /** Makes the input. */
    @Setup
    public void fill() {
        input = Inputs.bytes(size);
    }

    /** Ours, 32 bits. */
    @Benchmark
    public int casebookX32() {
        return Murmur3.hash32(input);
    }

    /** Peer: hash4j, 32 bits. */
    @Benchmark
    public int hash4jX32() {
        return HASH4J_32.hashBytesToInt(input);
    }

    /** Peer: Guava, 32 bits. */
    @Benchmark
    public Object guavaX32() {
        return GUAVA_32.hashBytes(input);
    }

    /** Ours, 128 bits. */
    @Benchmark
    public long[] casebookX128() {
        Murmur3.hash128(input, out);
        return out;
    }

    /** Peer: hash4j, 128 bits. */
    @Benchmark
    public Object hash4jX128() {
        return HASH4J_128.hashBytesTo128Bits(input);
    }

    /** Peer: Guava, 128 bits. */
    @Benchmark
    public Object guavaX128() {
        return GUAVA_128.hashBytes(input);
    }
}
