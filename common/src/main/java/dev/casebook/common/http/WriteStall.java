package dev.casebook.common.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** Tells whether a client has stopped taking what is ready for it. Asked once a sweep, on the event loop. */
final class WriteStall {
    private final Channel channel;
    private final LoopState loop;
    private final long limitMillis;
    private long unsentBytes;
    private int sinceTick;

    WriteStall(Channel channel, LoopState loop, HttpLimits limits) {
        this.channel = channel;
        this.loop = loop;
        this.limitMillis = limits.writeTimeout().toMillis();
    }

    /** Bytes that are ready and that the kernel has not taken. */
    long unsentBytes() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound == null ? 0 : outbound.totalPendingWriteBytes() - outbound.currentProgress();
    }

    /** Whether nothing has moved for longer than the limit. */
    boolean isOver() {
        long unsent = unsentBytes();
        if (unsent == 0 || unsent != unsentBytes) {
            unsentBytes = unsent;
            sinceTick = loop.tick();
            return false;
        }
        return loop.hasElapsed(sinceTick, limitMillis);
    }
}
