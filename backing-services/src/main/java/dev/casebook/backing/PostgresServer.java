package dev.casebook.backing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * PostgreSQL from the Zonky binaries.
 *
 * <p>Everything that makes a commit durable is as PostgreSQL ships it ({@code fsync}, {@code synchronous_commit}, {@code full_page_writes}).
 * The cluster is made once by {@code initdb} in a folder that gets its name {@code data} last, so that an {@code initdb} that was cut off
 * leaves nothing that looks like a cluster. The superuser's password is random and lies beside the data, readable by the owner: other users
 * of the machine reach the port but not the data.
 */
final class PostgresServer implements EmbeddedServer {
    static final String USER = "casebook";
    static final String DATABASE = "casebook";

    private static final Duration INITDB_TIMEOUT = Duration.ofMinutes(2);
    private static final int PASSWORD_BYTES = 16;
    private static final List<String> SETTINGS = List.of(
            "listen_addresses=" + ServiceFolder.HOST,
            "unix_socket_directories=",
            "max_connections=200",
            "shared_buffers=256MB",
            "log_checkpoints=off",
            // After a crash every file is to be forced to disk: one call for the file system instead of one for each
            // file.
            "recovery_init_sync_method=" + (Platform.current().os() == Platform.Os.LINUX ? "syncfs" : "fsync"));

    private final ServiceFolder folder;
    private final Path bin;
    private final UnprivilegedUser user;
    private final String password;

    private PostgresServer(ServiceFolder folder, Path bin, UnprivilegedUser user, String password) {
        this.folder = folder;
        this.bin = bin;
        this.user = user;
        this.password = password;
    }

    static PostgresServer in(ServiceFolder folder, BinaryCache cache) throws IOException {
        Platform platform = Platform.current();
        Path bin = cache.unpacked(binaries(platform), "postgresql").resolve("bin");
        Path owned = Files.exists(folder.data()) ? folder.data() : folder.path();
        UnprivilegedUser user = UnprivilegedUser.forDataIn(owned, platform);
        return new PostgresServer(folder, bin, user, password(folder));
    }

    String password() {
        return password;
    }

    Path passwordFile() {
        return passwordFile(folder);
    }

    @Override
    public String name() {
        return "PostgreSQL";
    }

    @Override
    public String option() {
        return "--postgres";
    }

    @Override
    public void prepare(int port) throws IOException {
        if (!Files.exists(folder.data())) {
            initialise();
        }
        user.own(folder.data());
    }

    @Override
    public List<String> command(int port) {
        List<String> command = new ArrayList<>(List.of(
                bin.resolve("postgres").toString(), "-D", folder.data().toString(), "-p", Integer.toString(port)));
        for (String setting : SETTINGS) {
            command.add("-c");
            command.add(setting);
        }
        return user.wrap(command);
    }

    @Override
    public Map<String, String> environment() {
        return Map.of("LC_ALL", "C", "PGDATA", "", "PGPORT", "", "PGOPTIONS", "", "PGTZ", "", "PGDATESTYLE", "");
    }

    @Override
    public String stopSignal() {
        return "INT"; // "fast shutdown": open transactions are rolled back, connections closed
    }

    /** A killed postmaster's processes notice its end only a little later, and until then its successor refuses to touch the data. */
    @Override
    public boolean awaitsEndOfPredecessor(List<String> lastLines) {
        return lastLines.stream()
                .anyMatch(line -> line.contains("pre-existing shared memory block")
                        || line.contains("lock file \"postmaster.pid\" already exists"));
    }

    @Override
    public void ask(int port, long pid) throws SQLException {
        // Another cluster on this port would not know the password.
        try (Connection connection = DriverManager.getConnection(url(port, "postgres"), USER, password);
                Statement statement = connection.createStatement()) {
            boolean exists;
            try (ResultSet row =
                    statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
                exists = row.next();
            }
            if (!exists) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
        }
    }

    static String url(int port, String database) {
        return "jdbc:postgresql://" + ServiceFolder.HOST + ":" + port + "/" + database;
    }

    private void initialise() throws IOException {
        Path fresh = folder.path().resolve("data.new");
        FileTrees.delete(fresh);
        Files.createDirectory(
                fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        user.own(fresh);
        initdb(List.of(
                "--pgdata=" + fresh,
                "--username=" + USER,
                "--pwfile=" + passwordFile(),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                "--lc-collate=C",
                "--lc-ctype=C",
                "--lc-messages=C",
                "--no-instructions",
                "--sync-method=" + (Platform.current().os() == Platform.Os.LINUX ? "syncfs" : "fsync")));
        Files.move(fresh, folder.data());
    }

    private void initdb(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(bin.resolve("initdb").toString()));
        command.addAll(arguments);
        long logOffset = folder.beginLog();
        GuardedProcess process =
                GuardedProcess.start(user.wrap(command), environment(), folder.path(), folder.log(), "TERM");
        boolean ended = process.awaitExit(INITDB_TIMEOUT);
        if (!ended) {
            process.signalTree("KILL");
        }
        if (!ended || process.exitValue() != 0) {
            throw folder.failure(
                    "initdb made no PostgreSQL data folder: "
                            + (ended
                                    ? "status " + process.exitValue()
                                    : "not done after " + INITDB_TIMEOUT.toSeconds() + " s"),
                    option(),
                    logOffset);
        }
    }

    private static Path passwordFile(ServiceFolder folder) {
        return folder.path().resolve("password");
    }

    private static String password(ServiceFolder folder) throws IOException {
        Path file = passwordFile(folder);
        if (!Files.exists(file)) {
            if (Files.exists(folder.data())) {
                throw new BackingServiceException("The password of PostgreSQL's data is missing: " + file
                        + ". Put it back, or delete " + folder.data() + " to begin anew.");
            }
            byte[] bytes = new byte[PASSWORD_BYTES];
            new SecureRandom().nextBytes(bytes);
            Path fresh = folder.path().resolve("password.new");
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, HexFormat.of().formatHex(bytes));
            Files.move(fresh, file);
        }
        return Files.readString(file).strip();
    }

    private static String binaries(Platform platform) {
        String os = switch (platform.os()) {
            case LINUX -> "linux";
            case MACOS -> "darwin";
        };
        String cpu = switch (platform.cpu()) {
            case AMD64 -> "x86_64";
            case ARM64 -> "arm_64";
        };
        return "postgres-" + os + "-" + cpu + ".txz";
    }
}
