package dev.casebook.benchmarks.load;

import io.netty.buffer.ByteBuf;

/** Writes the requests of one lane, one after the other. Called on the lane's thread only; must not block. */
@FunctionalInterface
public interface HttpRequestSource {
    /**
     * Appends the next request, complete with its head and body (see {@link HttpRequests}).
     *
     * @return the index of its operation in {@link LoadTarget#operations}
     */
    int next(ByteBuf out);
}
