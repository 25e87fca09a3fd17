package dev.casebook.common.http;

import io.netty.buffer.ByteBuf;

/**
 * Answers requests straight from their bytes before the HTTP codec sees them, or declines so that the ordinary pipeline takes over. There is one instance per event
 * loop, called on that loop only: it may keep scratch buffers, must not block, and should allocate nothing.
 *
 * <p>It is asked for complete heads of HTTP/1.1 GET and HEAD requests in origin form without a body, with exactly one {@code Host} and no {@code Expect},
 * {@code Upgrade} or unusual {@code Connection}; everything else, and everything while the server drains, goes to the routes. Answers are sent in the order of the
 * requests: while a request of the same connection is with the routes, later ones go there as well.
 */
@FunctionalInterface
public interface FastPath {
    /**
     * Appends one complete HTTP/1.1 response to {@code out} and returns true, or leaves {@code out} as it is and returns false.
     *
     * <p>The response carries its own {@code Content-Length}; its header should have {@link RawRequest#dateLine()}, and {@code Connection: close} unless
     * {@link RawRequest#keepAlive()}; the server closes the connection in that case. If this throws, the routes answer and the exception is logged.
     */
    boolean answer(RawRequest request, ByteBuf out);
}
