package dev.casebook.backing;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL that answers: an embedded one or somebody's.
 *
 * <p>Thread-safe. {@link #close()} ends an embedded server and leaves an external one alone.
 */
public final class PostgresService implements AutoCloseable {
    /** What stands where a password would. */
    public static final String REDACTED = "***";

    private static final String OPTION = "--postgres";
    private static final String EXTERNAL_TIMEOUT_SECONDS = "10";

    private final String jdbcUrl;
    private final String user;
    private final String password;
    private final @Nullable Path passwordFile;
    private final @Nullable ServerProcess process;
    private final long openedInNanos;

    private PostgresService(
            String jdbcUrl,
            String user,
            String password,
            @Nullable Path passwordFile,
            @Nullable ServerProcess process,
            long beginNanos) {
        this.jdbcUrl = jdbcUrl;
        this.user = user;
        this.password = password;
        this.passwordFile = passwordFile;
        this.process = process;
        this.openedInNanos = System.nanoTime() - beginNanos;
    }

    /**
     * Returns when the server answers queries.
     *
     * @param setting {@code embedded}, {@code embedded:PORT} or {@code jdbc:postgresql://HOST:PORT/DATABASE?user=U&password=P}
     * @param dataDir where an embedded server keeps its data, in the folder {@code postgres}
     * @throws BackingServiceException if it can't be started or reached, with the reason and what to do
     */
    public static PostgresService open(String setting, Path dataDir) {
        long beginNanos = System.nanoTime();
        return switch (Setting.parse(OPTION, setting)) {
            case Setting.Embedded embedded -> {
                Started<PostgresServer> started = Started.in(dataDir, "postgres", embedded.port(), PostgresServer::in);
                String password = started.server().password();
                String url = PostgresServer.url(started.process().port(), PostgresServer.DATABASE) + "?user="
                        + PostgresServer.USER + "&password=" + password;
                yield new PostgresService(
                        url,
                        PostgresServer.USER,
                        password,
                        started.server().passwordFile(),
                        started.process(),
                        beginNanos);
            }
            case Setting.External external -> reach(external.address(), beginNanos);
        };
    }

    /** With user and password, so it is all a driver needs. */
    public String jdbcUrl() {
        return jdbcUrl;
    }

    public String user() {
        return user;
    }

    /** Empty if the URL has none: the server then trusts the user or asks {@code ~/.pgpass}. */
    public String password() {
        return password;
    }

    /** Where an embedded server's password lies, readable by its owner; empty for an external one. */
    public Optional<Path> passwordFile() {
        return Optional.ofNullable(passwordFile);
    }

    public boolean embedded() {
        return process != null;
    }

    /**
     * The process of an embedded server, to be hurt.
     *
     * @throws IllegalStateException if the server is not {@link #embedded()}
     */
    public ServerProcess process() {
        if (process == null) {
            throw new IllegalStateException("PostgreSQL is external: its process is not ours to touch");
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

    /** The URL with {@value #REDACTED} in place of a password. */
    @Override
    public String toString() {
        return redacted(jdbcUrl);
    }

    /**
     * The URL without its password as a quoted word of a shell: of an embedded server a shell reads it from its file, so that a command line
     * with this word works as it stands.
     */
    public String shellWord() {
        String url = toString();
        return "\"" + (passwordFile == null ? url : url.replace(REDACTED, "$(cat '" + passwordFile + "')")) + "\"";
    }

    private static PostgresService reach(String url, long beginNanos) {
        PostgresService service = parse(url, beginNanos);
        Properties limits = new Properties();
        limits.setProperty("connectTimeout", EXTERNAL_TIMEOUT_SECONDS);
        limits.setProperty("socketTimeout", EXTERNAL_TIMEOUT_SECONDS);
        try (Connection connection = DriverManager.getConnection(url, limits);
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        } catch (SQLException e) {
            throw new BackingServiceException(
                    "PostgreSQL at " + service + " can't be used: " + e.getMessage()
                            + " Check the address, user and password given to " + OPTION
                            + ", or leave it out to start an embedded server.",
                    e);
        }
        return service;
    }

    /** By the driver's own reading of the URL. */
    private static PostgresService parse(String url, long beginNanos) {
        String user = System.getProperty("user.name", "");
        String password = "";
        try {
            for (DriverPropertyInfo property : DriverManager.getDriver(url).getPropertyInfo(url, new Properties())) {
                if (property.value != null) {
                    switch (property.name) {
                        case "user" -> user = property.value;
                        case "password" -> password = property.value;
                        default -> {} // nothing a caller of this class asks for
                    }
                }
            }
        } catch (SQLException e) {
            throw new BackingServiceException(
                    OPTION + " " + redacted(url)
                            + ": neither \"embedded\" nor a URL like jdbc:postgresql://HOST:5432/DATABASE?user=USER&password=PASSWORD.",
                    e);
        }
        return new PostgresService(url, user, password, null, null, beginNanos);
    }

    private static String redacted(String url) {
        return url.replaceAll("(?<=[?&](?:ssl)?password=)[^&]*", REDACTED);
    }
}
