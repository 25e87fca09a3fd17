package dev.casebook.common.http;

import java.time.Duration;

/**
 * Every bound of the server. Immutable.
 *
 * @param uriBytes longest request line; beyond it 414
 * @param headerBytes all header fields of a request; beyond it 431
 * @param bodyBytes longest request body; beyond it 413
 * @param headerTimeout from a request's first byte to the end of its header; beyond it 408. What stops slowloris
 * @param bodyTimeout from the end of the header to the end of the body; beyond it 408
 * @param idleTimeout how long a kept-alive connection may say nothing
 * @param writeTimeout how long a client may take not one byte of what is ready for it
 * @param connections open at once; one more is closed as soon as it is accepted
 * @param blockingRequests requests on virtual threads at once; one more is answered 503
 * @param eventStreams Server-Sent Event streams and WebSockets at once; one more is answered 503
 * @param streamBytes unsent bytes per event stream or WebSocket; beyond it events are refused
 */
public record HttpLimits(
        int uriBytes,
        int headerBytes,
        int bodyBytes,
        Duration headerTimeout,
        Duration bodyTimeout,
        Duration idleTimeout,
        Duration writeTimeout,
        int connections,
        int blockingRequests,
        int eventStreams,
        int streamBytes) {
    public HttpLimits {
        requirePositive("uriBytes", uriBytes);
        requirePositive("headerBytes", headerBytes);
        requirePositive("bodyBytes", bodyBytes);
        requirePositive("headerTimeout", headerTimeout.toMillis());
        requirePositive("bodyTimeout", bodyTimeout.toMillis());
        requirePositive("idleTimeout", idleTimeout.toMillis());
        requirePositive("writeTimeout", writeTimeout.toMillis());
        requirePositive("connections", connections);
        requirePositive("blockingRequests", blockingRequests);
        requirePositive("eventStreams", eventStreams);
        requirePositive("streamBytes", streamBytes);
    }

    /** 8 KiB request line and 16 KiB header fields, 1 MiB body, 10 s, 30 s, 60 s, 30 s, 20,000 connections, 2,000 blocking requests, 2,000 streams of 256 KiB. */
    public static HttpLimits defaults() {
        return new HttpLimits(
                8 << 10,
                16 << 10,
                1 << 20,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                20_000,
                2_000,
                2_000,
                256 << 10);
    }

    public HttpLimits withBodyBytes(int bytes) {
        return new HttpLimits(
                uriBytes,
                headerBytes,
                bytes,
                headerTimeout,
                bodyTimeout,
                idleTimeout,
                writeTimeout,
                connections,
                blockingRequests,
                eventStreams,
                streamBytes);
    }

    public HttpLimits withTimeouts(Duration header, Duration body, Duration idle, Duration write) {
        return new HttpLimits(
                uriBytes,
                headerBytes,
                bodyBytes,
                header,
                body,
                idle,
                write,
                connections,
                blockingRequests,
                eventStreams,
                streamBytes);
    }

    public HttpLimits withConcurrency(int connectionsMax, int blockingRequestsMax, int eventStreamsMax) {
        return new HttpLimits(
                uriBytes,
                headerBytes,
                bodyBytes,
                headerTimeout,
                bodyTimeout,
                idleTimeout,
                writeTimeout,
                connectionsMax,
                blockingRequestsMax,
                eventStreamsMax,
                streamBytes);
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be > 0: " + value);
        }
    }
}
