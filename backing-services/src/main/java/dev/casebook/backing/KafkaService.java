package dev.casebook.backing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka that answers: an embedded broker or somebody's.
 *
 * <p>Thread-safe. {@link #close()} ends an embedded broker and leaves external ones alone.
 */
public final class KafkaService implements AutoCloseable {
    private static final String OPTION = "--kafka";
    private static final Duration EXTERNAL_TIMEOUT = Duration.ofSeconds(10);
    private static final Pattern BOOTSTRAP_SERVERS = Pattern.compile("[^\\s,:/]+:\\d{1,5}(,[^\\s,:/]+:\\d{1,5})*");

    private final String bootstrapServers;
    private final @Nullable ServerProcess process;
    private final long openedInNanos;

    private KafkaService(String bootstrapServers, @Nullable ServerProcess process, long beginNanos) {
        this.bootstrapServers = bootstrapServers;
        this.process = process;
        this.openedInNanos = System.nanoTime() - beginNanos;
    }

    /**
     * Returns when the cluster has a broker that takes requests.
     *
     * @param setting {@code embedded}, {@code embedded:PORT} or {@code HOST:PORT[,HOST:PORT...]}
     * @param dataDir where an embedded broker keeps its data, in the folder {@code kafka}
     * @throws BackingServiceException if it can't be started or reached, with the reason and what to do
     */
    public static KafkaService open(String setting, Path dataDir) {
        long beginNanos = System.nanoTime();
        return switch (Setting.parse(OPTION, setting)) {
            case Setting.Embedded embedded -> {
                Started<KafkaBroker> started = Started.in(dataDir, "kafka", embedded.port(), KafkaBroker::in);
                yield new KafkaService(
                        ServiceFolder.HOST + ":" + started.process().port(), started.process(), beginNanos);
            }
            case Setting.External external -> reach(external.address(), beginNanos);
        };
    }

    /** For {@code bootstrap.servers} of a client. Topics have to be created: the broker makes none by itself. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    public boolean embedded() {
        return process != null;
    }

    /**
     * The process of an embedded broker, to be hurt.
     *
     * @throws IllegalStateException if the broker is not {@link #embedded()}
     */
    public ServerProcess process() {
        if (process == null) {
            throw new IllegalStateException("Kafka is external: its process is not ours to touch");
        }
        return process;
    }

    /** How long it took from the call of {@code open} until the server answered. */
    public Duration openedIn() {
        return Duration.ofNanos(openedInNanos);
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }

    @Override
    public String toString() {
        return bootstrapServers;
    }

    private static KafkaService reach(String bootstrapServers, long beginNanos) {
        if (!BOOTSTRAP_SERVERS.matcher(bootstrapServers).matches()) {
            throw new BackingServiceException(OPTION + " " + bootstrapServers
                    + ": neither \"embedded\" nor an address like HOST:9092[,HOST:9092].");
        }
        try {
            KafkaCluster.requireListener(bootstrapServers, EXTERNAL_TIMEOUT);
            KafkaCluster.ask(bootstrapServers, EXTERNAL_TIMEOUT);
        } catch (KafkaCluster.UnreachableException e) {
            throw new BackingServiceException(
                    "Kafka at " + bootstrapServers + " can't be used: " + e.getMessage()
                            + ". Check the address given to " + OPTION
                            + ", or leave it out to start an embedded broker.",
                    e);
        }
        return new KafkaService(bootstrapServers, null, beginNanos);
    }
}
