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

    boolean isOver() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        long unsent = outbound == null ? 0 : outbound.totalPendingWriteBytes() - outbound.currentProgress();
        if (unsent == 0 || unsent != unsentBytes) {
            unsentBytes = unsent;
            sinceTick = loop.tick();
            return false;
        }
        return loop.hasElapsed(sinceTick, limitMillis);
    }
}
