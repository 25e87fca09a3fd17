package dev.casebook.backing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * One Kafka node, broker and KRaft controller together, in a Java virtual machine of its own.
 *
 * <p>What differs from Kafka's defaults is what a single node needs (replication factors of 1) or what keeps it small on a developer's
 * machine; topics are not created by themselves, so that a misspelt name is an error.
 */
final class KafkaBroker implements EmbeddedServer {
    private static final int NODE_ID = 1;
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    private static final String CONTROLLER = "CONTROLLER";

    private final ServiceFolder folder;
    private final KafkaRuntime runtime;
    private final Ports ports;

    private KafkaBroker(ServiceFolder folder, KafkaRuntime runtime, Ports ports) {
        this.folder = folder;
        this.runtime = runtime;
        this.ports = ports;
    }

    static KafkaBroker in(ServiceFolder folder, BinaryCache cache) throws IOException {
        return new KafkaBroker(folder, KafkaRuntime.ofThisProcess(cache), new Ports(new SecureRandom()));
    }

    @Override
    public String name() {
        return "Kafka";
    }

    @Override
    public String option() {
        return "--kafka";
    }

    @Override
    public void prepare(int port) throws IOException {
        if (!Files.exists(folder.data())) {
            format();
        }
        folder.replace("server.properties", properties(port, ports.choose()));
        try (InputStream logback = KafkaBroker.class.getResourceAsStream("kafka-logback.xml")) {
            if (logback == null) {
                throw new IllegalStateException("kafka-logback.xml is not beside " + KafkaBroker.class);
            }
            Files.copy(logback, folder.path().resolve("logback.xml"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public List<String> command(int port) throws IOException {
        return runtime.command(
                folder.path().resolve("logback.xml"),
                "kafka.Kafka",
                folder.path().resolve("server.properties").toString());
    }

    @Override
    public Map<String, String> environment() {
        return Map.of("JAVA_TOOL_OPTIONS", "", "JDK_JAVA_OPTIONS", "", "CLASSPATH", "");
    }

    @Override
    public String stopSignal() {
        return "TERM";
    }

    @Override
    public void ended(int status) throws IOException {
        runtime.ended(status);
    }

    @Override
    public void ask(int port, long pid) throws Exception {
        String clusterId = KafkaCluster.ask(ServiceFolder.HOST + ":" + port, ANSWER_TIMEOUT);
        if (!clusterId.equals(clusterId())) {
            throw new IOException("another Kafka is on port " + port + ": cluster " + clusterId);
        }
    }

    private String clusterId() throws IOException {
        Properties identity = new Properties();
        try (InputStream in = Files.newInputStream(folder.data().resolve("meta.properties"))) {
            identity.load(in);
        }
        return identity.getProperty("cluster.id", "");
    }

    /** What {@code kafka-storage.sh format} does, without a virtual machine for it. */
    private void format() throws IOException {
        Path fresh = folder.path().resolve("data.new");
        FileTrees.delete(fresh);
        Files.createDirectory(fresh);
        ByteArrayOutputStream words = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(words, true, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(out)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(NODE_ID)
                    .addDirectory(fresh.toString())
                    .setMetadataLogDirectory(fresh.toString())
                    .setControllerListenerName(CONTROLLER)
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                    .setUnstableFeatureVersionsEnabled(false)
                    .setIgnoreFormatted(false)
                    .setHasDynamicQuorum(false)
                    .run();
        } catch (Exception e) { // all that the formatter declares
            throw new BackingServiceException(
                    "can't format Kafka's data folder " + fresh + ": " + e + "\n"
                            + words.toString(StandardCharsets.UTF_8),
                    e);
        }
        Files.move(fresh, folder.data());
    }

    private String properties(int port, int controllerPort) {
        String host = ServiceFolder.HOST;
        return """
                process.roles=broker,controller
                node.id=%1$d
                controller.quorum.voters=%1$d@%2$s:%4$d
                listeners=PLAINTEXT://%2$s:%3$d,%5$s://%2$s:%4$d
                advertised.listeners=PLAINTEXT://%2$s:%3$d
                controller.listener.names=%5$s
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,%5$s:PLAINTEXT
                log.dirs=%6$s
                auto.create.topics.enable=false

                # one node
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=4
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=4
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                share.coordinator.state.topic.num.partitions=1
                group.initial.rebalance.delay.ms=0

                # A broker that was killed is taken for alive, and its successor kept waiting, for the time of a session: 9 s by default.
                broker.session.timeout.ms=3000
                broker.heartbeat.interval.ms=500

                # small
                num.network.threads=2
                num.io.threads=4
                background.threads=2
                log.cleaner.dedupe.buffer.size=4194304
                """.formatted(NODE_ID, host, port, controllerPort, CONTROLLER, escaped(folder.data()));
    }

    /** A backslash means something in a properties file. */
    private static String escaped(Path path) {
        return path.toString().replace("\\", "\\\\");
    }
}
