package dev.casebook.common.http;

import java.io.OutputStream;

/** Writes the body of {@link Reply#stream}, piece by piece, on the virtual thread of the request. */
@FunctionalInterface
public interface BodyWriter {
    /**
     * Writes the whole body. A write blocks while the client has not taken what was written before, and fails when it is gone or
     * takes nothing for {@link HttpLimits#writeTimeout}: let that exception end the work, so that a query behind it ends too.
     *
     * @param out hands on whole chunks; {@code flush} does nothing, {@code close} is not needed
     * @throws Exception before the first 16 KiB are written it is answered as one of {@link BlockingHandler#handle} would be;
     *     later the connection (HTTP/2: the stream) is broken off, so that the client can tell that its copy is not whole
     */
    void writeTo(OutputStream out) throws Exception;
}
