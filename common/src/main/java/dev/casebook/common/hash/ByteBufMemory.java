package dev.casebook.common.hash;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.IllegalReferenceCountException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Where the bytes of a {@code ByteBuf} are. */
final class ByteBufMemory {
    /**
     * All of native memory, so that a direct buffer's address is an offset into a constant and no segment is made per call.
     * Only addresses of live buffers, checked by {@link #check}, may be used with it.
     */
    @SuppressWarnings("restricted") // a ByteBuf's memoryAddress() is the only handle Netty gives without an allocation
    static final MemorySegment NATIVE = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private ByteBufMemory() {}

    static void check(ByteBuf buffer, int index, int length) {
        if (buffer.refCnt() == 0) {
            throw new IllegalReferenceCountException(0);
        }
        Objects.checkFromIndexSize(index, length, buffer.capacity());
    }

    /** For the buffers that show neither array nor address: a read-only view is seen through, a composite is copied. */
    static MemorySegment segmentOf(ByteBuf buffer, int index, int length) {
        return buffer.nioBufferCount() == 1
                ? MemorySegment.ofBuffer(buffer.nioBuffer(index, length))
                : MemorySegment.ofArray(ByteBufUtil.getBytes(buffer, index, length));
    }
}
