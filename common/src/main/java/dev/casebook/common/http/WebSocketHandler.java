package dev.casebook.common.http;

/** Serves a WebSocket. All methods of the listener are called on the connection's event loop, in order, and must not block. */
@FunctionalInterface
public interface WebSocketHandler {
    /** The handshake is done. */
    Listener open(Request request, WebSocket socket);

    /** What comes from the client. */
    interface Listener {
        /** A whole text message. */
        void text(String message);

        /** A whole binary message. */
        default void binary(byte[] message) {}

        /** The connection is closed, by whomever; nothing is called after it. */
        default void closed() {}
    }
}
