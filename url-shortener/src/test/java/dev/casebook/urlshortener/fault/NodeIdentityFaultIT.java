package dev.casebook.urlshortener.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes that want to be the same one. */
class NodeIdentityFaultIT {
    @TempDir
    private Path folder;

    private final Api api = new Api();
    private Installation installation;

    @BeforeEach
    void open() {
        installation = Installation.onSharedServers(folder);
    }

    @AfterEach
    void close() {
        installation.close();
        api.close();
    }

    @Test
    void aSecondNodeOfOneIdRefusesToStartUntilTheFirstIsKilled() throws Exception {
        NodeProcess first = installation.launch("one");

        NodeProcess second = installation.spawn(Map.of(), "another-machine", "one");

        assertThat(second.awaitExit()).isEqualTo(1);
        assertThat(second.output())
                .contains("Node id 'one' is in use by another running node (at 127.0.0.1, since ", "--node-id");
        assertThat(api.get(first.uri(), "/health/ready").statusCode()).isEqualTo(200);

        first.kill();
        NodeProcess successor = installation.launch("one");
        assertThat(api.get(successor.uri(), "/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void aSnowflakeNodeRefusesToStartWhenEveryWorkerIdIsLeased() throws Exception {
        NodeProcess migrating = installation.launch("one", "--id-strategy", "snowflake");
        assertThat(installation.number("SELECT count(*) FROM worker_id_leases WHERE expires_at > now()"))
                .isEqualTo(1);
        long leased = installation.number("SELECT worker_id FROM worker_id_leases");
        installation.execute("INSERT INTO worker_id_leases (worker_id, owner, fencing_token, expires_at,"
                + " issued_through_millis) SELECT n, 'elsewhere', 1, now() + interval '10 minutes', 0"
                + " FROM generate_series(0, 1023) AS n WHERE n <> " + leased);

        NodeProcess second = installation.spawn(Map.of(), "data", "two", "--id-strategy", "snowflake");

        assertThat(second.awaitExit()).isEqualTo(1);
        assertThat(second.output()).contains("every worker id from 0 to 1023 is leased by another node");
        assertThat(migrating.isAlive()).isTrue();
    }
}
