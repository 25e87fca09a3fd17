package dev.casebook.backing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.random.RandomGenerator;

/**
 * Finds TCP ports of 127.0.0.1 that nobody listens on. They come from below the ranges from which Linux (32768) and macOS (49152) take the
 * local end of outgoing connections: a port of those may be taken by any connection while its server is down, and a server should find its
 * port again after a restart.
 */
final class Ports {
    private static final int LOWEST = 20_000;
    private static final int HIGHEST = 32_767;
    private static final int TRIES_MAX = 200;

    private final RandomGenerator random;

    Ports(RandomGenerator random) {
        this.random = random;
    }

    int choose() {
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            int port = random.nextInt(LOWEST, HIGHEST + 1);
            if (isFree(port)) {
                return port;
            }
        }
        throw new BackingServiceException(
                "Found no free port between " + LOWEST + " and " + HIGHEST + " in " + TRIES_MAX + " tries.");
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(ServiceFolder.HOST), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
