package dev.casebook.common.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * Reads into the {@link LoopBuffer} of the loop. Its size is fixed: Netty's adaptive guess settles just above the size of the requests, and each time it undershoots a read
 * fills the buffer and is followed by a second system call that finds nothing.
 */
final class LoopReceiver extends DefaultMaxMessagesRecvByteBufAllocator {
    private final LoopBuffer buffer;

    LoopReceiver(LoopBuffer buffer) {
        this.buffer = buffer;
    }

    @Override
    @SuppressWarnings("deprecation") // the type that Netty's interface asks for
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return buffer.bytes();
            }

            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                return buffer.borrow(allocator);
            }
        };
    }
}
