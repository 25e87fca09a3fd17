package dev.casebook.benchmarks.common.hash;

import dev.casebook.common.hash.Xxh3;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;
import net.openhft.hashing.LongHashFunction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does XXH3-64 cost over memory that is no byte array: a direct {@code ByteBuf}, a native {@code MemorySegment}, a heap {@code ByteBuf}? And how far is it from the ceiling, the C
 * library with its SSE2 or AVX2 code?
 *
 * <p>Peers: zero-allocation-hashing over the buffer's address; libxxhash (Debian: libxxhash0) through the foreign-function interface as a <em>critical</em> call, the cheapest
 * there is, some nanoseconds each.
 *
 * <p>Unfair would be: the C library as a target. A JIT compiler finds no vector instructions in the lanes; it is here to show what that costs.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Xxh3MemoryBenchmark {
    /** Bytes hashed. */
    @Param({"16", "1024", "1048576"})
    public int size;

    private static final LongHashFunction ZAH = LongHashFunction.xx3();
    private static final String LIBRARY = "libxxhash.so.0";

    private Arena arena = Arena.global();
    private MemorySegment segment = MemorySegment.NULL;
    private ByteBuf direct = Unpooled.EMPTY_BUFFER;
    private ByteBuf heap = Unpooled.EMPTY_BUFFER;

    /** Makes the input three times. */
    @Setup
    public void fill() {
        byte[] bytes = Inputs.bytes(size);
        arena = Arena.ofConfined();
        segment = arena.allocate(size, Long.BYTES).copyFrom(MemorySegment.ofArray(bytes));
        direct = Unpooled.directBuffer(size).writeBytes(bytes);
        heap = Unpooled.wrappedBuffer(bytes);
    }

    /** Gives native memory back. */
    @TearDown
    public void release() {
        direct.release();
        arena.close();
    }

    /** The C function; only its own benchmark needs the library. */
    @State(Scope.Benchmark)
    public static class NativeFunction {
        @SuppressWarnings("restricted") // a function outside of Java has no other way in
        private static MethodHandle handle() {
            return Linker.nativeLinker()
                    .downcallHandle(
                            SymbolLookup.libraryLookup(LIBRARY, Arena.global()).findOrThrow("XXH3_64bits"),
                            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG),
                            Linker.Option.critical(false));
        }

        private static final class Holder {
            private static final MethodHandle XXH3 = handle();
        }

        /** Fails with the loader's message when libxxhash0 is not installed. */
        @Setup
        public void load() {
            if (Holder.XXH3.type().parameterCount() != 2) {
                throw new IllegalStateException("unexpected signature: " + Holder.XXH3.type());
            }
        }

        long hash(MemorySegment input) throws Throwable {
            return (long) Holder.XXH3.invokeExact(input, input.byteSize());
        }
    }

    /** Ours over a native segment. */
    @Benchmark
    public long casebookNative() {
        return Xxh3.hash64(segment);
    }

    /** Ours over a direct buffer. */
    @Benchmark
    public long directbufNative() {
        return Xxh3.hash64(direct);
    }

    /** Ours over a heap buffer. */
    @Benchmark
    public long heapbufNative() {
        return Xxh3.hash64(heap);
    }

    /** Peer: zero-allocation-hashing over the address. */
    @Benchmark
    public long zahNative() {
        return ZAH.hashMemory(segment.address(), size);
    }

    /** Ceiling: libxxhash. */
    @Benchmark
    public long libxxhashNative(NativeFunction function) throws Throwable {
        return function.hash(segment);
    }
}
