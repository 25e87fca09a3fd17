package dev.casebook.urlshortener.cache;

import java.time.Duration;

/**
 * How this node talks to Redis.
 *
 * @param keyPrefix what every key begins with; tests that share a server differ in it
 * @param commandTimeout a server that leaves a command unanswered for so long counts as gone: the session is closed, which
 *     fails all its waiting commands at once, and no request asks it again until it has answered a whole handshake
 * @param heartbeat how often the server is asked for a sign of life, and how late after {@code commandTimeout} its silence
 *     may be noticed
 * @param connectTimeout for the whole handshake
 * @param reconnectMin the first pause between attempts to connect
 * @param reconnectMax the longest
 * @param ioThreads threads for the connections that no serving thread has taken
 */
public record RedisSettings(
        String keyPrefix,
        Duration commandTimeout,
        Duration heartbeat,
        Duration connectTimeout,
        Duration reconnectMin,
        Duration reconnectMax,
        int ioThreads) {
    /** The prefix of a production installation. */
    public static final String KEY_PREFIX = "us:";

    public RedisSettings {
        if (commandTimeout.compareTo(heartbeat) < 0 || heartbeat.isNegative() || heartbeat.isZero()) {
            throw new IllegalArgumentException(
                    "heartbeat must be > 0 and at most commandTimeout " + commandTimeout + ": " + heartbeat);
        }
        if (ioThreads < 1) {
            throw new IllegalArgumentException("ioThreads must be >= 1: " + ioThreads);
        }
    }

    public static RedisSettings defaults() {
        return new RedisSettings(
                KEY_PREFIX,
                Duration.ofMillis(250),
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                Duration.ofMillis(50),
                Duration.ofMillis(500),
                2);
    }

    public RedisSettings withKeyPrefix(String replacement) {
        return new RedisSettings(
                replacement, commandTimeout, heartbeat, connectTimeout, reconnectMin, reconnectMax, ioThreads);
    }

    /** Entries: what a lookup reads. */
    String entryPrefix() {
        return keyPrefix + "l:";
    }

    /** Load leases. */
    String leasePrefix() {
        return keyPrefix + "ll:";
    }

    /** Fences: the keys that tracking watches. Fillings do not touch them, so that loading a link disturbs no L1. */
    String fencePrefix() {
        return keyPrefix + "f:";
    }
}
