package dev.casebook.urlshortener.analytics.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.common.permute.SipHash;
import dev.casebook.urlshortener.analytics.AnalyticsDatabase;
import dev.casebook.urlshortener.analytics.Click;
import dev.casebook.urlshortener.analytics.Clicks;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** The life of a day's salt on a real PostgreSQL: drawn once for all nodes, in use from midnight to midnight UTC, and then gone for good. */
class DailySaltsIT {
    private static final Instant MIDNIGHT = Instant.parse("2026-11-22T00:00:00Z");
    private static final Instant LAST_OF_YESTERDAY = MIDNIGHT.minusMillis(1);
    private static final Instant SKEW_IS_OVER = MIDNIGHT.plus(DailySalts.CLOCK_SKEW_MAX);
    /** The port of the TCP multiplexer, which nothing has listened on for decades: connections are refused. */
    private static final String NOBODY = "jdbc:postgresql://127.0.0.1:1/none?connectTimeout=5";

    private AnalyticsDatabase database;

    @BeforeEach
    void makeTables() throws Exception {
        database = AnalyticsDatabase.fresh();
    }

    @Test
    void theSaltChangesAtMidnightUtcAndNoClickWaitsForARefresh() {
        Node node = new Node();
        node.refreshAt(MIDNIGHT.minusSeconds(30));

        long firstOfToday = node.hashAt(MIDNIGHT);
        assertThat(node.hashAt(LAST_OF_YESTERDAY)).isEqualTo(node.hashAt(MIDNIGHT.minus(Duration.ofDays(1))));
        assertThat(firstOfToday).isNotEqualTo(node.hashAt(LAST_OF_YESTERDAY));

        node.refreshAt(MIDNIGHT.plusSeconds(30));
        assertThat(node.hashAt(MIDNIGHT)).isEqualTo(firstOfToday);
        assertThat(node.hashAt(MIDNIGHT.plus(Duration.ofDays(1)).minusMillis(1)))
                .isEqualTo(firstOfToday);
        assertThat(node.salts.localDays()).isZero();
    }

    @Test
    void yesterdaysRowIsDeletedAsSoonAsNoClockCanShowYesterday() throws Exception {
        Node node = new Node();
        node.refreshAt(LAST_OF_YESTERDAY);
        Map<String, List<Byte>> before = table();
        assertThat(before.keySet()).containsExactly("2026-11-21", "2026-11-22");

        node.refreshAt(MIDNIGHT);
        assertThat(table().keySet()).containsExactly("2026-11-21", "2026-11-22", "2026-11-23");
        node.refreshAt(SKEW_IS_OVER.minusMillis(1));
        assertThat(table()).containsAllEntriesOf(before);

        node.refreshAt(SKEW_IS_OVER);
        assertThat(table().keySet()).containsExactly("2026-11-22", "2026-11-23");
        assertThat(table().get("2026-11-22")).isEqualTo(before.get("2026-11-22"));
    }

    @Test
    void nodesThatAskAtTheSameMomentShareTheSalts() throws Exception {
        int nodeCount = 8;
        CyclicBarrier together = new CyclicBarrier(nodeCount);
        List<Callable<Node>> starts = new ArrayList<>();
        for (int i = 0; i < nodeCount; i++) {
            starts.add(() -> {
                Node node = new Node();
                together.await();
                node.refreshAt(MIDNIGHT.minusSeconds(1));
                return node;
            });
        }
        List<Node> nodes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Node> start : threads.invokeAll(starts)) {
                nodes.add(start.get());
            }
        }

        assertThat(nodes)
                .extracting(node -> node.hashAt(LAST_OF_YESTERDAY))
                .containsOnly(nodes.getFirst().hashAt(LAST_OF_YESTERDAY));
        assertThat(nodes)
                .extracting(node -> node.hashAt(MIDNIGHT))
                .containsOnly(nodes.getFirst().hashAt(MIDNIGHT));
        assertThat(nodes).allMatch(node -> node.salts.localDays() == 0);
        assertThat(table()).hasSize(2);
    }

    @Test
    void nodesWhoseClocksDifferShareTheSaltsOfBothDays() {
        Node ahead = new Node();
        Node behind = new Node();
        behind.refreshAt(MIDNIGHT.minusSeconds(1));
        ahead.refreshAt(SKEW_IS_OVER.minusSeconds(2));
        behind.refreshAt(MIDNIGHT.minusSeconds(1));

        assertThat(behind.hashAt(LAST_OF_YESTERDAY)).isEqualTo(ahead.hashAt(LAST_OF_YESTERDAY));
        assertThat(behind.hashAt(MIDNIGHT)).isEqualTo(ahead.hashAt(MIDNIGHT));
        assertThat(behind.salts.localDays() + ahead.salts.localDays()).isZero();
    }

    @Test
    void afterTheDeletionNobodyCanReproduceAHash() throws Exception {
        Node node = new Node();
        node.refreshAt(MIDNIGHT.minus(Duration.ofHours(6)));
        long recorded = node.hashAt(LAST_OF_YESTERDAY);
        assertThat(hashesUnderTheSaltsOf(table()))
                .as("whoever has the table can try addresses out while the day lasts")
                .contains(recorded);

        node.refreshAt(MIDNIGHT);
        node.refreshAt(SKEW_IS_OVER);

        assertThat(hashesUnderTheSaltsOf(table()))
                .as("whoever has the table afterwards")
                .isNotEmpty()
                .doesNotContain(recorded);
        assertThat(node.hashAt(LAST_OF_YESTERDAY)).as("the node itself").isNotEqualTo(recorded);
        Node restarted = new Node();
        restarted.refreshAt(SKEW_IS_OVER);
        assertThat(restarted.hashAt(LAST_OF_YESTERDAY)).as("a new node").isNotEqualTo(recorded);
        Node lost = new Node();
        lost.refreshAt(LAST_OF_YESTERDAY);
        assertThat(lost.hashAt(LAST_OF_YESTERDAY))
                .as("a node whose clock stands still at yesterday")
                .isNotEqualTo(recorded);
    }

    @Test
    void theBytesOfADeletedSaltAreNotInTheTablesFileEither() throws Exception {
        Node node = new Node();
        node.refreshAt(MIDNIGHT.minus(Duration.ofHours(6)));
        byte[] salt = saltOf("2026-11-21");
        assertThat(isInTheFile(salt)).as("while it is in use").isTrue();

        node.refreshAt(MIDNIGHT);
        node.refreshAt(SKEW_IS_OVER);

        assertThat(isInTheFile(salt)).isFalse();
        assertThat(isInTheFile(saltOf("2026-11-22"))).isTrue();
    }

    /** A row that an older transaction may still see is carried along by a full vacuum. */
    @Test
    void anOldSnapshotDoesNotKeepADeletedSalt() throws Exception {
        Node node = new Node();
        node.refreshAt(LAST_OF_YESTERDAY);
        byte[] salt = saltOf("2026-11-21");
        try (Connection report = database.dataSource().getConnection();
                Statement reads = report.createStatement()) {
            report.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            report.setAutoCommit(false);
            reads.execute("SELECT count(*) FROM click_totals");

            node.refreshAt(SKEW_IS_OVER);

            assertThat(isInTheFile(salt)).isFalse();
            assertThat(table().keySet()).containsExactly("2026-11-22", "2026-11-23");
        }
    }

    @Test
    void aTableThatABackupReadsIsWrittenAnewWhenTheBackupIsOver() throws Exception {
        Node node = new Node();
        node.refreshAt(LAST_OF_YESTERDAY);
        byte[] salt = saltOf("2026-11-21");
        try (Connection backup = database.dataSource().getConnection();
                Statement reads = backup.createStatement()) {
            backup.setAutoCommit(false);
            reads.execute("LOCK TABLE visitor_salts IN ACCESS SHARE MODE");

            node.now = SKEW_IS_OVER;
            assertThat(node.salts.refresh()).isFalse();
            assertThat(table().keySet()).containsExactly("2026-11-22", "2026-11-23");
            assertThat(node.hashAt(MIDNIGHT)).as("is known all the same").isEqualTo(node.hashAt(SKEW_IS_OVER));
            assertThat(node.salts.localDays()).isZero();
            assertThat(isInTheFile(salt)).isTrue();
        }

        node.refreshAt(SKEW_IS_OVER.plusSeconds(60));

        assertThat(isInTheFile(salt)).isFalse();
    }

    @Test
    void withoutTheDatabaseADayHasASaltOfItsOwnToo() {
        PGSimpleDataSource away = new PGSimpleDataSource();
        away.setURL(NOBODY);
        Node node = new Node(away);
        node.now = LAST_OF_YESTERDAY;
        assertThat(node.salts.refresh()).isFalse();

        long yesterday = node.hashAt(LAST_OF_YESTERDAY);
        long today = node.hashAt(MIDNIGHT);
        assertThat(today).isNotEqualTo(yesterday);
        node.now = SKEW_IS_OVER.minusMillis(1);
        assertThat(node.salts.refresh()).isFalse();
        assertThat(node.hashAt(LAST_OF_YESTERDAY)).isEqualTo(yesterday);
        assertThat(node.hashAt(MIDNIGHT)).isEqualTo(today);
        assertThat(node.salts.localDays()).isEqualTo(4);

        node.now = SKEW_IS_OVER;
        assertThat(node.salts.refresh()).isFalse();
        assertThat(node.hashAt(MIDNIGHT)).isEqualTo(today);
        assertThat(node.hashAt(LAST_OF_YESTERDAY)).as("the day is over").isNotEqualTo(yesterday);
    }

    @Test
    void aNodeForgetsADayThatIsOverThoughTheDatabaseIsAway() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(database.url());
        Node node = new Node(source);
        node.refreshAt(LAST_OF_YESTERDAY);
        long yesterday = node.hashAt(LAST_OF_YESTERDAY);
        long today = node.hashAt(MIDNIGHT);
        source.setURL(NOBODY);

        node.now = SKEW_IS_OVER;
        assertThat(node.salts.refresh()).isFalse();

        assertThat(node.hashAt(MIDNIGHT)).isEqualTo(today);
        assertThat(node.salts.localDays()).isZero();
        assertThat(node.hashAt(LAST_OF_YESTERDAY)).isNotEqualTo(yesterday);
    }

    /** One visitor of one link. */
    private static Click clickAt(Instant at) {
        return Clicks.click(1, at.toEpochMilli(), 9, Clicks.FIREFOX, "", "");
    }

    private Map<String, List<Byte>> table() throws SQLException {
        Map<String, List<Byte>> salts = new TreeMap<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement select = connection.createStatement();
                ResultSet rows = select.executeQuery("SELECT day::text, salt FROM visitor_salts")) {
            while (rows.next()) {
                List<Byte> salt = new ArrayList<>();
                for (byte b : rows.getBytes(2)) {
                    salt.add(b);
                }
                salts.put(rows.getString(1), salt);
            }
        }
        return salts;
    }

    private byte[] saltOf(String day) throws SQLException {
        return bytes(Objects.requireNonNull(table().get(day)));
    }

    private static byte[] bytes(List<Byte> salt) {
        byte[] bytes = new byte[salt.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = salt.get(i);
        }
        return bytes;
    }

    private static List<Long> hashesUnderTheSaltsOf(Map<String, List<Byte>> table) {
        return table.values().stream()
                .map(salt -> new VisitorHasher(day -> new SipHash(bytes(salt))).hash(clickAt(LAST_OF_YESTERDAY)))
                .toList();
    }

    private boolean isInTheFile(byte[] salt) throws SQLException {
        database.execute("CHECKPOINT");
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT position(? IN pg_read_binary_file(pg_relation_filepath('visitor_salts'))) > 0")) {
            select.setBytes(1, salt);
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                return rows.getBoolean(1);
            }
        }
    }

    /** A node's salts, with its own clock. */
    private final class Node {
        final DailySalts salts;
        private final VisitorHasher hasher;
        private volatile Instant now = MIDNIGHT;

        Node() {
            this(database.dataSource());
        }

        Node(DataSource dataSource) {
            salts = new DailySalts(dataSource, () -> now, new SecureRandom());
            hasher = new VisitorHasher(salts::saltOf);
        }

        void refreshAt(Instant moment) {
            now = moment;
            assertThat(salts.refresh()).isTrue();
        }

        long hashAt(Instant click) {
            return hasher.hash(clickAt(click));
        }
    }
}
