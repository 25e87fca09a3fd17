package dev.casebook.backing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Asks a Kafka cluster who it is. */
final class KafkaCluster {
    private KafkaCluster() {}

    /** No answer, or none from a broker that takes requests. */
    static final class UnreachableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreachableException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** A client keeps trying addresses where nobody listens until its time is up; this finds out at once, and says what is wrong. */
    static void requireListener(String bootstrapServers, Duration timeout) throws UnreachableException {
        UnreachableException failure = new UnreachableException("no address in " + bootstrapServers, null);
        for (String server : bootstrapServers.split(",", -1)) {
            int colon = server.lastIndexOf(':');
            try (Socket socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(
                                server.substring(0, colon), Integer.parseInt(server.substring(colon + 1))),
                        Math.toIntExact(timeout.toMillis()));
                return;
            } catch (UnknownHostException e) {
                failure = new UnreachableException(server + ": no such host", e);
            } catch (IOException | IllegalArgumentException e) {
                failure = new UnreachableException(server + ": " + e.getMessage(), e);
            }
        }
        throw failure;
    }

    /** Returns the cluster's id if at least one broker takes requests. */
    static String ask(String bootstrapServers, Duration timeout) throws UnreachableException {
        int timeoutMillis = Math.toIntExact(timeout.toMillis());
        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeoutMillis,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMillis))) {
            DescribeClusterResult cluster = admin.describeCluster();
            if (cluster.nodes().get().isEmpty()) {
                throw new UnreachableException("no broker of the cluster takes requests yet", null);
            }
            return cluster.clusterId().get();
        } catch (ExecutionException e) {
            throw new UnreachableException(String.valueOf(e.getCause()), e);
        } catch (KafkaException e) { // an address that can't be resolved
            throw new UnreachableException(String.valueOf(e.getCause() == null ? e : e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnreachableException("interrupted", e);
        }
    }
}
