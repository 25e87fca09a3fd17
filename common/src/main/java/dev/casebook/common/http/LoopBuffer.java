package dev.casebook.common.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * One direct buffer of an event loop, lent to whatever happens on the loop at the moment. What is read and what is answered on the fast path has left the buffer again
 * before the loop turns to the next connection, so one buffer does for all of them: no request pays for an allocator, and no connection holds memory while it is quiet.
 *
 * <p>Whether the buffer is at home is its reference count: the loop keeps one, a borrower has another. While a borrower holds it (a client that takes its answers
 * slowly), others get buffers of their own. Used on the loop only; {@link #close} when the loop has ended.
 */
final class LoopBuffer implements AutoCloseable {
    private static final int ALONE = 1;

    private final ByteBuf buffer;
    private final int otherwiseBytes;

    /** @param otherwiseBytes initial size of the buffers that those get who come while this one is lent */
    LoopBuffer(int bytes, int otherwiseBytes) {
        this.buffer = Unpooled.directBuffer(bytes);
        this.otherwiseBytes = otherwiseBytes;
    }

    /** An empty buffer, which the caller releases. */
    ByteBuf borrow(ByteBufAllocator allocator) {
        return buffer.refCnt() == ALONE ? buffer.clear().retain() : allocator.ioBuffer(otherwiseBytes);
    }

    /** {@code bytes} itself or, if that is the loop's buffer, a copy: for one who keeps it until the next read. Takes {@code bytes} over. */
    @SuppressWarnings("ReferenceEquality") // equal bytes in another buffer are somebody else's
    ByteBuf toKeep(ByteBuf bytes, ByteBufAllocator allocator) {
        if (bytes != buffer) {
            return bytes;
        }
        ByteBuf copy = allocator.ioBuffer(bytes.readableBytes()).writeBytes(bytes);
        bytes.release();
        return copy;
    }

    int bytes() {
        return buffer.capacity();
    }

    @Override
    public void close() {
        buffer.release();
    }
}
