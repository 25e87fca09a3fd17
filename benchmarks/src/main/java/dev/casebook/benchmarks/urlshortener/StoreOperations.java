package dev.casebook.benchmarks.urlshortener;

import dev.casebook.backing.BackingServices;
import dev.casebook.benchmarks.lab.LabContext;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Redis and PostgreSQL themselves say they were asked, so that nobody has to believe the service's own meters. */
final class StoreOperations {
    /** The heartbeats of every node, and this class. */
    private static final Set<String> NOT_FOR_REDIRECTS = Set.of("ping", "unlink", "info", "scan");

    private static final int KEYS_A_SCAN = 1_000;
    private static final Pattern COMMAND = Pattern.compile("cmdstat_([^:]+):calls=(\\d+)");

    private final StatefulRedisConnection<String, String> redis;
    private final Connection postgres;

    private StoreOperations(StatefulRedisConnection<String, String> redis, Connection postgres) {
        this.redis = redis;
        this.postgres = postgres;
    }

    static StoreOperations watch(LabContext context, BackingServices services) throws SQLException {
        RedisClient client = RedisClient.create(services.redis().uri());
        context.own(client::shutdown);
        return new StoreOperations(
                context.own(client.connect()),
                context.own(DriverManager.getConnection(
                        services.postgres().jdbcUrl(),
                        services.postgres().user(),
                        services.postgres().password())));
    }

    /** Commands that Redis has executed, heartbeats apart. */
    long redisCommands() {
        Matcher command = COMMAND.matcher(redis.sync().info("commandstats"));
        long sum = 0;
        while (command.find()) {
            sum += NOT_FOR_REDIRECTS.contains(command.group(1)) ? 0 : Long.parseLong(command.group(2));
        }
        return sum;
    }

    /** Has Redis remove every key that has expired: it does so where it meets one, and left to itself with no hurry. */
    void removeExpired() {
        KeyScanCursor<String> cursor = redis.sync().scan(ScanArgs.Builder.limit(KEYS_A_SCAN));
        while (!cursor.isFinished()) {
            cursor = redis.sync().scan(cursor, ScanArgs.Builder.limit(KEYS_A_SCAN));
        }
    }

    /** Rows of the table of links that PostgreSQL has read; may lag by a second. */
    long linkRowsRead() throws SQLException {
        try (Statement statement = postgres.createStatement();
                ResultSet row = statement.executeQuery("SELECT seq_tup_read + coalesce(idx_tup_fetch, 0)"
                        + " FROM pg_stat_user_tables WHERE relname = 'links'")) {
            row.next();
            return row.getLong(1);
        }
    }
}
