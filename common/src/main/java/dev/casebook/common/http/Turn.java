package dev.casebook.common.http;

import io.netty.channel.ChannelFuture;

/** What an exchange owes to its connection when it is over. On the event loop. */
@FunctionalInterface
interface Turn {
    /**
     * The last byte of the answer is in the outbound buffer.
     *
     * @param written done when it has left it
     * @param keepAlive whether both sides agreed to go on
     */
    void answered(ChannelFuture written, boolean keepAlive);
}
