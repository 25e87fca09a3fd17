package dev.casebook.urlshortener.store;

import dev.casebook.urlshortener.id.BlockLeases;
import java.sql.PreparedStatement;
import java.sql.ResultSet;

/**
 * Blocks of counters from a PostgreSQL sequence, which gives each value once whatever becomes of the transaction that asked.
 * The lease is written down too: should the sequence be set back by a bad restore, the primary key refuses blocks that
 * were leased before, and the next value is tried. Thread-safe.
 */
public final class PostgresBlockLeases implements BlockLeases {
    /** Values skipped in one call when the sequence has been set back; further calls go on from there. */
    private static final int SKIPS_MAX = 1_000;

    private static final String LEASE = """
            INSERT INTO short_code_blocks (first_counter, node_id) VALUES (nextval('short_code_block_seq'), ?)
            ON CONFLICT (first_counter) DO NOTHING RETURNING first_counter
            """;

    private final Database database;
    private final String nodeId;

    /**
     * Leases blocks for a node.
     *
     * @param nodeId written beside the lease, for operators
     */
    public PostgresBlockLeases(Database database, String nodeId) {
        this.database = database;
        this.nodeId = nodeId;
    }

    @Override
    public long leaseBlock() {
        return database.statement("leaseBlock", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(LEASE)) {
                statement.setString(1, nodeId);
                for (int skips = 0; skips <= SKIPS_MAX; skips++) {
                    try (ResultSet row = statement.executeQuery()) {
                        if (row.next()) {
                            return row.getLong(1);
                        }
                    }
                }
                throw new IllegalStateException(
                        "short_code_block_seq was set back by more than " + SKIPS_MAX + " blocks");
            }
        });
    }
}
