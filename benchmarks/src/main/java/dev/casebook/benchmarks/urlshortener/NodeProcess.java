package dev.casebook.benchmarks.urlshortener;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.casebook.backing.BackingServices;
import dev.casebook.benchmarks.Workspace;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.PeerProcess;
import dev.casebook.benchmarks.measure.ProcessCpu;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * One node in a process of its own, started by {@code ./casebook run url-shortener} and so with the JVM options that users get. It records clicks and leaves the counting to
 * another node, as nginx leaves its log to somebody else. What it allocates is read through JMX, what it did from {@code /metrics}.
 */
final class NodeProcess implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofMinutes(5);
    private static final Duration READY_MAX = Duration.ofSeconds(30);

    private final PeerProcess process;
    private final int port;
    private final HttpClient client;
    private final JMXConnector jmx;
    private final ThreadMXBean threads;

    private NodeProcess(PeerProcess process, int port, HttpClient client, JMXConnector jmx) throws IOException {
        this.process = process;
        this.port = port;
        this.client = client;
        this.jmx = jmx;
        this.threads = ManagementFactory.newPlatformMXBeanProxy(
                jmx.getMBeanServerConnection(), ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
    }

    /**
     * Starts a node and waits until it is ready; the lab's end stops it.
     *
     * @param options in addition to those that say where everything is
     */
    static NodeProcess start(LabContext context, BackingServices services, String... options)
            throws IOException, InterruptedException {
        return startNamed(context, services, "measured", options);
    }

    /** As {@link #start}, for several nodes beside each other. */
    static NodeProcess startNamed(LabContext context, BackingServices services, String nodeId, String... options)
            throws IOException, InterruptedException {
        int port = PeerProcess.freePort();
        Path folder = context.workDirectory();
        Path workspace = Workspace.locate().root();
        List<String> command = new ArrayList<>(List.of(
                workspace.resolve("casebook").toString(),
                "run",
                "url-shortener",
                "--node-id",
                nodeId,
                "--http-port",
                String.valueOf(port),
                "--data-dir",
                folder.resolve(nodeId).toString(),
                "--postgres",
                services.postgres().jdbcUrl(),
                "--redis",
                services.redis().uri(),
                "--kafka",
                services.kafka().bootstrapServers(),
                "--initial-api-key",
                Installation.KEY,
                "--no-sample-links",
                "--no-aggregator"));
        command.addAll(Arrays.asList(options));
        PeerProcess process = context.own(PeerProcess.start("url-shortener-" + nodeId, folder, command));
        process.awaitPort(port, START_MAX);
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        return context.own(new NodeProcess(process, port, client, attach(process.pid())));
    }

    @SuppressWarnings("BanJNDI") // the address is the one that the process we started has just told
    private static JMXConnector attach(long pid) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(String.valueOf(pid));
            try {
                return JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException("process " + pid + " cannot be attached to", e);
        }
    }

    int port() {
        return port;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    ProcessCpu cpu() {
        return process.cpu();
    }

    /** CPU time by what its threads are for. */
    ThreadCpu threadCpu() throws IOException {
        return ThreadCpu.of(process.pid());
    }

    /** Bytes that all its threads have allocated since its start. */
    long allocatedBytes() {
        return threads.getTotalThreadAllocatedBytes();
    }

    /** The sum of a meter over its labels, as Prometheus would read it. */
    double metric(String name) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(uri().resolve("/metrics"))
                        .timeout(READY_MAX)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        List<String> samples = response.body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .toList();
        if (samples.isEmpty()) {
            throw new IOException("no meter " + name + " at " + uri() + "/metrics");
        }
        return samples.stream()
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Override
    public void close() throws IOException {
        client.close();
        jmx.close();
    }
}
