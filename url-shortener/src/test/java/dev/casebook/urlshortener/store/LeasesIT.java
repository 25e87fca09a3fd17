package dev.casebook.urlshortener.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.casebook.common.id.WorkerIdLeaseStore.Claim;
import dev.casebook.common.id.WorkerIdLeaseStore.Leased;
import dev.casebook.urlshortener.id.BlockLeases;
import dev.casebook.urlshortener.id.SequenceBlockGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeasesIT {
    private static final Duration LONG = Duration.ofHours(1);

    private Database database;

    @BeforeEach
    void open() {
        database = TestDatabase.open();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void blocksStartAtZeroAndDoNotOverlap() {
        BlockLeases leases = new PostgresBlockLeases(database, "n1");

        assertThat(IntStream.range(0, 3).mapToLong(i -> leases.leaseBlock())).containsExactly(0L, 1_000L, 2_000L);
    }

    @Test
    void aSequenceThatWasSetBackGivesNoBlockTwice() {
        BlockLeases leases = new PostgresBlockLeases(database, "n1");
        leases.leaseBlock();
        leases.leaseBlock();

        TestDatabase.execute(database, "SELECT setval('short_code_block_seq', 0, false)");

        assertThat(leases.leaseBlock()).isEqualTo(2_000);
    }

    @Test
    void nodesThatGenerateAtOnceNeverMakeTheSameCode() throws Exception {
        byte[] key = new PostgresInstallationSecrets(database, new SecureRandom()).secret("codes", 16);
        int nodes = 3;
        int threads = 8;
        int codesEach = 1_500;
        Set<String> codes = ConcurrentHashMap.newKeySet();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> done = new ArrayList<>();
            for (int node = 0; node < nodes; node++) {
                SequenceBlockGenerator generator =
                        new SequenceBlockGenerator(new PostgresBlockLeases(database, "n" + node), key, executor);
                for (int thread = 0; thread < threads; thread++) {
                    done.add(executor.submit(() -> {
                        for (int i = 0; i < codesEach; i++) {
                            codes.add(generator.next("", 0));
                        }
                    }));
                }
            }
            for (Future<?> each : done) {
                each.get();
            }
        }

        assertThat(codes).hasSize(nodes * threads * codesEach).allMatch(code -> code.matches("[0-9A-Za-z]{7}"));
    }

    @Test
    void secretsAreMadeOnceAndKept() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> secrets = IntStream.range(0, 16)
                    .mapToObj(i -> executor.submit(
                            () -> new PostgresInstallationSecrets(database, new SecureRandom()).secret("same", 16)))
                    .toList();
            byte[] first = secrets.getFirst().get();
            for (Future<byte[]> secret : secrets) {
                assertThat(secret.get()).isEqualTo(first);
            }
        }
        PostgresInstallationSecrets later = new PostgresInstallationSecrets(database, new SecureRandom());
        assertThat(later.secret("other", 16)).isNotEqualTo(later.secret("same", 16));
        assertThatThrownBy(() -> later.secret("same", 32)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nodesThatStartAtOnceGetDifferentWorkerIds() throws Exception {
        PostgresWorkerIdLeases leases = new PostgresWorkerIdLeases(database);
        List<Optional<Leased>> results = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<Leased>>> tries = IntStream.range(0, 12)
                    .mapToObj(i -> executor.submit(() -> leases.acquire(new Claim("n" + i, 0, 9, LONG, 1_000))))
                    .toList();
            for (Future<Optional<Leased>> each : tries) {
                results.add(each.get());
            }
        }

        assertThat(results.stream().flatMap(Optional::stream).map(Leased::workerId))
                .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(results).filteredOn(Optional::isEmpty).hasSize(2);
    }

    @Test
    void aSecondNodeWithTheSameWorkerIdIsRefused() {
        PostgresWorkerIdLeases leases = new PostgresWorkerIdLeases(database);
        Claim five = new Claim("first", 5, 5, LONG, 1_000);

        assertThat(leases.acquire(five)).contains(new Leased(5, 1, -1));
        assertThat(leases.acquire(new Claim("second", 5, 5, LONG, 1_000))).isEmpty();
    }

    @Test
    void aSuccessorGetsTheNextTokenAndStaysAboveAllThatWasGranted() {
        PostgresWorkerIdLeases leases = new PostgresWorkerIdLeases(database);
        Leased first = leases.acquire(new Claim("first", 1, 1, Duration.ofMillis(20), 1_000))
                .orElseThrow();
        assertThat(leases.renew(first, Duration.ofMillis(20), 2_000)).isTrue();

        Leased second = await().atMost(Duration.ofSeconds(20))
                .until(() -> leases.acquire(new Claim("second", 1, 1, LONG, 1_500)), Optional::isPresent)
                .orElseThrow();

        assertThat(second).isEqualTo(new Leased(1, 2, 2_000));
        assertThat(leases.renew(first, LONG, 9_000)).as("fenced off").isFalse();
        leases.release(first, 500);
        assertThat(leases.acquire(new Claim("third", 1, 1, LONG, 1)))
                .as("still the second's")
                .isEmpty();
        leases.release(second, 1_800);
        assertThat(leases.acquire(new Claim("third", 1, 1, LONG, 1))).contains(new Leased(1, 3, 1_800));
    }

    @Test
    void anExpiredLeaseThatNobodyTookCanBeRenewed() {
        PostgresWorkerIdLeases leases = new PostgresWorkerIdLeases(database);
        Leased leased = leases.acquire(new Claim("n", 2, 2, Duration.ofMillis(1), 1_000))
                .orElseThrow();

        assertThat(leases.renew(leased, LONG, 2_000)).isTrue();
        assertThat(leases.acquire(new Claim("other", 2, 2, LONG, 1))).isEmpty();
    }
}
