package dev.casebook.benchmarks.urlshortener;

import dev.casebook.backing.BackingServices;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.PeerProcess;
import dev.casebook.urlshortener.UrlShortenerApp;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The service as users run it, for labs that measure CPU: one JVM of its own with the default settings, and PostgreSQL, Redis and Kafka of its own beside it. Labs stop it
 * through {@link LabContext#own}.
 */
final class Deployment implements AutoCloseable {
    static final String KEY = "lab-administrator-key-0123456789";
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Path folder;
    private final BackingServices services;
    private final PeerProcess service;
    private final URI uri;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();

    private Deployment(Path folder, BackingServices services, PeerProcess service, URI uri) {
        this.folder = folder;
        this.services = services;
        this.service = service;
        this.uri = uri;
    }

    /** Starts the servers and the service, with options beyond those that say where things are, and waits until it is ready. */
    static Deployment start(LabContext context, String name, String... options)
            throws IOException, InterruptedException {
        context.progress("starting PostgreSQL, Redis, Kafka and the service (" + name + ")");
        Path folder = Files.createDirectory(context.workDirectory().resolve(name));
        BackingServices services = context.own(BackingServices.builder(folder)
                .postgres("embedded")
                .redis("embedded")
                .kafka("embedded")
                .start());
        int port = PeerProcess.freePort();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // What the launcher gives every JVM: this one has it too.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--"))
                .forEach(command::add);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                UrlShortenerApp.class.getName(),
                "--http-port=" + port,
                "--data-dir=" + folder.resolve("data"),
                "--postgres=" + services.postgres().jdbcUrl(),
                "--redis=" + services.redis().uri(),
                "--kafka=" + services.kafka().bootstrapServers(),
                "--initial-api-key=" + KEY,
                "--no-sample-links"));
        command.addAll(List.of(options));
        PeerProcess service = context.own(PeerProcess.start("service", folder, command));
        service.awaitPort(port, READY_WITHIN);
        return context.own(new Deployment(folder, services, service, URI.create("http://127.0.0.1:" + port)));
    }

    URI uri() {
        return uri;
    }

    /** Where its servers keep their files, and labs may put theirs. */
    Path folder() {
        return folder;
    }

    BackingServices services() {
        return services;
    }

    /** Waits until the service has logged a line with this text. */
    void awaitLogged(String text, Duration limit) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!Files.readString(service.log()).contains(text)) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("the service did not log \"" + text + "\" within " + limit);
            }
            Thread.sleep(POLL);
        }
    }

    /** CPU seconds used so far by each part. */
    Map<String, Double> cpuSeconds() {
        Map<String, Double> seconds = new LinkedHashMap<>();
        seconds.put("service", new TreeCpu(service.pid()).seconds());
        seconds.put("postgres", new TreeCpu(services.postgres().process().pid()).seconds());
        seconds.put("redis", new TreeCpu(services.redis().process().pid()).seconds());
        seconds.put("kafka", new TreeCpu(services.kafka().process().pid()).seconds());
        return seconds;
    }

    /** A connection to its database; the caller closes it. */
    Connection database() throws SQLException {
        return DriverManager.getConnection(
                services.postgres().jdbcUrl(),
                services.postgres().user(),
                services.postgres().password());
    }

    /** Runs statements, one after the other. */
    void sql(String... statements) throws SQLException {
        try (Connection connection = database();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The one number that a query answers with. */
    long number(String query) throws SQLException {
        try (Connection connection = database();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            if (!row.next()) {
                throw new IllegalStateException("no row: " + query);
            }
            return row.getLong(1);
        }
    }

    /** GETs a path with the administrator's key; the body of a 200. */
    String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create(uri + path))
                        .timeout(TIMEOUT)
                        .header("X-Api-Key", KEY)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("GET " + path + " answered " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    /** The sum of a counter or gauge over its labels, by its name in Prometheus' text; 0 when it was never touched. */
    double metric(String name) throws IOException, InterruptedException {
        return get("/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Override
    public void close() {
        client.close();
    }
}
