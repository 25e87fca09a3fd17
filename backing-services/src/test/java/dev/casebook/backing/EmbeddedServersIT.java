package dev.casebook.backing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServersIT {
    @TempDir
    Path dataDir;

    @Test
    void dataAndAddressesSurviveARestartOfAllThree() throws Exception {
        String jdbcUrl;
        String redisUri;
        String bootstrapServers;
        try (BackingServices services = startAll()) {
            jdbcUrl = services.postgres().jdbcUrl();
            redisUri = services.redis().uri();
            bootstrapServers = services.kafka().bootstrapServers();
            Clients.execute(jdbcUrl, "CREATE TABLE kept AS SELECT 'row' AS value");
            Clients.redis(redisUri, Clients.TIMEOUT, redis -> redis.set("kept", "entry"));
            Clients.createTopic(bootstrapServers, "kept");
            Clients.produce(bootstrapServers, "kept", "record");
        }

        try (BackingServices services = startAll()) {
            assertThat(services.postgres().jdbcUrl()).isEqualTo(jdbcUrl);
            assertThat(services.redis().uri()).isEqualTo(redisUri);
            assertThat(services.kafka().bootstrapServers()).isEqualTo(bootstrapServers);
            assertThat(Clients.query(jdbcUrl, "SELECT value FROM kept")).isEqualTo("row");
            assertThat(Clients.redis(redisUri, Clients.TIMEOUT, redis -> redis.get("kept")))
                    .isEqualTo("entry");
            assertThat(Clients.consume(bootstrapServers, "kept")).containsExactly("record");
        }
    }

    @Test
    void postgresCommitsDurablyAndListensOnTheLoopbackInterfaceAlone() throws Exception {
        try (PostgresService postgres = PostgresService.open("embedded", dataDir)) {
            String url = postgres.jdbcUrl();

            assertThat(Clients.query(url, "SHOW fsync")).isEqualTo("on");
            assertThat(Clients.query(url, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(Clients.query(url, "SHOW full_page_writes")).isEqualTo("on");
            assertThat(Clients.query(url, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void postgresAdmitsNobodyWithoutThePassword() {
        try (PostgresService postgres = PostgresService.open("embedded", dataDir)) {
            String withoutPassword = postgres.jdbcUrl().replaceAll("password=[^&]*", "password=guess");

            assertThatThrownBy(() -> Clients.query(withoutPassword, "SELECT 1"))
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void onlyWhatWasAskedForStarts() {
        try (BackingServices services =
                BackingServices.builder(dataDir).redis("embedded").start()) {
            assertThat(dataDir.resolve("redis/data")).isDirectory();
            assertThat(dataDir.resolve("postgres")).doesNotExist();
            assertThat(dataDir.resolve("kafka")).doesNotExist();
            assertThatThrownBy(services::kafka).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void whenOneCannotStartTheOthersAreStopped() throws Exception {
        Files.createFile(dataDir.resolve("kafka"));

        assertThatThrownBy(this::startAll)
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining(dataDir.resolve("kafka").toString())
                .hasMessageContaining("--data-dir");

        // Free again, so nobody runs on it.
        Files.delete(dataDir.resolve("kafka"));
        startAll().close();
    }

    @Test
    void aStoredPortThatIsTakenIsReplacedByAFreeOne() throws Exception {
        int stored;
        try (RedisService redis = RedisService.open("embedded", dataDir)) {
            stored = redis.process().port();
        }

        try (ServerSocket other = new ServerSocket(stored, 1, InetAddress.getLoopbackAddress());
                RedisService redis = RedisService.open("embedded", dataDir)) {
            assertThat(redis.process().port()).isNotEqualTo(other.getLocalPort());
            assertThat(Clients.redis(redis.uri(), Clients.TIMEOUT, commands -> commands.ping()))
                    .isEqualTo("PONG");
        }
    }

    @Test
    void anAskedPortThatIsTakenIsRefusedByName() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String setting = "embedded:" + other.getLocalPort();

            assertThatThrownBy(() -> RedisService.open(setting, dataDir))
                    .isInstanceOf(BackingServiceException.class)
                    .hasMessageContaining("Port " + other.getLocalPort())
                    .hasMessageContaining("--redis");
        }
    }

    @Test
    void anAskedPortIsUsed() throws Exception {
        int port = new Ports(new Random(7)).choose();

        try (RedisService redis = RedisService.open("embedded:" + port, dataDir)) {
            assertThat(redis.uri()).isEqualTo("redis://127.0.0.1:" + port);
        }
    }

    @Test
    void theSameFolderTwiceInOneProcessIsRefusedAndLeavesTheFirstOwnerTheLock() {
        try (RedisService first = RedisService.open("embedded", dataDir)) {
            for (int tries = 0; tries < 2; tries++) {
                assertThatThrownBy(() -> RedisService.open("embedded", dataDir))
                        .isInstanceOf(BackingServiceException.class)
                        .hasMessageContaining("in use by this process already");
            }
            assertThat(first.process().isAlive()).isTrue();
        }
        RedisService.open("embedded", dataDir).close();
    }

    @Test
    void unreadableBookkeepingCountsAsNone() throws Exception {
        Path folder = Files.createDirectories(dataDir.resolve("redis"));
        for (String name : new String[] {"lock", "owner", "server.pid", "port"}) {
            Files.write(folder.resolve(name), new byte[] {(byte) 0xFF, 0, '-', '\n', 'x'});
        }

        try (RedisService redis = RedisService.open("embedded", dataDir)) {
            assertThat(redis.process().isAlive()).isTrue();
        }
    }

    @Test
    void aStrangersProcessUnderAStoredIdIsLeftAlone() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "600").start();
        try {
            Path folder = Files.createDirectories(dataDir.resolve("redis"));
            Files.writeString(folder.resolve("server.pid"), stranger.pid() + " 1");
            Files.writeString(folder.resolve("owner"), ProcessHandle.current().pid() + " 1");

            RedisService.open("embedded", dataDir).close();

            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void aServerThatCannotStartIsReportedWithItsOwnWordsAndWhatToDo() throws Exception {
        RedisService.open("embedded", dataDir).close();
        Path appendOnlyFile = dataDir.resolve("redis/data/appendonly.aof");
        Files.writeString(appendOnlyFile, "this is no append-only file");

        assertThatThrownBy(() -> RedisService.open("embedded", dataDir))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("Redis ended with status 1")
                .hasMessageContaining("Bad file format reading the append only file")
                .hasMessageContaining(dataDir.resolve("redis/server.log").toString())
                .hasMessageContaining("--redis");
    }

    private BackingServices startAll() {
        return BackingServices.builder(dataDir)
                .postgres("embedded")
                .redis("embedded")
                .kafka("embedded")
                .start();
    }
}
