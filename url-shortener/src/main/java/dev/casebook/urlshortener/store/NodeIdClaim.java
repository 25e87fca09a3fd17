package dev.casebook.urlshortener.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.casebook.common.hash.Xxh3;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Properties;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node's claim to its name. Two nodes of one name would take turns in throwing each other out of the aggregators' group, and the
 * statistics would stop when the last one that was let in is stopped; so the second one does not start.
 *
 * <p>The claim is a session-level advisory lock of PostgreSQL on a connection of its own. The server drops it the moment the connection ends, so
 * a killed node's name is free at once and there is no lease to wait for. A machine that vanishes without closing its connections is found out by
 * keepalives in about {@link #DEAD_PEER_SECONDS} seconds. When the connection breaks (a restart of PostgreSQL) the claim is made again; should another node have
 * been faster, this one goes on serving and says so in the log until it gets the name back.
 *
 * <p>All work after {@link #acquire} happens on the scheduler's thread, which it may block for {@link #SOCKET_SECONDS} s.
 */
public final class NodeIdClaim implements AutoCloseable {
    /** How long a start waits for a predecessor that is just ending. */
    static final Duration PREDECESSOR_MAX = Duration.ofSeconds(3);

    private static final int DEAD_PEER_SECONDS = 10;
    private static final int SOCKET_SECONDS = 2;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(NodeIdClaim.class);

    private static final String TRY_LOCK = "SELECT pg_try_advisory_lock(?)";

    private static final String HOLDER = """
            SELECT a.backend_start, coalesce(host(a.client_addr), 'a local socket')
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND (l.classid::bigint << 32 | l.objid::bigint) = ?
            """;

    private final String jdbcUrl;
    private final Properties login = new Properties();
    private final String nodeId;
    private final long key;
    private final ScheduledFuture<?> checks;
    private Connection connection;
    private boolean closed;

    private NodeIdClaim(
            String jdbcUrl,
            String user,
            String password,
            String namespace,
            String nodeId,
            ScheduledExecutorService scheduler)
            throws SQLException, InterruptedException {
        this.jdbcUrl = jdbcUrl;
        this.nodeId = nodeId;
        key = Xxh3.hash64((namespace + "node/" + nodeId).getBytes(UTF_8));
        login.setProperty("user", user);
        login.setProperty("password", password);
        login.setProperty("ApplicationName", "casebook url-shortener node " + nodeId);
        login.setProperty("connectTimeout", Integer.toString(SOCKET_SECONDS));
        login.setProperty("socketTimeout", Integer.toString(SOCKET_SECONDS));
        login.setProperty(
                "options",
                "-c tcp_keepalives_idle=" + DEAD_PEER_SECONDS / 2 + " -c tcp_keepalives_interval=1"
                        + " -c tcp_keepalives_count=" + DEAD_PEER_SECONDS / 2);
        connection = connect();
        boolean claimed = false;
        try {
            claim();
            claimed = true;
        } finally {
            if (!claimed) {
                connection.close();
            }
        }
        checks = scheduler.scheduleWithFixedDelay(
                this::check, CHECK_INTERVAL.toMillis(), CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Claims a name, waiting a moment for a predecessor that is just ending.
     *
     * @param namespace of the installation
     * @param scheduler looks after the claim; stays the caller's
     * @throws NodeIdTakenException when another running node has the name
     * @throws LinkStoreUnavailableException when the database does not answer
     */
    public static NodeIdClaim acquire(
            String jdbcUrl,
            String user,
            String password,
            String namespace,
            String nodeId,
            ScheduledExecutorService scheduler)
            throws InterruptedException {
        try {
            return new NodeIdClaim(jdbcUrl, user, password, namespace, nodeId, scheduler);
        } catch (SQLException failure) {
            throw SqlFailures.translate("claimNodeId", failure);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl, login);
    }

    private void claim() throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + PREDECESSOR_MAX.toNanos();
        while (!tryLock(connection)) {
            if (System.nanoTime() - deadline > 0) {
                throw new NodeIdTakenException("Node id '" + nodeId + "' is in use by another running node" + holder()
                        + ". Give each node an id of its own with --node-id.");
            }
            Thread.sleep(POLL);
        }
    }

    private boolean tryLock(Connection on) throws SQLException {
        try (PreparedStatement lock = on.prepareStatement(TRY_LOCK)) {
            lock.setLong(1, key);
            try (ResultSet row = lock.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private String holder() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(HOLDER)) {
            select.setLong(1, key);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return "";
                }
                Instant since = row.getObject(1, OffsetDateTime.class).toInstant();
                return " (at " + row.getString(2) + ", since " + since.truncatedTo(ChronoUnit.SECONDS) + ")";
            }
        }
    }

    private synchronized void check() {
        if (closed) {
            return;
        }
        try {
            if (connection.isValid(SOCKET_SECONDS)) {
                return;
            }
            connection.close();
            connection = connect();
        } catch (SQLException away) {
            LOG.debug("the claim to node id {} waits for the database: {}", nodeId, away.getMessage());
            return;
        }
        reclaim();
    }

    /** A connection without the lock is of no use and would look alive at the next check, so it is not kept. */
    private void reclaim() {
        @Nullable Exception failure = null;
        try {
            if (tryLock(connection)) {
                return;
            }
            LOG.error("another node has taken the node id '{}' while the database was away: stop one of them", nodeId);
        } catch (SQLException e) {
            failure = e;
        }
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("closing a connection failed", e);
        }
        if (failure != null) {
            LOG.debug("the claim to node id {} could not be made again", nodeId, failure);
        }
    }

    @Override
    public synchronized void close() throws SQLException {
        closed = true;
        checks.cancel(false);
        connection.close();
    }
}
