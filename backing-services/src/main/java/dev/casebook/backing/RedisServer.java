package dev.casebook.backing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * {@code redis-server} from the embedded-redis jar. Writes go to an append-only file that is forced to disk every second: after a crash of the
 * process nothing is missing, after one of the machine a second at most.
 */
final class RedisServer implements EmbeddedServer {
    private static final int ANSWER_TIMEOUT_MILLIS = 1_000;

    private final ServiceFolder folder;
    private final Path executable;

    private RedisServer(ServiceFolder folder, Path executable) {
        this.folder = folder;
        this.executable = executable;
    }

    static RedisServer in(ServiceFolder folder, BinaryCache cache) throws IOException {
        return new RedisServer(folder, cache.executable(binary(Platform.current()), "redis-server"));
    }

    @Override
    public String name() {
        return "Redis";
    }

    @Override
    public String option() {
        return "--redis";
    }

    @Override
    public void prepare(int port) throws IOException {
        Files.createDirectories(folder.data());
    }

    @Override
    public List<String> command(int port) {
        return List.of(
                executable.toString(),
                "--bind",
                ServiceFolder.HOST,
                "--port",
                Integer.toString(port),
                "--dir",
                folder.data().toString(),
                "--appendonly",
                "yes",
                "--appendfsync",
                "everysec",
                "--save",
                "",
                "--daemonize",
                "no");
    }

    @Override
    public Map<String, String> environment() {
        return Map.of("LC_ALL", "C");
    }

    @Override
    public String stopSignal() {
        return "TERM";
    }

    @Override
    public void ask(int port, long pid) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(ANSWER_TIMEOUT_MILLIS);
            socket.connect(
                    new InetSocketAddress(InetAddress.ofLiteral(ServiceFolder.HOST), port), ANSWER_TIMEOUT_MILLIS);
            socket.getOutputStream().write("PING\r\nINFO server\r\n".getBytes(StandardCharsets.US_ASCII));
            BufferedReader answers =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String pong = answers.readLine();
            if (!"+PONG".equals(pong)) { // "-LOADING" while it reads the append-only file
                throw new IOException("PING was answered by " + pong);
            }
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith("process_id:")) {
                    if (!line.equals("process_id:" + pid)) {
                        throw new IOException("another Redis is on port " + port + ": " + line);
                    }
                    return;
                }
            }
            throw new IOException("INFO has no process_id");
        }
    }

    private static String binary(Platform platform) {
        return switch (platform.os()) {
            case LINUX ->
                switch (platform.cpu()) {
                    case AMD64 -> "redis-server-6.2.6-v5-linux-amd64";
                    case ARM64 -> "redis-server-6.2.7-linux-arm64";
                };
            case MACOS ->
                switch (platform.cpu()) {
                    case AMD64 -> "redis-server-6.2.6-v5-darwin-amd64";
                    case ARM64 -> "redis-server-6.2.6-v5-darwin-arm64";
                };
        };
    }
}
