package dev.casebook.benchmarks.common.hash;

import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.casebook.common.hash.Xxh3;
import java.util.concurrent.TimeUnit;
import net.openhft.hashing.LongHashFunction;
import net.openhft.hashing.LongTupleHashFunction;
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
 * What does XXH3 of a byte array cost, from a key of 4 bytes to a file's block of 1 MiB?
 *
 * <p>Peers: hash4j and zero-allocation-hashing, the same function with the same results. 128-bit results go where each API puts them without garbage:
 * ours and zero-allocation-hashing's into a caller's array, hash4j's into a value object.
 *
 * <p>Unfair would be: comparing with another function; a stream API where the peer has one for whole arrays; or several input lengths in one fork of a peer whose
 * code is specialised by profile.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Xxh3Benchmark {
    /** Bytes hashed. */
    @Param({"4", "16", "100", "1024", "1048576"})
    public int size;

    private static final Hasher64 HASH4J_64 = Hashing.xxh3_64();
    private static final Hasher128 HASH4J_128 = Hashing.xxh3_128();
    private static final LongHashFunction ZAH_64 = LongHashFunction.xx3();
    private static final LongTupleHashFunction ZAH_128 = LongTupleHashFunction.xx128();

    private byte[] input = {};
    private final long[] out = new long[2];

    /** Makes the input. */
    @Setup
    public void fill() {
        input = Inputs.bytes(size);
    }

    /** Ours, 64 bits. */
    @Benchmark
    public long casebookXxh64() {
        return Xxh3.hash64(input);
    }

    /** Peer: hash4j, 64 bits. */
    @Benchmark
    public long hash4jXxh64() {
        return HASH4J_64.hashBytesToLong(input);
    }

    /** Peer: zero-allocation-hashing, 64 bits. */
    @Benchmark
    public long zahXxh64() {
        return ZAH_64.hashBytes(input);
    }

    /** Ours, 128 bits. */
    @Benchmark
    public long[] casebookXxh128() {
        Xxh3.hash128(input, out);
        return out;
    }

    /** Peer: hash4j, 128 bits. */
    @Benchmark
    public Object hash4jXxh128() {
        return HASH4J_128.hashBytesTo128Bits(input);
    }

    /** Peer: zero-allocation-hashing, 128 bits. */
    @Benchmark
    public long[] zahXxh128() {
        ZAH_128.hashBytes(input, out);
        return out;
    }
}
