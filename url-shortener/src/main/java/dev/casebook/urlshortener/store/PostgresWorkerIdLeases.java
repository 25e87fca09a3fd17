package dev.casebook.urlshortener.store;

import dev.casebook.common.id.WorkerIdLeaseStore;
import dev.casebook.common.id.WorkerIdLeaseStoreException;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Worker-id leases as rows of {@code worker_id_leases}, judged by the database's clock alone. A worker id that was never
 * leased has no row; one statement inserts the lowest such id or takes over the lowest that has expired, and the primary
 * key decides between two nodes that try at once. Thread-safe.
 */
public final class PostgresWorkerIdLeases implements WorkerIdLeaseStore {
    /** Nodes that start together contend for one row; each round at least one of them wins. */
    private static final int ROUNDS_MAX = 1_024;

    private static final String CANDIDATE = """
            SELECT candidate FROM generate_series(?::int, ?::int) AS candidate
            LEFT JOIN worker_id_leases w ON w.worker_id = candidate
            WHERE w.worker_id IS NULL OR w.expires_at <= clock_timestamp()
            ORDER BY candidate LIMIT 1
            """;

    private static final String TAKE = """
            INSERT INTO worker_id_leases AS w (worker_id, owner, fencing_token, expires_at, issued_through_millis)
            VALUES (?, ?, 1, clock_timestamp() + ? * interval '1 millisecond', ?)
            ON CONFLICT (worker_id) DO UPDATE SET owner = EXCLUDED.owner, fencing_token = w.fencing_token + 1,
              expires_at = EXCLUDED.expires_at,
              issued_before_millis = w.issued_through_millis,
              issued_through_millis = greatest(w.issued_through_millis, EXCLUDED.issued_through_millis)
            WHERE w.expires_at <= clock_timestamp()
            RETURNING fencing_token, issued_before_millis
            """;

    private static final String RENEW = """
            UPDATE worker_id_leases SET expires_at = clock_timestamp() + ? * interval '1 millisecond',
              issued_through_millis = greatest(issued_through_millis, ?)
            WHERE worker_id = ? AND fencing_token = ?
            """;

    private static final String RELEASE = """
            UPDATE worker_id_leases SET expires_at = clock_timestamp(), issued_through_millis = ?
            WHERE worker_id = ? AND fencing_token = ?
            """;

    private final Database database;

    /** Leases worker ids of a database. */
    public PostgresWorkerIdLeases(Database database) {
        this.database = database;
    }

    @Override
    public Optional<Leased> acquire(Claim claim) {
        return reaching(() -> database.statement("acquireWorkerId", connection -> {
            try (PreparedStatement candidates = connection.prepareStatement(CANDIDATE);
                    PreparedStatement take = connection.prepareStatement(TAKE)) {
                candidates.setInt(1, claim.workerIdMin());
                candidates.setInt(2, claim.workerIdMax());
                take.setString(2, claim.owner());
                take.setLong(3, claim.timeToLive().toMillis());
                take.setLong(4, claim.issueThroughMillis());
                for (int round = 0; round < ROUNDS_MAX; round++) {
                    int workerId;
                    try (ResultSet row = candidates.executeQuery()) {
                        if (!row.next()) {
                            return Optional.empty();
                        }
                        workerId = row.getInt(1);
                    }
                    take.setInt(1, workerId);
                    try (ResultSet row = take.executeQuery()) {
                        if (row.next()) {
                            return Optional.of(new Leased(
                                    workerId, row.getLong("fencing_token"), row.getLong("issued_before_millis")));
                        }
                    }
                }
                throw new IllegalStateException("lost " + ROUNDS_MAX + " races for a worker id");
            }
        }));
    }

    @Override
    public boolean renew(Leased leased, Duration timeToLive, long issueThroughMillis) {
        return reaching(() -> database.statement("renewWorkerId", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(RENEW)) {
                statement.setLong(1, timeToLive.toMillis());
                statement.setLong(2, issueThroughMillis);
                statement.setInt(3, leased.workerId());
                statement.setLong(4, leased.fencingToken());
                return statement.executeUpdate() == 1;
            }
        }));
    }

    @Override
    public void release(Leased leased, long issuedThroughMillis) {
        reaching(() -> database.statement("releaseWorkerId", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(RELEASE)) {
                statement.setLong(1, issuedThroughMillis);
                statement.setInt(2, leased.workerId());
                statement.setLong(3, leased.fencingToken());
                return statement.executeUpdate();
            }
        }));
    }

    private static <T> T reaching(Supplier<T> call) {
        try {
            return call.get();
        } catch (LinkStoreUnavailableException unavailable) {
            throw new WorkerIdLeaseStoreException(String.valueOf(unavailable.getMessage()), unavailable);
        }
    }
}
